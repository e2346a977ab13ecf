/**
 * A Pi that takes upgrades from its hub: the real packages on real systems, the real updater, and
 * hubs that are not what they should be.
 */

import assert from "node:assert/strict";
import { blocksBelow } from "../../support/program/doc_block.ts";
import type { DebianMachine } from "./debian_machine.ts";
import { FIRST_VERSION, installedVersion, testInstallation } from "./installation.ts";

const NEXT_VERSION = "0.1.0";
const LAST_VERSION = "0.1.1";
const CONFIG = "/etc/rpi-cluster-alert/config.ini";
const CHOICE = "/etc/rpi-cluster-alert/update.conf";
const REQUEST = "/var/lib/rpi-cluster-agent/update-request";
const RESULT = "/var/lib/rpi-cluster-update/result";
const PACKAGES = "/usr/share/rpi-cluster-alert/packages";
const PARTS = ["common", "agent", "tracker"];
const UPDATER = "rpi-cluster-update";

async function versionsOn(pi: DebianMachine): Promise<readonly string[]> {
  return await Promise.all(PARTS.map((part) => installedVersion(pi, `rpi-cluster-alert-${part}`)));
}

function installed(version: string): readonly string[] {
  return PARTS.map(() => `installed ${version}`);
}

/** What a person does on the page, followed to the end. */
async function upgrade(
  hub: DebianMachine,
): Promise<{ readonly code: number; readonly text: string }> {
  const { code, stdout, stderr } = await hub.run("rpi-cluster-hub", "upgrade", "john-snow");
  return { code, text: stdout + stderr };
}

/** What a broken agent can do: ask at any time. Resolves with the updater's result. */
async function ask(pi: DebianMachine): Promise<string> {
  const before = await pi.run("cat", RESULT);
  await pi.do("touch", REQUEST);
  return await pi.until("the updater's result", async () => {
    const { stdout } = await pi.run("cat", RESULT);
    return stdout !== before.stdout && !stdout.includes("state=running") && stdout;
  });
}

/** Changes a file on a machine while something is tried. */
async function changed(
  machine: DebianMachine,
  { path, by }: { readonly path: string; readonly by: string },
  attempt: () => Promise<void>,
): Promise<void> {
  await machine.do("cp", "-p", path, "/root/kept");
  await machine.shell(by);
  await attempt();
  await machine.do("cp", "-p", "/root/kept", path);
}

testInstallation("a Pi is upgraded from the page", "this machine", async (
  { hub, pi, releases, follow },
  t,
) => {
  const enrol = ["enrol", "john-snow", "--name", "John Snow", "--join"];
  const lineWith = async (...more: readonly string[]) =>
    (await hub.do("rpi-cluster-hub", ...enrol, ...more)).trim();
  await follow(hub, "1. The hub");

  await t.step("a Pi that was not added so has nothing that waits for the hub", async () => {
    assert.match(await pi.shell(await lineWith()), /^John Snow is up$/m);
    assert.equal(await pi.property(`${UPDATER}.path`, "ActiveState"), "inactive");
    assert.equal(await pi.property(`${UPDATER}.path`, "UnitFileState"), "disabled");
    assert.equal((await pi.run("ls", CHOICE)).code, 2);
    const { code, text } = await upgrade(hub);
    assert.deepEqual([code, /takes no upgrades from this hub/.test(text)], [1, true], text);
  });

  await t.step("a new line lets it take upgrades, by what root alone can change", async () => {
    const said = await pi.shell(await lineWith("--renew", "--updates", "from-hub"));
    assert.match(said, /^John Snow takes upgrades from this hub$/m);
    assert.match(said, /^John Snow is up$/m);
    assert.equal(await pi.do("stat", "-c", "%a %U:%G", CHOICE), "644 root:root\n");
    assert.equal(await pi.property(`${UPDATER}.path`, "ActiveState"), "active");
  });

  await releases.publish({ version: NEXT_VERSION });
  await follow(hub, "Update");

  const installsNothing = async (what: string, reason: RegExp) => {
    await hub.until("the Pi to be up", async () => {
      return /^1 Pi is up/.test((await hub.run("rpi-cluster-hub", "status")).stdout);
    });
    const { code, text } = await upgrade(hub);
    assert.equal(code, 1, `${what}: ${text}`);
    assert.match(text, reason, what);
    assert.deepEqual(await versionsOn(pi), installed(FIRST_VERSION), what);
  };

  await t.step("with another hub's signature it installs nothing, and says so", async () => {
    const key =
      "openssl ecparam -name prime256v1 -genkey -noout | openssl pkey -pubout -outform DER";
    const by = `sed -i "s|^key=.*|key=$(${key} 2>/dev/null | base64 -w 0)|" ${CHOICE}`;
    await changed(pi, { path: CHOICE, by }, async () => {
      await installsNothing("another key", /not signed by the hub that it has joined/);
    });
  });

  await t.step("with a choice that others may write it installs nothing", async () => {
    await changed(pi, { path: CHOICE, by: `chmod 666 ${CHOICE}` }, async () => {
      await installsNothing("open choice", /configuration is not as its line wrote it/);
    });
    await pi.do("chmod", "644", CHOICE);
  });

  await t.step("with a package that was changed on its way it installs nothing", async () => {
    const [name] = (await hub.do("sh", "-c", `ls ${PACKAGES} | grep common`)).trim().split("\n");
    const path = `${PACKAGES}/${name}`;
    const by = `printf x | dd of=${path} bs=1 seek=100000 conv=notrunc status=none
touch -r /root/kept ${path}`;
    await changed(hub, { path, by }, async () => {
      await installsNothing("changed package", /another content than the hub has listed/);
    });
  });

  await t.step("with an old list, and one without an end, it installs nothing", async () => {
    const nonce = "0".repeat(32);
    const password = (await pi.do("sed", "-n", "s/^password = //p", CONFIG)).trim();
    const arch = (await pi.do("dpkg", "--print-architecture")).trim();
    const old = await pi.do(
      ...["curl", "-fsSk", "-u", `john-snow:${password}`],
      `https://hub.local:8443/update/${arch}/manifest?nonce=${nonce}`,
    );
    assert.match(old, /^version 0\.1\.0$/m);
    await hub.write("/srv/old", old);
    await hub.write(
      "/srv/false_hub.py",
      await Deno.readTextFile(
        new URL("false_hub.py", import.meta.url),
      ),
    );
    const by = `sed -i 's|:8443|:9443|' ${CHOICE}`;
    const cases: readonly (readonly [string, RegExp])[] = [
      ["/srv/old", /the signed list is not for it/],
      ["endless", /larger than it may be/],
    ];
    for (const [file, reason] of cases) {
      const folder = "/var/lib/rpi-cluster-alert/tls";
      const server = ["python3", "/srv/false_hub.py", folder, file];
      await hub.do("systemd-run", "--unit=false-hub", ...server);
      await hub.until("the false hub", async () => {
        return (await hub.run(
          "curl",
          "-sk",
          "-m",
          "1",
          "-o",
          "/dev/null",
          "https://localhost:9443",
        ))
          .code !== 7;
      });
      await changed(pi, { path: CHOICE, by }, () => installsNothing(file, reason));
      await hub.do("systemctl", "stop", "false-hub");
    }
  });

  await t.step(
    "it installs what its hub has signed, keeps all, and nobody is alarmed",
    async () => {
      await pi.shell(`printf '\\n# mine\\n' >> ${CONFIG}`);
      const config = await pi.do("cat", CONFIG);
      const pid = await pi.property("agent", "MainPID");
      const { code, text } = await upgrade(hub);
      assert.equal(code, 0, text + await pi.journal(UPDATER));
      assert.match(text, /^john-snow: upgraded to 0\.1\.0$/m);
      assert.deepEqual(await versionsOn(pi), installed(NEXT_VERSION));
      assert.equal(await pi.do("cat", CONFIG), config);
      assert.notEqual(await pi.property("agent", "MainPID"), pid);
      for (const unit of ["agent", "tracker"]) await pi.untilActive(unit);
      assert.doesNotMatch(await hub.journal("hub"), /a node died/);
      assert.equal(await pi.do("ls", "/var/lib/rpi-cluster-update"), "lock\nresult\n");
    },
  );

  await t.step(
    "a request that is repeated, or for an older version, installs nothing",
    async () => {
      const pid = await pi.property("agent", "MainPID");
      assert.match(await ask(pi), /^state=done$/m);
      await hub.shell(`cd ${PACKAGES} && for old in *; do
  mkdir -p /tmp/old && dpkg-deb -R "$old" /tmp/old/x
  sed -i 's/^Version: .*/Version: 0.0.9/' /tmp/old/x/DEBIAN/control
  dpkg-deb -Znone -b /tmp/old/x "$(echo "$old" | sed 's/_0\\.1\\.0_/_0.0.9_/')" >/dev/null
  rm -rf /tmp/old "$old"
done`);
      assert.match(await ask(pi), /^failure=older$/m);
      assert.deepEqual(await versionsOn(pi), installed(NEXT_VERSION));
      assert.equal(await pi.property("agent", "MainPID"), pid);
    },
  );

  await t.step("a power cut in the middle ends nothing", async () => {
    await releases.publish({ version: LAST_VERSION });
    await follow(hub, "Update");
    // apt hangs the first time, right before it unpacks.
    const hang = "[ -e /srv/reached ] || { touch /srv/reached; sync; sleep infinity; }";
    await pi.write("/etc/apt/apt.conf.d/99hang", `DPkg::Pre-Invoke {"${hang}";};\n`);
    const upgrading = upgrade(hub);
    await pi.until("apt to be about to unpack", async () => {
      return (await pi.run("ls", "/srv/reached")).code === 0;
    });
    await pi.cutPower();
    await pi.powerOn();
    const { code, text } = await upgrading;
    assert.equal(code, 0, text + await pi.journal(UPDATER));
    assert.deepEqual(await versionsOn(pi), installed(LAST_VERSION));
  });

  await t.step("what root switches off is off", async () => {
    for (const block of blocksBelow("docs/upgrade.md", "Switch it off", "sh")) {
      await pi.shell(block);
    }
    await hub.until("the hub to know", async () => {
      return /takes no upgrades from this hub/.test((await upgrade(hub)).text);
    });
    await pi.do("touch", REQUEST);
    assert.equal(await pi.property(`${UPDATER}.path`, "ActiveState"), "inactive");
  });
});
