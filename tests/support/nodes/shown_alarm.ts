/** What a tracker without outputs logs that it would show, for tests of who sounds and who is quiet. */

import type { TestCluster } from "../program/cluster.ts";
import type { TestProgram } from "../program/programs.ts";

/** The buzzer waits for nothing here; a death takes 3 s after the last will. */
export const QUICK = { cluster: { nodes: "arya, bran" }, rpi: { buzzer_hold: "0s" } };
export const SOUNDS = "LED blinks once a second, buzzer sounds: a Pi is down";
export const QUIET = "LED blinks once a second: a Pi is down";

/** A tracker, and the agents of bran and arya, which it takes for alive. */
export async function startWatched(
  cluster: TestCluster,
): Promise<[tracker: TestProgram, bran: TestProgram, arya: TestProgram]> {
  const programs = await Promise.all([
    cluster.tracker("sansa", { config: QUICK }),
    cluster.agent("bran"),
    cluster.agent("arya"),
  ]);
  const [tracker] = programs;
  await tracker.process.line("node=bran from=unknown to=up");
  await tracker.process.line("node=arya from=unknown to=up");
  return programs;
}

/** A tracker whose buzzer sounds for bran, which has just died. */
export async function startSounding(
  cluster: TestCluster,
  shows: Shows,
): Promise<[tracker: TestProgram, bran: TestProgram]> {
  const tracker = await cluster.tracker("sansa", { config: QUICK });
  const bran = await cluster.agent("bran");
  await tracker.process.line("node=bran from=unknown to=up");
  await shows(tracker, SOUNDS, () => bran.kill());
  return [tracker, bran];
}

/** Does something, and waits for what the tracker shows because of it. */
type Shows = (
  tracker: TestProgram,
  what: string,
  deed: () => Promise<unknown>,
) => Promise<void>;

/** It is shown in time, or the test fails. */
export function showsWithin(withinMs: number): Shows {
  return async (tracker, what, deed) => {
    const from = tracker.process.lines.length;
    await deed();
    await tracker.process.line(what, { from, withinMs });
  };
}
