/** What of the cluster matters to LED, buzzer and lamp, and from when on: who is late, dead or failing. */

import type { PolicyOutput } from "../alerting/policy/output.ts";
import {
  type ClusterOutput,
  type ClusterState,
  isAlertable,
  type Removed,
  type StorageChange,
  type Visibility,
} from "../detection/cluster_state.ts";
import type { Transition } from "../detection/node_state.ts";
import { isFailing } from "../detection/node_storage.ts";
import {
  announce,
  announceStorage,
  type BuzzerRules,
  type BuzzerState,
  newBuzzer,
  restartHolds,
  soundingAt,
} from "./buzzer.ts";
import type { IndicatorFacts } from "./indicator.ts";
import type { Silence } from "./silence.ts";

/**
 * A broker that is shut down tells the last will of every node before it closes the observer's own
 * connection, and an observer that stalled runs its timers before it reads what came meanwhile.
 * Waiting this long keeps both from flashing the LED.
 */
const SUSPECT_HOLD_MS = 300;
/** A mere stall is over with the first echo: only a longer blindness touches the LED. */
const STALL_HOLD_MS = 1000;
/** After a mere stall nothing new is shown before what lies unread is read. */
export const STALL_UNREAD_MS = 2000;

export interface AlarmFacts {
  readonly buzzer: BuzzerState;
  /** From when on the LED waits for each node that is suspect. */
  readonly suspectMs: Map<string, number>;
  readonly dead: Set<string>;
  /** Who lives on although its storage fails. */
  readonly failing: Set<string>;
  /** From when on the LED shows that the observer is blind; `Infinity` while it sees. */
  blindMs: number;
}

/** What the cluster machine puts out that an alarm is about. */
export type AlarmFact = Visibility | Transition | StorageChange | Removed;

/** Blind, as every observer begins. */
export function newAlarmFacts(): AlarmFacts {
  return {
    buzzer: newBuzzer(),
    suspectMs: new Map(),
    dead: new Set(),
    failing: new Set(),
    blindMs: -Infinity,
  };
}

export function isAlarmFact(output: ClusterOutput | PolicyOutput): output is AlarmFact {
  const { kind } = output;
  return kind === "sight" || kind === "transition" || kind === "storage" || kind === "removed";
}

export interface Noting {
  readonly nowMs: number;
  readonly rules: BuzzerRules;
  /** The state after the step that put it out. */
  readonly cluster: ClusterState;
}

export function noteFact(facts: AlarmFacts, fact: AlarmFact, noting: Noting): void {
  if (fact.kind === "sight") return noteVisibility(facts, fact, noting.nowMs);
  if (fact.kind === "storage") return noteStorage(facts, fact.node, noting);
  const { node } = fact;
  facts.suspectMs.delete(node);
  facts.dead.delete(node);
  facts.failing.delete(node);
  facts.buzzer.announced.delete(node);
  if (fact.kind === "removed") facts.buzzer.deaths.delete(node);
  else {
    noteTransition(facts, fact, noting);
    noteStorage(facts, node, noting);
  }
}

/** Storage that fails is as bad as a death, as long as its node is not dead itself. */
function noteStorage(
  { dead, failing, buzzer }: AlarmFacts,
  id: string,
  { rules, cluster }: Noting,
): void {
  const node = cluster.nodes.get(id);
  if (node?.storage !== undefined && isFailing(node)) {
    failing.add(id);
    const { sinceMs, isChange } = node.storage;
    // What was so before this observer started may have been silenced long ago.
    const learnedMs = isChange ? sinceMs : -Infinity;
    announceStorage(buzzer, { node: id, atMs: sinceMs, learnedMs }, rules);
  } else {
    failing.delete(id);
    if (!dead.has(id)) buzzer.announced.delete(id);
  }
}

function noteTransition(
  { suspectMs, dead, buzzer }: AlarmFacts,
  transition: Transition,
  { nowMs, rules, cluster }: Noting,
): void {
  const { node, from, to, atMs } = transition;
  // From now on, for a suspicion that is dated back is one of the observer's own stall.
  if (to === "suspect") suspectMs.set(node, nowMs);
  if (to !== "dead") return;
  dead.add(node);
  if (!isAlertable(cluster, transition)) return;
  // Whoever was never heard may have died, and been silenced, long before this observer started.
  const learnedMs = from === "unknown" ? -Infinity : nowMs;
  announce(buzzer, { node, atMs, learnedMs }, rules);
}

function noteVisibility(
  facts: AlarmFacts,
  { blind, reason, was }: Visibility,
  nowMs: number,
): void {
  const isStall = (blind ? reason : was) === "stalled";
  if (!blind) facts.blindMs = Infinity;
  else facts.blindMs = isStall ? nowMs + STALL_HOLD_MS : nowMs;
  if (isStall) {
    facts.buzzer.unreadUntilMs = nowMs + STALL_UNREAD_MS;
    return;
  }
  // Whoever was suspect or dead before the observer went blind may have come back unseen.
  for (const node of facts.suspectMs.keys()) facts.suspectMs.set(node, nowMs);
  restartHolds(facts.buzzer, nowMs);
}

/** What is true at an instant, and when that may change although nothing happens. */
export function factsAt(
  { buzzer, suspectMs, dead, failing, blindMs }: AlarmFacts,
  { rules, silence, nowMs }: {
    readonly rules: BuzzerRules;
    readonly silence: Silence;
    readonly nowMs: number;
  },
): IndicatorFacts & { readonly nextMs: number } {
  const lateMs = earliest(suspectMs) + SUSPECT_HOLD_MS;
  const { sounds, nextMs } = soundingAt(buzzer, { rules, silence, nowMs });
  return {
    blind: blindMs <= nowMs,
    suspect: lateMs <= nowMs ? suspectMs.size : 0,
    dead: dead.size + failing.size,
    buzzing: sounds,
    nextMs: Math.min(nextMs, ...[lateMs, blindMs].filter((ms) => ms > nowMs)),
  };
}

function earliest(instantsMs: ReadonlyMap<string, number>): number {
  let earliestMs = Infinity;
  for (const ms of instantsMs.values()) earliestMs = Math.min(earliestMs, ms);
  return earliestMs;
}
