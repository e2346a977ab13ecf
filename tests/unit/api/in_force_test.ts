/** The silences that apply now, as lines for the command line. */

import assert from "node:assert/strict";
import { inForceLines } from "../../../hub/commands/in_force.ts";

Deno.test("a silence by a button contains the node of the button and its begin", () => {
  const since = "2026-11-22T14:00:00.000Z";
  const until = "2026-11-22T15:00:00.000Z";
  const silences = [
    { node: null, since, until, pressed_at: "arya" },
    { node: "bran", since, until },
  ];
  const maintenance = [{ node: "sansa", until }];
  const lines = inForceLines({ silences, maintenance }, Date.parse(since));
  assert.match(lines[0] ?? "", /^silenced: all until [^()]+ \(button of arya, [^()]+\)$/);
  assert.match(lines[1] ?? "", /^silenced: bran until [^()]+$/);
  assert.match(lines[2] ?? "", /^in maintenance: sansa until [^()]+$/);
  assert.equal(lines.length, 3);
});
