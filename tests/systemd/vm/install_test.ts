/** The way of a hub and a Pi from plain Debians to an installation and back, by the document. */

import assert from "node:assert/strict";
import { SCHEMA_STEPS } from "../../../hub/store/database/schema.ts";
import { sized } from "../../support/program/tier.ts";
import type { DebianMachine } from "./debian_machine.ts";
import type { DebianRelease } from "./debian_root.ts";
import { FIRST_VERSION, installedVersion, testInstallation } from "./installation.ts";

const NEXT_VERSION = "0.1.0";
const CONFIG = "/etc/rpi-cluster-alert/config.ini";
const HUB_CONFIG = "/etc/rpi-cluster-alert/hub.ini";
const PASSWORD = "/var/lib/rpi-cluster-alert/password";
const PACKAGES_OF_PI = ["common", "agent", "tracker"];

async function ownership(machine: DebianMachine, path: string): Promise<string> {
  return (await machine.do("stat", "-c", "%a %U:%G", path)).trim();
}

async function untilUp(hub: DebianMachine): Promise<void> {
  await hub.until("John Snow to be up", async () => {
    return /^1 Pi is up/.test((await hub.run("rpi-cluster-hub", "status")).stdout);
  });
}

async function pids(machine: DebianMachine, units: readonly string[]): Promise<readonly string[]> {
  return await Promise.all(units.map((unit) => machine.property(unit, "MainPID")));
}

for (
  const release of sized<readonly DebianRelease[]>({
    test: ["this machine"],
    soak: ["bookworm", "trixie"],
  })
) {
  testInstallation("a hub and a Pi come and go as the document says", release, async (
    { hub, pi, releases, follow },
    t,
  ) => {
    let password = "";

    await t.step("two lines install the hub, and its page is up", async () => {
      await follow(hub, "1. The hub");
      assert.equal(await hub.property("hub", "ActiveState"), "active");
      assert.equal(await hub.property("rpi-cluster-hub", "Id"), "hub.service");
      const journal = await hub.journal("hub");
      assert.match(
        journal,
        /the page's password is in a file file=\/var\/lib\/.*\/password/,
      );
      assert.match(journal, /the page is up url=/);
      assert.equal(await ownership(hub, HUB_CONFIG), "600 rpi-cluster-alert:root");
      password = (await follow(hub, "1. The hub", 1)).trim();
      const asked = ["-fsS", "-H", `Authorization: Bearer ${password}`];
      const nodes = await hub.do("curl", ...asked, "http://127.0.0.1:8080/api/v1/nodes");
      assert.deepEqual(JSON.parse(nodes).nodes, []);
      assert.match((await hub.run("rpi-cluster-hub", "status")).stdout, /^No Pi has reported yet/);
    });

    await t.step("a Pi that got its configuration is up with its first package", async () => {
      await follow(hub, "2. Each Pi");
      await pi.write("/root/john-snow.ini", await hub.do("cat", "/root/john-snow.ini"));
      await follow(pi, "2. Each Pi", 1);
      assert.equal(await ownership(pi, CONFIG), "640 root:rpi-cluster-node");
      await untilUp(hub);
    });

    await t.step("tracker and agent share an executable", async () => {
      await follow(pi, "3. LED, buzzer, lamp, button");
      await pi.untilLogged("tracker", /sees the cluster/);
      const [agent, tracker] = await Promise.all(
        (await pids(pi, ["agent", "tracker"])).map((pid) => pi.do("readlink", `/proc/${pid}/exe`)),
      );
      assert.equal(agent, tracker);
      assert.equal(await pi.property("tracker", "NRestarts"), "0");
    });

    await t.step("after a reboot and a power cut both are back by themselves", async () => {
      await pi.reboot();
      await untilUp(hub);
      await hub.cutPower();
      await hub.powerOn();
      await untilUp(hub);
    });

    await t.step(
      "an upgrade asks nothing, restarts, and keeps configuration and state",
      async () => {
        await hub.shell(`echo '# mine' >> ${HUB_CONFIG}`);
        await pi.shell(`echo '# mine' >> ${CONFIG}`);
        const before = [await pids(hub, ["hub"]), await pids(pi, ["agent", "tracker"])].flat();
        await releases.publish({ version: NEXT_VERSION });
        await follow(hub, "Update");
        await follow(pi, "Update", 1);
        assert.equal(
          await installedVersion(hub, "rpi-cluster-alert-hub"),
          `installed ${NEXT_VERSION}`,
        );
        for (const name of PACKAGES_OF_PI) {
          const version = await installedVersion(pi, `rpi-cluster-alert-${name}`);
          assert.equal(version, `installed ${NEXT_VERSION}`);
        }
        const after = [await pids(hub, ["hub"]), await pids(pi, ["agent", "tracker"])].flat();
        assert.ok(
          after.every((pid) => pid !== "0" && !before.includes(pid)),
          `${before}; ${after}`,
        );
        assert.match(await hub.do("cat", HUB_CONFIG), /^# mine$/m);
        assert.match(await pi.do("cat", CONFIG), /^# mine$/m);
        assert.equal((await hub.do("cat", PASSWORD)).trim(), password);
        await untilUp(hub);
      },
    );

    await t.step(
      "a hub that could not read the database is refused, and changes nothing",
      async () => {
        await releases.publish({ version: FIRST_VERSION, schema: SCHEMA_STEPS.length - 1 });
        const [pid] = await pids(hub, ["hub"]);
        const url = `${releases.url}/rpi-cluster-alert-hub_$(dpkg --print-architecture).deb`;
        const install = "apt-get install -y --allow-downgrades ./old.deb";
        const refused = await hub.run(
          "bash",
          "-c",
          `cd /root && curl -fso old.deb "${url}" && ${install}`,
        );
        assert.notEqual(refused.code, 0);
        assert.match(
          refused.stdout + refused.stderr,
          /database .* has format \d+, and this version/,
        );
        assert.equal(
          await installedVersion(hub, "rpi-cluster-alert-hub"),
          `installed ${NEXT_VERSION}`,
        );
        assert.deepEqual(await pids(hub, ["hub"]), [pid]);
      },
    );

    await t.step("a removed program keeps its files, and a purge leaves nothing", async () => {
      await pi.do(
        "apt-get",
        "remove",
        "-y",
        "rpi-cluster-alert-agent",
        "rpi-cluster-alert-tracker",
      );
      await hub.untilLogged("hub", /node=john-snow .*to=stopped/);
      assert.equal(await ownership(pi, CONFIG), "640 root:rpi-cluster-node");
      for (const machine of [pi, hub]) {
        await follow(machine, "Uninstall");
        const places = ["/etc", "/usr", "/var/lib", "/var/cache", "/run"];
        assert.equal(await machine.do("find", ...places, "-name", "*rpi-cluster*"), "");
        const units = ["hub.service", "agent.service", "tracker.service", "rpi-cluster-*"];
        const { stdout } = await machine.run(
          "systemctl",
          "list-unit-files",
          "--no-legend",
          ...units,
        );
        assert.equal(stdout, "");
      }
    });
  });
}

testInstallation(
  "an agent that nobody has configured waits, and says what to do",
  "this machine",
  async (
    { pi, releases },
  ) => {
    const packages = ["common", "agent"].map((name) => `rpi-cluster-alert-${name}`).join(",");
    const url = `"${releases.url}/{${packages}}_$(dpkg --print-architecture).deb"`;
    await pi.shell(`curl -fsO ${url} && apt-get install -y ./*.deb`);
    assert.equal(await ownership(pi, CONFIG), "640 root:rpi-cluster-node");
    await pi.untilLogged("agent", /rpi-cluster-hub enrol john-snow/);
    assert.equal(await pi.property("agent", "ActiveState"), "active");
    assert.equal(await pi.property("agent", "NRestarts"), "0");
  },
);

testInstallation(
  "a hub removes its own packages, and its state only if that is wanted",
  "this machine",
  async ({ hub, follow }) => {
    const remove = (...options: readonly string[]) =>
      hub.do("rpi-cluster-hub", "uninstall", "--yes", ...options);
    await follow(hub, "1. The hub");
    const said = await remove();
    assert.match(said, /^This removes the package rpi-cluster-alert-hub/);
    assert.match(said, /^Kept: \/var\/lib\/rpi-cluster-alert$/m);
    assert.equal((await hub.run("which", "rpi-cluster-hub")).code, 1);
    assert.match(await hub.do("cat", PASSWORD), /^\S{22}$/m);
    const password = await hub.do("cat", PASSWORD);
    await follow(hub, "1. The hub");
    assert.equal(await hub.do("cat", PASSWORD), password, "it goes on where it was");
    assert.doesNotMatch(await remove("--purge"), /^Kept/m);
    for (const path of ["/var/lib/rpi-cluster-alert", HUB_CONFIG]) {
      assert.equal((await hub.run("ls", path)).code, 2, path);
    }
  },
);
