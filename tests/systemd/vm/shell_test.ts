/** The package of the agent in shell, on a whole Debian: it starts, says why it ends, and goes. */

import assert from "node:assert/strict";
import { machineHindrance } from "../guest.ts";
import { PiBed } from "./pi_bed.ts";

const VERSION = "0.1.0~shell";
const PACKAGE = "rpi-cluster-alert-agent-sh";
const CONFIG = "/etc/rpi-cluster-alert/config.ini";

Deno.test({
  name: "the package of the agent in shell is installed, starts, says why it ends, and goes",
  ignore: machineHindrance() !== undefined && Deno.env.get("CI") !== "true",
  fn: async () => {
    await using bed = await PiBed.open({ version: VERSION, targets: [] });
    const { pi, brokerUrl, client, releases } = bed;
    const told = (what: string, isIt: (said: Readonly<Record<string, unknown>>) => boolean) =>
      pi.until(what, () => client.messages.map(({ payload }) => JSON.parse(payload)).find(isIt));
    await pi.do("mkdir", "-p", "/etc/rpi-cluster-alert");
    await pi.write(CONFIG, `[mqtt]\nurl = ${brokerUrl}\n`);
    await pi.shell(
      `curl -fsSO ${releases.url}/${PACKAGE}_all.deb && apt-get install -y ./${PACKAGE}_all.deb`,
    );
    const first = await told(
      "a heartbeat with vitals",
      ({ seq, vitals }) => seq !== undefined && vitals !== undefined,
    );
    assert.equal(await pi.property("agent", "User"), "rpi-cluster-agent");
    assert.equal(
      (await pi.do("stat", "-c", "%a %U:%G", CONFIG)).trim(),
      "640 root:rpi-cluster-node",
    );
    assert.equal(await pi.property("rpi-cluster-agent", "Id"), "agent.service");
    assert.doesNotMatch(await pi.journal("agent"), /ermission denied|Operation not permitted/);
    const birth = await told("a birth", ({ kind }) => kind === "birth");
    assert.match(String(birth["addresses"]), /\d+\.\d+\.\d+\.\d+/, "ip runs in the unit");

    await pi.do("systemctl", "restart", "agent");
    await told("the farewell of a restart", ({ reason }) => reason === "restart");
    await told(
      "the next session",
      ({ kind, session }) => kind === "birth" && session !== first["session"],
    );

    // systemd kills mosquitto_pub with its shell, and the broker tells the last will.
    const pid = await pi.property("agent", "MainPID");
    await pi.do("kill", "-KILL", pid);
    await told("the last will", ({ kind }) => kind === "last_will");
    await pi.until(
      "the service to be back",
      async () =>
        await pi.property("agent", "NRestarts") === "1" &&
        await pi.property("agent", "ActiveState") === "active",
    );
    await pi.untilLogged("agent", /connected[^]*connected[^]*connected/);

    await pi.do("systemctl", "stop", "agent");
    await told("the farewell of a stop", ({ reason }) => reason === "stop");
    assert.equal(await pi.property("agent", "Result"), "success");
    await pi.do("systemctl", "start", "agent");
    await pi.untilLogged("agent", /sent the farewell reason=stop[^]*connected/);
    await pi.reboot();
    await told("the farewell of a reboot", ({ reason }) => reason === "reboot");
    await pi.untilActive("agent");

    await pi.do("apt-get", "purge", "-y", PACKAGE);
    const places = ["/etc", "/usr", "/var/lib", "/run"];
    assert.equal(await pi.do("find", ...places, "-name", "*rpi-cluster*"), "");
  },
});
