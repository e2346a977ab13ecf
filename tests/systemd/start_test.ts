/** What the start of a service waits for, and what keeps it from none. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Finding } from "../../core/doctor/finding.ts";
import { PROJECT } from "../../scripts/project.ts";
import { testWithSystemd } from "./test_bed.ts";

const SYSUSERS = join(PROJECT, "packaging/sysusers/rpi-cluster-alert.conf");

testWithSystemd("no program waits for a network that is never online", {
  config: { hub: { broker: "none" } },
  files: {
    // As systemd-networkd-wait-online does where DHCP is mute.
    "/etc/systemd/system/wait-online.service": "[Unit]\nBefore=network-online.target\n" +
      "[Service]\nType=oneshot\nExecStart=/bin/sleep infinity\n",
    "/etc/systemd/system/network-online.target.d/wait.conf":
      "[Unit]\nRequires=wait-online.service\n",
  },
}, async ({ machine }) => {
  await machine.do("systemctl", "start", "--no-block", "network-online.target");
  await machine.until("the wait for the network", async () => {
    return await machine.property("wait-online.service", "ActiveState") === "activating";
  });
  await machine.do("systemctl", "start", "tracker", "agent", "hub");
  for (const unit of ["tracker", "agent", "hub"]) await machine.untilActive(unit);
  await machine.untilLogged("tracker", /LED/);
  assert.equal(await machine.property("network-online.target", "ActiveState"), "inactive");
});

testWithSystemd("a tracker starts on a system without a group gpio", {
  config: { rpi: { led: 17, buzzer: 27 } },
}, async ({ machine }) => {
  assert.notEqual((await machine.run("getent", "group", "gpio")).code, 0);
  await machine.do("systemctl", "start", "tracker");
  await machine.untilLogged("tracker", /sees the cluster/);
  assert.equal(await machine.property("tracker", "NRestarts"), "0");
});

testWithSystemd("the packaged users put the tracker's user into the group gpio", {}, async (
  { machine },
) => {
  machine.write("/etc/sysusers.d/rpi-cluster-alert.conf", Deno.readTextFileSync(SYSUSERS));
  await machine.do("systemd-sysusers");
  assert.match(await machine.do("getent", "group", "gpio"), /:rpi-cluster-tracker$/m);
});

testWithSystemd("the doctor that root asks sees what the service's user sees", {}, async (
  { machine },
) => {
  const examine = async () => {
    const { stdout } = await machine.run("tracker", "doctor", "--json");
    const { findings }: { readonly findings: readonly Finding[] } = JSON.parse(stdout);
    return new Map(findings.map((finding) => [finding.subject, finding]));
  };
  const well = await examine();
  assert.equal(well.get("config")?.level, "ok");
  assert.match(well.get("user")?.found ?? "", /tried as rpi-cluster-tracker/);
  assert.match(well.get("permissions")?.found ?? "", /^user rpi-cluster-tracker \(/);

  await machine.do("chmod", "600", "/etc/rpi-cluster-alert/config.ini");
  const closed = (await examine()).get("config");
  assert.equal(closed?.level, "wrong");
  assert.match(closed.found, /config\.ini.*may not read/);
  assert.match(closed.advice ?? "", /chgrp rpi-cluster-node/);
});

testWithSystemd("the doctors of agent and hub work as the users of their services, too", {
  config: { hub: { broker: "none" }, sms: { provider: "print" } },
}, async ({ machine }) => {
  await machine.do("systemctl", "start", "agent", "hub");
  for (const unit of ["agent", "hub"]) await machine.untilActive(unit);
  await machine.untilLogged("hub", /node=john-snow from=unknown to=up/);
  // As chrony makes it. What the kernel says depends on this machine.
  await machine.do("mkdir", "-p", "/run/chrony", "/run/systemd/timesync");
  for (const [program, user] of [["agent", "rpi-cluster-agent"], ["hub", "rpi-cluster-alert"]]) {
    const examine = async () => {
      const { stdout, stderr } = await machine.run(program ?? "", "doctor", "--json");
      assert.equal(stderr, "");
      const { findings }: { readonly findings: readonly Finding[] } = JSON.parse(stdout);
      return new Map(findings.map((finding) => [finding.subject, finding]));
    };
    const well = await examine();
    assert.equal(well.get("config")?.level, "ok");
    assert.equal(well.get("user")?.found, `tried as ${user}, the user of ${program}.service`);
    assert.match(well.get("service")?.found ?? "", /is active, |is active: up, /);
    assert.match(well.get("state")?.found ?? "", /^\/var\/lib\/rpi-cluster-\w+ may be written$/);
    assert.equal(well.get("broker")?.level, "ok");
    const { found = "", advice = "chronyc sources" } = well.get("clock") ?? {};
    assert.match(found, /, synchronised$|: no time server has answered yet$/);
    assert.match(advice, /^chronyc sources/);
    const file = program === "hub" ? "hub.ini" : "config.ini";
    await machine.do("chown", "root:root", `/etc/rpi-cluster-alert/${file}`);
    await machine.do("chmod", "600", `/etc/rpi-cluster-alert/${file}`);
    const closed = (await examine()).get("config");
    assert.equal(closed?.level, "wrong");
    assert.match(closed.found, /may not read/);
    assert.match(closed.advice ?? "", /^let it read: sudo ch/);
  }
});
