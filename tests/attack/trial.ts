/** One attack on a cluster in which Pis die, with what it brought about. */

import { sized } from "../support/program/tier.ts";
import { until } from "../support/time/until.ts";
import { attack, type AttackerCounts } from "./attacker.ts";
import type { Attack } from "./attacks.ts";
import { type Costs, Gauges } from "./gauges.ts";
import { type OwnersWait, ownersWait } from "./owner.ts";
import { QueueDelay } from "./queue_delay.ts";
import type { Target } from "./target.ts";

export const ATTACK_S = sized({ test: 10, soak: 15 });
/** Pis die when the attack is at its height, and once more when it has lasted. */
const KILLS_AT_MS = sized({ test: [2000, 5000], soak: [3000, 8500] });
const BASELINE_KILLS = sized({ test: 2, soak: 3 });
/** A death, and its message. */
const BASELINE_KILL_S = 6;

/** What happened; times are in ms. */
export interface Outcome {
  readonly hubLives: boolean;
  readonly brokerLives: boolean;
  /** From each death to its message. */
  readonly toldMs: readonly number[];
  readonly owner: OwnersWait;
  /** Words that call a healthy Pi down. */
  readonly calledDown: readonly string[];
  readonly costs: Costs;
  /** The worst of a process that asks for little. */
  readonly queueDelayMs: number;
  readonly attacker: AttackerCounts;
}

/** The cluster without attack, while somebody else takes a processor. */
export async function baseline(target: Target): Promise<Outcome> {
  return await tried(target, {
    program: "nothing",
    seconds: BASELINE_KILL_S * BASELINE_KILLS + 2,
    killsAtMs: Array.from(
      { length: BASELINE_KILLS },
      (_, index) => 1000 + 1000 * BASELINE_KILL_S * index,
    ),
  });
}

export async function trial(target: Target, { program }: Attack): Promise<Outcome> {
  return await tried(target, { program, seconds: ATTACK_S, killsAtMs: KILLS_AT_MS });
}

interface Course {
  readonly program: string;
  readonly seconds: number;
  readonly killsAtMs: readonly number[];
}

async function tried(target: Target, course: Course): Promise<Outcome> {
  const knows = target.attackerKnows();
  const victims = await target.victims(course.killsAtMs.length);
  await target.untilCalm();
  const gauges = await Gauges.start(target.hub);
  const calledBefore = target.calledDown().length;
  using lateness = new QueueDelay();
  const startedMs = performance.now();
  const attacking = attack(course.program, course.seconds, knows);
  const waits: OwnersWait[] = [];
  const toldMs = await Promise.all(victims.map(async (victim, index) => {
    const atMs = startedMs + (course.killsAtMs[index] ?? 0);
    await new Promise((resolve) => setTimeout(resolve, atMs - performance.now()));
    const told = target.kill(victim, index % 2 === 0 ? "SIGSTOP" : "SIGKILL");
    if (index === 0) waits.push(await ownersWait(target.hub));
    return await told;
  }));
  const attacker = await attacking;
  const queueDelayMs = lateness.worstMs;
  const costs = await costsOf(gauges);
  return {
    hubLives: !target.hub.process.hasEnded,
    brokerLives: isRunning(target.broker.pid),
    toldMs,
    owner: waits[0] ?? { pageMs: Infinity, commandMs: Infinity },
    calledDown: target.calledDown().slice(calledBefore),
    costs,
    queueDelayMs,
    attacker,
  };
}

/** A hub that has ended costs nothing more. */
async function costsOf(gauges: Gauges): Promise<Costs> {
  const none = { peakMb: NaN, diskMb: NaN, logLines: NaN, refused: {} };
  try {
    return await until("the hub's gauges", () => gauges.read().catch(() => undefined));
  } catch {
    return none;
  }
}

function isRunning(pid: number | undefined): boolean {
  if (pid === undefined) return true;
  try {
    return /^State:\s+[^ZX]/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}
