/** The script of root: readable for every shell, and for people. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../../../scripts/project.ts";
import { runCommand } from "../../support/program/command.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { startTlsHub } from "../../support/tls/tls_hub.ts";
import { writePackages } from "../../support/update/hub_packages.ts";

const SCRIPT = join(PROJECT, "packaging/update/rpi-cluster-update");
const UNITS = ["rpi-cluster-update.service", "rpi-cluster-update.path"];
/** What the script ends with. */
const CALL = /\n\{\n {2}main\n[^]*$/;
const LINES_MAX = 200;

/** Runs some lines with the functions of the script, and returns what they say. */
async function withFunctions(lines: string, config: string): Promise<string> {
  using folder = new TemporaryFolder();
  const text = Deno.readTextFileSync(SCRIPT).replace(CALL, `\nCONFIG=$1 CHOICE=$1\n${lines}\n`);
  const script = folder.write("script", text);
  const ini = folder.write("config.ini", config);
  const { code, stdout, stderr } = await runCommand("dash", { args: [script, ini] });
  assert.deepEqual([code, stderr], [0, ""]);
  return stdout;
}

Deno.test("shellcheck finds nothing, every shell reads it, and it stays short", async () => {
  const checked = await runCommand("shellcheck", { args: ["--shell=sh", SCRIPT] });
  assert.equal(checked.code, 0, checked.stdout);
  for (const shell of [["dash"], ["busybox", "sh"], ["bash", "--posix"]]) {
    const [program = "", ...args] = shell;
    const { code, stderr } = await runCommand(program, { args: [...args, "-n", SCRIPT] });
    assert.deepEqual([code, stderr], [0, ""], program);
  }
  assert.ok(Deno.readTextFileSync(SCRIPT).split("\n").length <= LINES_MAX);
});

Deno.test("it reads a Pi's credential as the agent does", async () => {
  const config = `# password = no
; username = no
[node]
username = no
password = no
[MQTT]
  UserName=john-snow\t
password =  a b"\\c=;#d  \r
[rpi]
password = no
`;
  const said = await withFunctions(`mqtt username; mqtt password; mqtt password_file`, config);
  assert.equal(said, 'john-snow\na b"\\c=;#d\n');
});

Deno.test("a pattern describes a whole value, so no value hides another line or option", async () => {
  const accepted = async (pattern: string, value: string) => {
    const line = `if is '${pattern}' "$(sed -n 's/^value=//p' "$1")"; then echo yes; fi`;
    return await withFunctions(line, `value=${value}\n`) === "yes\n";
  };
  const url = "https://([A-Za-z0-9.-]+|\\[[0-9a-f:.]+\\])(:[0-9]+)?";
  for (const value of ["https://hub.local:8443", "https://[fd00::1]:8443", "https://192.168.1.2"]) {
    assert.ok(await accepted(url, value), value);
  }
  for (
    const value of [
      'https://hub.local" output = "/etc/passwd',
      "http://hub.local:8443",
      "https://hub.local:8443/x",
      "https://user@hub.local",
      "",
    ]
  ) {
    assert.equal(await accepted(url, value), false, value);
  }
});

/** What the script does with a list of a hub: its result, and whether it went on. */
async function attempt(
  settings: Readonly<Record<string, string>>,
): Promise<{ readonly result: string; readonly output: string }> {
  using folder = new TemporaryFolder();
  Deno.mkdirSync(folder.file("work/packages"), { recursive: true });
  const values = { STATE: folder.path, INVOCATION_ID: "r1", arch: "arm64", ...settings };
  const assignments = Object.entries(values).map(([name, value]) => `${name}='${value}'`);
  const text = Deno.readTextFileSync(SCRIPT).replace(
    CALL,
    `\n${assignments.join("\n")}\ncd "$STATE/work" && fetch_list && echo "$version"\n` +
      "fetch_package agent\n",
  );
  const { stdout, stderr } = await runCommand("dash", { args: [folder.write("script", text)] });
  const result = Deno.readTextFileSync(folder.file("result"));
  return { result, output: stdout + stderr };
}

Deno.test("it believes a list that its hub has signed for it, and no package that is none", async () => {
  using folder = new TemporaryFolder();
  await using hub = await startTlsHub({ hub: { packages: writePackages(folder, "0.2.0") } });
  const derOf = (path: string) => `openssl pkey -in ${path} -pubout -outform DER | base64 -w 0`;
  const own = await runCommand("sh", { args: ["-c", derOf(`${hub.statePath}/update.key`)] });
  const other = "openssl ecparam -name prime256v1 -genkey -noout";
  const foreign = await runCommand("sh", { args: ["-c", `${other} | ${derOf("/dev/stdin")}`] });
  const digest = "openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64";
  const cert = `${hub.statePath}/tls/hub.crt`;
  const pinOf = `openssl x509 -in ${cert} -pubkey -noout | ${digest}`;
  const pin = (await runCommand("sh", { args: ["-c", pinOf] })).stdout.trim();
  const settings = {
    hub: `https://127.0.0.1:${hub.https}`,
    key: own.stdout,
    pin,
    node: "john-snow",
    password: hub.credential("john-snow"),
  };
  const good = await attempt(settings);
  assert.match(good.output, /^0\.2\.0$/m);
  assert.match(good.result, /^run=r1\nstate=failed\nfailure=package\nversion=0\.2\.0$/m);

  const refused = async (more: Readonly<Record<string, string>>) => {
    const { result, output } = await attempt({ ...settings, ...more });
    assert.doesNotMatch(output, /^0\.2\.0$/m);
    assert.ok(!output.includes(settings.password), output);
    return /^failure=(.*)$/m.exec(result)?.[1];
  };
  assert.equal(await refused({ key: foreign.stdout }), "signature");
  assert.equal(await refused({ password: "another" }), "credential");
  assert.equal(await refused({ arch: "riscv64" }), "no_package");
  assert.equal(await refused({ LIST_BYTES_MAX: "64" }), "too_large");
  const otherPin = `${pin.startsWith("A") ? "B" : "A"}${pin.slice(1)}`;
  assert.equal(await refused({ pin: otherPin }), "download");
  // Its certificate is of no public authority.
  assert.equal(await refused({ pin: "" }), "download");
});

Deno.test("systemd understands its units", async () => {
  using folder = new TemporaryFolder();
  // Another machine has no such script.
  const units = UNITS.map((name) => {
    const text = Deno.readTextFileSync(join(PROJECT, "systemd", name));
    return folder.write(name, text.replace(/^ExecStart=.*$/m, "ExecStart=/bin/true"));
  });
  const { code, stderr } = await runCommand("systemd-analyze", { args: ["verify", ...units] });
  assert.deepEqual([code, stderr], [0, ""]);
});
