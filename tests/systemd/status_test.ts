/** What systemd knows of a service: that it is up, how it is, and why it has ended. */

import assert from "node:assert/strict";
import { AS_SERVICE, asUser, type SystemdMachine } from "./machine.ts";
import { testWithSystemd } from "./test_bed.ts";

const STATE = "/var/lib/rpi-cluster-alert";
const PASSWORD = `${STATE}/password`;
const SECRET = "/etc/rpi-cluster-alert/mqtt.password";
/** First starts of a hub in a row. */
const FIRST_STARTS = 3;

async function untilStatus(machine: SystemdMachine, unit: string, what: RegExp): Promise<void> {
  await machine.until(`${what} of ${unit}`, async () => {
    return what.test(await machine.property(unit, "StatusText"));
  });
}

testWithSystemd("each service says in one line how it is", {
  config: { hub: { broker: "none" } },
}, async ({ machine }) => {
  await machine.do("systemctl", "start", "agent", "tracker", "hub");
  await untilStatus(machine, "agent", /^up, broker [\d.]+:\d+$/);
  await untilStatus(machine, "tracker", /^up, no Pi has reported yet$/);
  await untilStatus(machine, "hub", /^up, 1 Pi watched, nobody is notified$/);
  const { stdout } = await machine.run("systemctl", "status", "agent");
  assert.match(stdout, /Status: "up, broker /);
  await machine.do("ip", "link", "set", "eth0", "down");
  await untilStatus(machine, "agent", /^up, no broker at /);
  await untilStatus(machine, "hub", /^does not see the cluster: /);
});

testWithSystemd("a service with a bad configuration says so in its status, and stays ended", {
  config: { hub: { broker: "none" } },
}, async ({ machine }) => {
  for (const unit of ["agent", "tracker", "hub"]) {
    machine.write(
      `/etc/systemd/system/${unit}.service.d/bad.conf`,
      "[Service]\nEnvironment=RPI_CLUSTER_NODE_HEARTBEAT=often\n",
    );
  }
  await machine.do("systemctl", "daemon-reload");
  for (const unit of ["agent", "tracker", "hub"]) {
    assert.notEqual((await machine.run("systemctl", "start", unit)).code, 0);
    assert.equal(await machine.property(unit, "ExecMainStatus"), "78");
    assert.equal(await machine.property(unit, "NRestarts"), "0");
    assert.match(
      await machine.property(unit, "StatusText"),
      /^bad configuration: RPI_CLUSTER_NODE_HEARTBEAT: \[node\] heartbeat: expected .* "often"$/,
    );
    const { stdout } = await machine.run("systemctl", "status", unit);
    assert.match(stdout, /Status: "bad configuration: /);
  }
});

testWithSystemd("when the start of the hub returns, its password is there and it answers", {
  config: { mqtt: { url: "mqtt://127.0.0.1:1883" } },
}, async ({ machine }) => {
  for (let count = 0; count < FIRST_STARTS; count++) {
    await machine.do("systemctl", "start", "hub");
    assert.match(await machine.do("cat", PASSWORD), /^\S{22}\n$/);
    const page = await machine.do("curl", "--silent", "--fail", "http://127.0.0.1:8080/healthz");
    assert.equal(page, "ok\n");
    await machine.do("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/1883");
    await machine.do("systemctl", "stop", "hub");
    await machine.do("rm", "-rf", STATE);
  }
});

testWithSystemd("a hub is enrolled to before its first start, by root, without a [hub] state", {
  config: { mqtt: { url: "mqtt://127.0.0.1:1883" } },
}, async ({ machine }) => {
  await machine.do("sh", "-c", "cd /tmp && umask 022 && hub enrol john-snow > /tmp/john-snow.ini");
  assert.equal((await machine.do("stat", "-c", "%U %a", "/tmp/john-snow.ini")).trim(), "root 600");
  const owner = await machine.do("stat", "-c", "%U", STATE, `${STATE}/passwd`);
  assert.equal(owner, "rpi-cluster-alert\nrpi-cluster-alert\n");
  const enrolled = await machine.do("cat", "/tmp/john-snow.ini");
  const password = /^password = (\S+)$/m.exec(enrolled)?.[1];
  assert.ok(password !== undefined, enrolled);
  machine.write(SECRET, `${password}\n`);
  await machine.do("chmod", "600", SECRET);
  machine.write(
    "/etc/systemd/system/agent.service.d/credential.conf",
    `[Service]\nLoadCredential=mqtt.password:${SECRET}\n` +
      "Environment=RPI_CLUSTER_MQTT_USERNAME=john-snow\n",
  );
  await machine.do("systemctl", "daemon-reload");
  assert.notEqual((await machine.run(...asUser("rpi-cluster-agent"), "cat", SECRET)).code, 0);
  const { code } = await machine.run("systemctl", "start", "hub", "agent");
  assert.equal(code, 0, await machine.journal("agent"));
  await machine.untilLogged("hub", /node=john-snow from=unknown to=up/);
  await untilStatus(machine, "agent", /^up, broker 127\.0\.0\.1:1883$/);
  assert.doesNotMatch(await machine.journal("agent"), new RegExp(password));
});

testWithSystemd("the hub of a machine is backed up by root, and restored for its user", {
  config: { mqtt: { url: "mqtt://127.0.0.1:1883" } },
}, async ({ machine }) => {
  await machine.do("systemctl", "start", "hub");
  await machine.do("hub", "enrol", "john-snow");
  await machine.do("hub", "backup", "/root/hub.backup");
  assert.equal((await machine.do("stat", "-c", "%U %a", "/root/hub.backup")).trim(), "root 600");
  await machine.do("systemctl", "stop", "hub");
  await machine.do("rm", "-rf", STATE);
  await machine.do("hub", "restore", "/root/hub.backup");
  const owners = await machine.do("find", STATE, "!", "-user", "rpi-cluster-alert");
  assert.equal(owners, "");
  await machine.do("systemctl", "start", "hub");
  const passwd = await machine.do(...AS_SERVICE, "cat", `${STATE}/passwd`);
  assert.match(passwd, /^john-snow:/m);
  assert.equal(await machine.property("hub", "NRestarts"), "0");
});
