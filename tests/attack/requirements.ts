/** What must hold during every attack. */

import { scaled, slowness } from "../support/time/patience.ts";
import type { Attack } from "./attacks.ts";
import { ATTACK_S, type Outcome } from "./trial.ts";

/** Beyond what it takes without attack. */
const LATER_MS_MAX = scaled(2000);
/** A death passes an agent's, the hub's and the test's own process. */
const PROCESSES = 3;
/** A command is a program of 100 MB that has to start. */
const COMMAND_MS_MAX = scaled(5000);
/** `MemoryMax=` is 1 GB, and 190 were measured. */
const PEAK_MB_MAX = 300;
const DISK_MB_MAX = 5;
const LOG_LINES_MAX = 100;
/** What an attack has to count, it counts in so long. */
const COUNTED_S = 15;

/** What does not hold, in words; empty: all does. */
export function broken(attack: Attack, outcome: Outcome, without: Outcome): readonly string[] {
  const { toldMs, owner, costs, attacker, queueDelayMs } = outcome;
  const allowedMs = LATER_MS_MAX + PROCESSES * queueDelayMs;
  const toldMsMax = Math.max(...without.toldMs) + allowedMs;
  const [count, wanted] = attack.atLeast;
  const atLeast = wanted * ATTACK_S / COUNTED_S / slowness();
  const pairs: readonly (readonly [boolean, string])[] = [
    [outcome.hubLives, "the hub has ended"],
    [outcome.brokerLives, "the broker has ended"],
    [
      toldMs.every((ms) => ms <= toldMsMax),
      `told after ${shown(toldMs)} ms, ${shown([toldMsMax])} were allowed`,
    ],
    [outcome.calledDown.length === 0, `healthy Pis were called down: ${outcome.calledDown}`],
    [costs.peakMb < PEAK_MB_MAX, `the hub took ${shown([costs.peakMb])} MB of memory`],
    [costs.diskMb < DISK_MB_MAX, `the hub wrote ${costs.diskMb.toFixed(1)} MB`],
    [costs.logLines < LOG_LINES_MAX, `the hub logged ${costs.logLines} lines`],
    [
      owner.pageMs <= without.owner.pageMs + allowedMs,
      `the owner needed ${shown([owner.pageMs])} ms to log in`,
    ],
    [
      owner.commandMs <= COMMAND_MS_MAX + PROCESSES * queueDelayMs,
      `hub status needed ${shown([owner.commandMs])} ms`,
    ],
    [
      (attacker[count] ?? 0) >= atLeast,
      `that was no attack: ${attacker[count] ?? 0} ${count}, expected ${atLeast}`,
    ],
  ];
  return pairs.flatMap(([holds, what]) => holds ? [] : [what]);
}

function shown(numbers: readonly number[]): string {
  return numbers.map((number) => number.toFixed(0)).join(" and ");
}
