/** What the units confine can still ask how the machine's network is. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../../scripts/project.ts";
import { testWithSystemd } from "./test_bed.ts";

/** What the link watch, the prober and the hub's start ask. */
const QUESTIONS: readonly string[] = [
  "/usr/bin/ip -json -details address show",
  "/usr/bin/ip -json -4 route show table all",
  "/usr/bin/ip -json -6 route show table all",
  "/usr/bin/ip -json -statistics neighbour show",
  "/usr/bin/head --bytes=36 /proc/sys/kernel/random/boot_id",
];

testWithSystemd("hub and tracker may ask for their network, as confined as they are", {
  // The tracker's unit gives its user this group.
  groups: ["gpio"],
}, async ({ machine }) => {
  for (const unit of ["hub", "tracker"]) {
    const text = Deno.readTextFileSync(join(PROJECT, "systemd", `${unit}.service`));
    const questions = QUESTIONS.map((question) => `ExecStart=${question}`).join("\n");
    const asking = text.replace(/^ExecStart=.*$/m, questions)
      .replace(/^Type=.*$/m, "Type=oneshot")
      .replace(/^(Restart|WatchdogSec)=.*$/gm, "");
    assert.notEqual(asking, text);
    machine.write(`/etc/systemd/system/asking-${unit}.service`, asking);
    await machine.do("systemctl", "daemon-reload");
    const { code } = await machine.run("systemctl", "start", `asking-${unit}`);
    const journal = await machine.journal(`asking-${unit}`);
    assert.equal(code, 0, journal);
    assert.match(journal, /"ifname":"eth0"/);
    assert.match(journal, /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/);
  }
});
