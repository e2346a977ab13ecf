/** The script of a line, in the shells that Pis have. What it does on a whole system: tests/systemd. */

import assert from "node:assert/strict";
import { joinScript } from "../../../hub/join/join_script.ts";
import { parseConfigText } from "../../../io/config/config_text.ts";
import { joinsOf, lineFor, pathOf } from "../../support/join/line.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

const SHELLS = [["dash"], ["busybox", "sh"], ["bash", "--posix"]] as const;
const PACKAGES = [
  "rpi-cluster-alert-common_0.1.0_riscv64.deb",
  "rpi-cluster-alert-agent_0.1.0_riscv64.deb",
  "rpi-cluster-alert-tracker_0.1.0_riscv64.deb",
];
/** What the script ends with. */
const CALL = /\n\{\n {2}main[^]*$/;

const ODD_NAME = `John "O'Snow" $(reboot) \`x\` \\`;

const SCRIPT = scriptFor("John Snow");

function scriptFor(name: string): string {
  return joinScript({
    address: { url: "https://hub.lan:8443", pin: "cGlu+/A=" },
    token: "t".repeat(32),
    key: "k".repeat(32),
    node: "john-snow",
    name,
    updates: undefined,
    packages: PACKAGES.map((file) => ({
      file,
      sha256: "0".repeat(64),
      bytes: 1,
      version: "0.1.0",
      architecture: "riscv64",
      part: "agent",
    })),
  });
}

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a script as it comes out of a pipe. */
async function run(
  command: readonly string[],
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const [program = "", ...args] = command;
  const child = new Deno.Command(program, {
    args,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", ...env },
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // A shell that has read enough closes its end.
  const writing = new Blob([script]).stream().pipeTo(child.stdin).catch(() => {});
  const { code, stdout, stderr } = await child.output();
  await writing;
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

Deno.test("shellcheck finds nothing in the script, and every shell can read it", async () => {
  const { code, out } = await run(["shellcheck", "--shell=sh", "-"], SCRIPT);
  assert.equal(code, 0, out);
  for (const shell of SHELLS) {
    assert.deepEqual(await run([...shell, "-n"], SCRIPT), { code: 0, out: "", err: "" });
  }
});

Deno.test("a name is data in the script, whatever it is", async () => {
  for (const shell of SHELLS) {
    const { out } = await run(shell, scriptFor(ODD_NAME).replace(CALL, `\nsay "$NAME"\n`));
    assert.equal(out, `${ODD_NAME}\n`);
  }
});

Deno.test("a script that arrived in part does nothing", async () => {
  using folder = new TemporaryFolder();
  // Whatever the script would do first needs a program, and there is none.
  const nothing = { PATH: folder.path };
  const dash = ["/usr/bin/dash"];
  const whole = await run(dash, SCRIPT, nothing);
  assert.equal(whole.code, 1);
  assert.match(whole.err, /^join: root is needed/m);
  const lines = [...SCRIPT.matchAll(/\n/g)].map(({ index }) => index + 1);
  const ends = [...lines, ...Array.from({ length: 300 }, (_, i) => SCRIPT.length - 2 - i)];
  for (const end of ends.filter((end) => end < SCRIPT.trimEnd().length)) {
    const part = SCRIPT.slice(0, end);
    const { out, err } = await run(dash, part, nothing);
    assert.equal(out, "", part.slice(-80));
    assert.doesNotMatch(err, /join:|not found/, part.slice(-80));
  }
});

/** The text of the merged file, as each shell and awk writes it. */
async function merged(fresh: string, old: string): Promise<string> {
  using folder = new TemporaryFolder();
  const files = [folder.write("new.ini", fresh), folder.write("old.ini", old)];
  Deno.mkdirSync(folder.file("busybox"));
  for (const name of ["awk", "printf", "cat"]) {
    Deno.symlinkSync("/usr/bin/busybox", folder.file(`busybox/${name}`));
  }
  const script = SCRIPT.replace(CALL, `\nmerge '${files[0]}' '${files[1]}'\n`);
  const results = await Promise.all([
    run(["dash"], script),
    run(["/usr/bin/busybox", "sh"], script, { PATH: folder.file("busybox") }),
  ]);
  for (const { code, err } of results) assert.deepEqual([code, err], [0, ""]);
  const [one, other] = results.map(({ out }) => entriesOf(out));
  assert.deepEqual(one, other);
  return results[0]?.out ?? "";
}

/** `section.key` to value. */
function entriesOf(text: string): Readonly<Record<string, string>> {
  const entries = parseConfigText(text, "config.ini").filter(({ key }) => key !== "");
  return Object.fromEntries(
    entries.map(({ section, key, value }) => [`${section}.${key}`.toLowerCase(), value]),
  );
}

const FRESH = `# a remark
[mqtt]
url = mqtts://hub.lan:8883
username = john-snow
password = new=secret=
ca = MIIB==

[node]
id = john-snow
name = John Snow
`;

Deno.test("a Pi without a configuration gets the one of the hub", async () => {
  assert.deepEqual(entriesOf(await merged(FRESH, "")), {
    "mqtt.url": "mqtts://hub.lan:8883",
    "mqtt.username": "john-snow",
    "mqtt.password": "new=secret=",
    "mqtt.ca": "MIIB==",
    "node.id": "john-snow",
    "node.name": "John Snow",
  });
});

Deno.test("a Pi that joins again keeps what is its own: LED, comments, intervals", async () => {
  const old = `# my Pi
[MQTT]
HOST = 192.168.1.2
PORT = 1883
  Username = old
password_file = /etc/old
ca_file=/etc/ca.crt
reconnect = 5s
; url = mqtt://commented
[rpi]
led = 17 \r
# the buzzer is loud
buzzer = 27
[node]
id = other
name = Other
heartbeat = 2s
remote = ssh://pi@john-snow.local
[cluster]
nodes = arya
`;
  const text = await merged(FRESH, old);
  assert.deepEqual(entriesOf(text), {
    ...entriesOf(FRESH),
    "mqtt.reconnect": "5s",
    "rpi.led": "17",
    "rpi.buzzer": "27",
    "node.heartbeat": "2s",
    "node.remote": "ssh://pi@john-snow.local",
    "cluster.nodes": "arya",
  });
  for (const comment of ["# my Pi", "# the buzzer is loud", "; url = mqtt://commented"]) {
    assert.ok(text.includes(comment), comment);
  }
  assert.equal(await merged(FRESH, text), text, "once more changes nothing");
});

/** Runs the script of a line with stand-ins for what would change this machine. */
async function runLine(
  hub: Hub,
  path: string,
  standIns: Readonly<Record<string, string>>,
  { through = [], options = [] }: {
    readonly through?: readonly string[];
    readonly options?: readonly string[] | undefined;
  } = {},
): Promise<Run & { readonly calls: string }> {
  using folder = new TemporaryFolder();
  const safe = { "apt-get": "", systemctl: "", ...standIns };
  for (const [name, text] of Object.entries(safe)) {
    const call = `echo "${name} $*" >>${folder.file("calls")}`;
    Deno.chmodSync(folder.write(name, `#!/bin/sh\n${text || call}\n`), 0o755);
  }
  Deno.chmodSync(folder.path, 0o777);
  const script = await (await hub.fetch(path)).text();
  const PATH = `${folder.path}:/usr/sbin:/usr/bin:/sbin:/bin`;
  const outcome = await run([...through, "dash", "-s", "--", ...options], script, { PATH });
  const calls = await Deno.readTextFile(folder.file("calls")).catch(() => "");
  return { ...outcome, calls };
}

Deno.test("without root, on a foreign system or without a package the script says what to do, and the line works again", async () => {
  using folder = new TemporaryFolder();
  await using hub = await startHub({ hub: { packages: folder.path } });
  const path = pathOf(await lineFor(hub, "john-snow"));
  const last = async () => {
    const [join] = await joinsOf(hub);
    return [join?.step, join?.failure];
  };
  const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
  const asNobody = await runLine(hub, path, {}, { through: nobody });
  assert.match(asNobody.err, /root is needed: .* sudo/);
  assert.deepEqual(await last(), ["made", "no_root"]);

  const old = await runLine(hub, path, { dpkg: "echo armhf", "apt-cache": "true" });
  assert.match(old.err, /32-bit .*armhf.*no rpi-cluster-alert-agent-sh.*64-bit Raspberry Pi OS/s);
  assert.deepEqual(await last(), ["made", "architecture"]);

  const dpkg = `case $1 in --print-architecture) echo riscv64 ;; *) exit 1 ;; esac`;
  const none = await runLine(hub, path, { dpkg });
  assert.match(none.err, /no rpi-cluster-alert-common for riscv64: .*\[hub\] packages/);
  assert.deepEqual(await last(), ["made", "no_package"]);

  for (const name of PACKAGES) folder.write(name, "content");
  const cut = await runLine(hub, path, {
    dpkg,
    // What arrives is not what the hub has.
    sha256sum: `sed s/x/x/ >/dev/null; exit 1`,
  });
  assert.match(cut.err, /another content/);
  assert.deepEqual(await last(), ["made", "checksum"]);

  const refused = await runLine(hub, path, { dpkg, "apt-get": "echo E: no space; exit 100" });
  assert.match(refused.err, /E: no space/);
  assert.deepEqual(await last(), ["made", "install"]);
  for (const one of [asNobody, old, none, cut, refused]) {
    assert.deepEqual([one.code, one.calls], [1, ""], one.err);
  }
});

/** What a system says of itself, and the packages that it gets. */
interface Choice {
  readonly arch: string;
  /** As `uname -m` says; a kernel can be a 64-bit one under a 32-bit system. */
  readonly machine: string;
  /** The Node.js of the distribution. */
  readonly candidate?: string;
  /** The Node.js that is installed; it may be for another processor. */
  readonly node?: "runs" | "crashes";
  readonly options?: readonly string[];
  readonly parts: string;
  /** What the Pi says, or why it gives up. */
  readonly says?: RegExp;
}

const AGENT_IN_SHELL = "agent-sh";
const OF_NODE_JS = "agent common tracker";

const CHOICES: Readonly<Record<string, Choice>> = {
  "64 bits": { arch: "arm64", machine: "aarch64", parts: OF_NODE_JS },
  "64 bits without a Node.js": { arch: "amd64", machine: "x86_64", parts: OF_NODE_JS },
  "Raspberry Pi OS Bookworm, 32 bits": {
    arch: "armhf",
    machine: "armv7l",
    candidate: "18.20.4+dfsg-1~deb12u1",
    parts: OF_NODE_JS,
  },
  "32 bits under a 64-bit kernel": {
    arch: "armhf",
    machine: "aarch64",
    candidate: "20.19.2+dfsg-1",
    parts: OF_NODE_JS,
  },
  "a Node.js of a repository with an epoch": {
    arch: "armhf",
    machine: "armv7l",
    candidate: "2:22.1.0-1nodesource1",
    node: "runs",
    parts: OF_NODE_JS,
  },
  "Ubuntu 18.04": {
    arch: "armhf",
    machine: "armv7l",
    candidate: "8.10.0~dfsg-2ubuntu0.4",
    parts: AGENT_IN_SHELL,
    says: /32-bit one \(armhf\) without Node\.js 18 .*agent in shell, and no tracker/,
  },
  "no Node.js to be had": {
    arch: "armhf",
    machine: "armv6l",
    candidate: "(none)",
    parts: AGENT_IN_SHELL,
  },
  "a Node.js for another processor": {
    arch: "armhf",
    machine: "armv6l",
    candidate: "18.20.4-1nodesource1",
    node: "crashes",
    parts: AGENT_IN_SHELL,
  },
  "a processor without packages": {
    arch: "ppc64el",
    machine: "ppc64le",
    parts: AGENT_IN_SHELL,
    says: /another processor \(ppc64el\)/,
  },
  "a tracker alone, where only a shell runs": {
    arch: "armhf",
    machine: "armv7l",
    options: ["--tracker-only"],
    parts: "",
    says: /the tracker needs more than a shell/,
  },
};

/** Stand-ins for the programs that a Pi asks about itself. Its apt refuses, and says for what. */
function systemOf({ arch, machine, candidate = "(none)", node }: Choice) {
  return {
    dpkg: `case $1 in --print-architecture) echo ${arch} ;; --compare-versions) ` +
      `exec /usr/bin/dpkg "$@" ;; *) exit 1 ;; esac`,
    uname: `echo ${machine}`,
    "apt-cache": `printf 'nodejs:\\n  Installed: (none)\\n  Candidate: ${candidate}\\n'`,
    "apt-get": `echo "$*" | tr ' ' '\\n' | sed -n 's/.*alert-\\(.*\\)_0\\.1.*/\\1/p' | sort | ` +
      `paste -s -d ' '; exit 100`,
    node: node === "crashes" ? "kill -ILL $$" : `exit ${node === "runs" ? 0 : 1}`,
  };
}

Deno.test("each system gets what runs on it: an executable, Node.js, or a shell", async () => {
  using folder = new TemporaryFolder();
  await using hub = await startHub({ hub: { packages: folder.path } });
  for (const arch of ["amd64", "arm64", "armhf"]) {
    for (const part of ["common", "agent", "tracker"]) {
      folder.write(`rpi-cluster-alert-${part}_0.1.0_${arch}.deb`, `${part} for ${arch}`);
    }
  }
  folder.write("rpi-cluster-alert-agent-sh_0.1.0_all.deb", "a shell");
  const path = pathOf(await lineFor(hub, "john-snow"));
  for (const [name, choice] of Object.entries(CHOICES)) {
    const { node, ...others } = systemOf(choice);
    const standIns = choice.node === undefined ? others : { ...others, node };
    const { code, out, err } = await runLine(hub, path, standIns, { options: choice.options });
    const [first = "", ...next] = err.split("\n").filter((line) => /^[a-z -]+$/.test(line));
    assert.deepEqual([code, first], [1, choice.parts], `${name}: ${out}${err}`);
    // Where the distribution's Node.js is out of reach, the agent in shell is next.
    const fallsBack = choice.arch === "armhf" && choice.parts === OF_NODE_JS;
    assert.deepEqual(next, fallsBack ? [AGENT_IN_SHELL] : [], name);
    if (choice.says) assert.match(out + err, choice.says, name);
  }
});
