/**
 * The facts about the cluster that LED, buzzer and lamp show, and the instants from which they show
 * them.
 */

import type { PolicyOutput } from "../alerting/policy/output.ts";
import {
  type ClusterOutput,
  type ClusterState,
  isAlertable,
  type Removed,
  type StorageChange,
  type VisibilityChange,
} from "../detection/cluster_state.ts";
import type { Transition } from "../detection/node_state.ts";
import { isFailing } from "../detection/node_storage.ts";
import { InstantsById } from "../structures/instants_by_id.ts";
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
 * A broker that shuts down publishes the last will of every node before it closes the observer's
 * own connection. An observer that stalled runs its timers before it reads its backlog. This wait
 * keeps both from flashing the LED.
 */
const SUSPECT_HOLD_MS = 300;
/** A short stall ends with the first echo. Only a longer blindness changes the LED. */
const STALL_HOLD_MS = 1000;
/** After a short stall nothing new is shown until the backlog is read. */
export const STALL_UNREAD_MS = 2000;

export interface AlarmFacts {
  readonly buzzer: BuzzerState;
  /** For each suspect node, the instant from which the LED's hold counts. */
  readonly suspectMs: InstantsById;
  readonly dead: Set<string>;
  /** Nodes that are alive although their storage fails. */
  readonly failing: Set<string>;
  /** The instant from which the LED shows that the observer is blind; `Infinity` while it sees. */
  blindMs: number;
}

/** The outputs of the cluster machine that change the alarm. */
export type AlarmFact = VisibilityChange | Transition | StorageChange | Removed;

/** The facts at start: every observer begins blind. */
export function newAlarmFacts(): AlarmFacts {
  return {
    buzzer: newBuzzer(),
    suspectMs: new InstantsById(),
    dead: new Set(),
    failing: new Set(),
    blindMs: -Infinity,
  };
}

export function isAlarmFact(output: ClusterOutput | PolicyOutput): output is AlarmFact {
  const { kind } = output;
  return kind === "visibility" || kind === "transition" || kind === "storage" || kind === "removed";
}

export interface FactContext {
  readonly nowMs: number;
  readonly rules: BuzzerRules;
  /** The nodes after the step that produced the fact. */
  readonly cluster: { readonly nodes: Pick<ClusterState["nodes"], "get"> };
}

export function noteFact(facts: AlarmFacts, fact: AlarmFact, noting: FactContext): void {
  if (fact.kind === "visibility") return noteVisibility(facts, fact, noting.nowMs);
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

/** Failing storage counts like a death, unless the node itself is dead. */
function noteStorage(
  { dead, failing, buzzer }: AlarmFacts,
  id: string,
  { rules, cluster }: FactContext,
): void {
  const node = cluster.nodes.get(id);
  if (node?.storage !== undefined && isFailing(node)) {
    failing.add(id);
    const { sinceMs, isChange } = node.storage;
    // A state from before this observer's start may have been silenced long ago.
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
  { nowMs, rules, cluster }: FactContext,
): void {
  const { node, from, to, atMs } = transition;
  // Counts from now, because a backdated suspicion comes from the observer's own stall.
  if (to === "suspect") suspectMs.set(node, nowMs);
  if (to !== "dead") return;
  dead.add(node);
  if (!isAlertable(cluster, transition)) return;
  // A node that was never heard may have died, and been silenced, long before this observer
  // started.
  const learnedMs = from === "unknown" ? -Infinity : nowMs;
  announce(buzzer, { node, atMs, learnedMs }, rules);
}

function noteVisibility(
  facts: AlarmFacts,
  { blind, reason, was }: VisibilityChange,
  nowMs: number,
): void {
  const isStall = (blind ? reason : was) === "stalled";
  if (!blind) facts.blindMs = Infinity;
  else facts.blindMs = isStall ? nowMs + STALL_HOLD_MS : nowMs;
  if (isStall) {
    facts.buzzer.unreadUntilMs = nowMs + STALL_UNREAD_MS;
    return;
  }
  // A node that was suspect or dead before the blindness may have come back meanwhile.
  facts.suspectMs.setAll(nowMs);
  restartHolds(facts.buzzer, nowMs);
}

/** The facts at an instant, and the instant at which they may change without an event. */
export function factsAt(
  { buzzer, suspectMs, dead, failing, blindMs }: AlarmFacts,
  { rules, silence, nowMs }: {
    readonly rules: BuzzerRules;
    readonly silence: Silence;
    readonly nowMs: number;
  },
): IndicatorFacts & { readonly nextMs: number } {
  const lateMs = suspectMs.earliestMs + SUSPECT_HOLD_MS;
  const { sounds, nextMs } = soundingAt(buzzer, { rules, silence, nowMs });
  return {
    blind: blindMs <= nowMs,
    suspect: lateMs <= nowMs ? suspectMs.size : 0,
    dead: dead.size + failing.size,
    buzzing: sounds,
    nextMs: Math.min(nextMs, ...[lateMs, blindMs].filter((ms) => ms > nowMs)),
  };
}
