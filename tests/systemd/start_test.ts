/** What the start of a service waits for, and what keeps it from none. */

import assert from "node:assert/strict";
import { testWithSystemd } from "./test_bed.ts";

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

testWithSystemd("a tracker starts on a system without a group gpio, and says what to do", {
  config: { rpi: { led: 17, buzzer: 27 } },
}, async ({ machine }) => {
  assert.notEqual((await machine.run("getent", "group", "gpio")).code, 0);
  await machine.do("systemctl", "start", "tracker");
  await machine.untilLogged("tracker", /sees the cluster/);
  assert.equal(await machine.property("tracker", "NRestarts"), "0");
});
