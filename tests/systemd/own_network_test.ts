/** What the units confine can still ask how the machine's network is. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../../scripts/project.ts";
import { testWithSystemd } from "./test_bed.ts";

const IP = "/usr/bin/ip";
/** What the link watch and the prober ask. */
const QUESTIONS: readonly string[] = [
  "-json -details address show",
  "-json -4 route show table all",
  "-json -6 route show table all",
  "-json -statistics neighbour show",
];

testWithSystemd("hub and tracker may ask ip, as confined as they are", {
  // The tracker's unit gives its user this group.
  groups: ["gpio"],
}, async ({ machine }) => {
  for (const unit of ["hub", "tracker"]) {
    const text = Deno.readTextFileSync(join(PROJECT, "systemd", `${unit}.service`));
    const asking = text.replace(
      /^ExecStart=.*$/m,
      QUESTIONS.map((q) => `ExecStart=${IP} ${q}`).join("\n"),
    )
      .replace(/^Type=.*$/m, "Type=oneshot").replace(/^(Restart|WatchdogSec)=.*$/gm, "");
    assert.notEqual(asking, text);
    machine.write(`/etc/systemd/system/asking-${unit}.service`, asking);
    await machine.do("systemctl", "daemon-reload");
    const { code } = await machine.run("systemctl", "start", `asking-${unit}`);
    const journal = await machine.journal(`asking-${unit}`);
    assert.equal(code, 0, journal);
    assert.match(journal, /"ifname":"eth0"/);
  }
});
