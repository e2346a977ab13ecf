/** What agents and hubs say when systemd ends them, and what a hub makes of it. */

import assert from "node:assert/strict";
import type { TestClient } from "../support/broker/mqtt_client.ts";
import { slowness } from "../support/time/patience.ts";
import { until } from "../support/time/until.ts";
import { AS_SERVICE, type SystemdMachine } from "./machine.ts";
import { testWithSystemd } from "./test_bed.ts";

const AGENT = "rpi-cluster/v1/nodes/john-snow/status";
const HUB = "rpi-cluster/v1/hub/status";
/** As long as on a slow machine, with what this one takes by itself: a program waits for 1 s. */
const SLOW = `sleep ${(0.4 / slowness()).toFixed(2)}`;
/** One after the other, without a pause. */
const RESTARTS = 8;

/** The reasons of the farewells that were said so far on a topic; `none` for one without. */
function farewellsOn({ messages }: TestClient, topic: string): readonly string[] {
  return messages.filter((message) => message.topic === topic && !message.retained)
    .map(({ payload }) => JSON.parse(payload))
    .flatMap(({ kind, reason }) => kind === "farewell" ? [String(reason ?? "none")] : []);
}

/** For all but root, so for the programs, systemctl does this first. */
function slowSystemctl(first: string): Readonly<Record<string, string>> {
  return {
    "/systemctl":
      `#!/bin/sh\n[ "$(id -u)" = 0 ] || ${first}\nexec /usr/local/bin/real-systemctl "$@"\n`,
  };
}

/** A hub with its own broker, and the agent of its machine. */
async function startHubAndAgent(machine: SystemdMachine): Promise<void> {
  await machine.do("systemctl", "start", "hub");
  await machine.untilLogged("hub", /sees the cluster/);
  const state = "STATE_DIRECTORY=/var/lib/rpi-cluster-alert";
  const own = await machine.do(...AS_SERVICE, "env", state, "hub", "enrol", "john-snow");
  const password = /^password = (\S+)$/m.exec(own)?.[1];
  assert.ok(password !== undefined, own);
  const credential = "[Service]\nEnvironment=RPI_CLUSTER_MQTT_USERNAME=john-snow\n" +
    `Environment=RPI_CLUSTER_MQTT_PASSWORD=${password}\n`;
  machine.write("/etc/systemd/system/agent.service.d/credential.conf", credential);
  await machine.do("systemctl", "daemon-reload");
  await machine.do("systemctl", "start", "agent");
  await machine.untilLogged("hub", /node=john-snow from=unknown to=up/);
}

testWithSystemd("agent and hub say whether they stop or restart", {
  config: { hub: { broker: "none" } },
}, async ({ machine, listener }) => {
  await machine.do("systemctl", "start", "agent", "hub");
  for (const unit of ["agent", "hub"]) await machine.untilLogged(unit, /connected/);
  await machine.do("systemctl", "restart", "agent", "hub");
  await machine.untilActive("agent");
  for (const unit of ["agent", "hub"]) {
    await machine.untilLogged(unit, /sent the farewell reason=restart[^]*connected/);
  }
  await machine.do("systemctl", "stop", "agent", "hub");
  for (const topic of [AGENT, HUB]) {
    await until("the second farewell", () => farewellsOn(listener, topic).length === 2);
    assert.deepEqual(farewellsOn(listener, topic), ["restart", "stop"], topic);
  }
  assert.match(await machine.journal("hub"), /a node changed .*to=stopped reason=restart/);
});

testWithSystemd("an agent knows why it ends however soon after its start that is", {}, async (
  { machine },
) => {
  await machine.do("systemctl", "start", "agent");
  for (let count = 0; count < RESTARTS; count++) await machine.do("systemctl", "restart", "agent");
  const farewells = (await machine.journal("agent")).match(/farewell reason=\w+/g);
  assert.deepEqual(farewells, Array(RESTARTS).fill("farewell reason=restart"));
});

testWithSystemd("who is killed by hand says no reason, and systemd starts him again", {}, async (
  { machine, listener },
) => {
  await machine.do("systemctl", "start", "agent");
  await machine.untilLogged("agent", /connected/);
  await machine.do("systemctl", "kill", "--signal=TERM", "agent");
  await machine.untilLogged("agent", /sent the farewell reason=unknown[^]*connected/);
  assert.deepEqual(farewellsOn(listener, AGENT), ["none"]);
});

testWithSystemd("an agent that cannot start again after a restart is told to people", {
  config: {
    mqtt: { url: "mqtt://127.0.0.1:1883" },
    cluster: { reboot_within: "3s" },
    alerts: { hold: "1s", group: "1s" },
    sms: { provider: "print", to: "+15005550006" },
  },
}, async ({ machine }) => {
  await startHubAndAgent(machine);
  // An upgrade after which the configuration is no good.
  const broken = "[Service]\nEnvironment=RPI_CLUSTER_NODE_HEARTBEAT=often\n";
  machine.write("/etc/systemd/system/agent.service.d/upgrade.conf", broken);
  await machine.do("systemctl", "daemon-reload");
  assert.notEqual((await machine.run("systemctl", "restart", "agent")).code, 0);
  assert.equal(await machine.property("agent", "ExecMainStatus"), "78");
  await machine.untilLogged("hub", /to=stopped reason=restart/);
  await machine.untilLogged("hub", /a node died node=john-snow .*reason=not_started/);
  await machine.untilLogged("hub", /John Snow did not come back from a restart of its agent\./);
});

for (
  const { verb, reason, status } of [
    { verb: "reboot", reason: "reboot", status: 129 },
    { verb: "poweroff", reason: "poweroff", status: 130 },
  ]
) {
  testWithSystemd(`a slow machine that is to ${verb} says so, before its network goes`, {
    config: { hub: { broker: "none" } },
    files: {
      ...slowSystemctl(SLOW),
      // What manages a network stands before network.target, and takes it down when it is stopped.
      "/etc/systemd/system/network-manager.service": "[Unit]\nBefore=network.target\n" +
        "Wants=network.target\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n" +
        "ExecStop=/usr/sbin/ip link set eth0 down\n",
    },
  }, async ({ machine, listener }) => {
    await machine.do("systemctl", "start", "network-manager", "agent", "hub");
    for (const unit of ["agent", "hub"]) await machine.untilLogged(unit, /connected/);
    await machine.do("systemctl", "--no-block", verb);
    assert.equal(await machine.end(), status, "it went down");
    for (const topic of [AGENT, HUB]) {
      await until("the farewell", () => farewellsOn(listener, topic).length > 0);
      assert.deepEqual(farewellsOn(listener, topic), [reason], topic);
    }
    const wills = listener.messages.filter(({ payload }) => payload.includes("last_will"));
    assert.deepEqual(wills, [], "nobody's connection broke");
  });
}

testWithSystemd("the hub of a machine that goes down still hears the agent's farewell", {
  config: { mqtt: { url: "mqtt://127.0.0.1:1883" } },
  files: slowSystemctl(SLOW),
}, async ({ machine }) => {
  await startHubAndAgent(machine);
  await machine.do("systemctl", "--no-block", "reboot");
  await machine.end();
  assert.match(await machine.journalOnDisk("hub"), /node=john-snow .*to=stopped reason=reboot/);
});

testWithSystemd("a program whose systemd does not answer still says farewell, without a reason", {
  config: { hub: { broker: "none" } },
  files: slowSystemctl("exec sleep 60"),
}, async ({ machine, listener }) => {
  await machine.do("systemctl", "start", "agent", "hub");
  for (const unit of ["agent", "hub"]) await machine.untilLogged(unit, /connected/);
  await machine.do("systemctl", "stop", "agent", "hub");
  for (const topic of [AGENT, HUB]) {
    await until("the farewell", () => farewellsOn(listener, topic).length > 0);
    assert.deepEqual(farewellsOn(listener, topic), ["none"], topic);
  }
  for (const unit of ["agent", "hub"]) {
    assert.doesNotMatch(await machine.journal(unit), /could not end in time/);
  }
});
