/** What an observer knows of one node, and how that changes. */

import type { Reach } from "../network/probe.ts";
import type { StorageState } from "../protocol/storage.ts";
import type { Vitals } from "../protocol/vitals.ts";
import type { Birth, Facts, FarewellReason } from "../protocol/wire.ts";
import { newBucket, type TokenBucket } from "../structures/token_bucket.ts";
import type { Liveness } from "./liveness.ts";
import { newQueueDelay, type QueueDelay } from "./queue_delay.ts";

/** Why a node changed its state. */
export type Reason =
  | "heartbeat"
  | "birth"
  | "last_will"
  /** It said farewell, and why. */
  | Exclude<FarewellReason, "unknown">
  /** It said farewell, and not why. */
  | "farewell"
  | "silence"
  /** It was expected and not heard since the observer started. */
  | "not_heard"
  /** It said that it reboots, and did not come back. */
  | "not_back"
  /** It said that its agent restarts, and that did not. */
  | "not_started"
  /** It said farewell without a reason, and did not come back. */
  | "not_returned"
  /** Its machine answers on the network, but nothing is heard of its agent. */
  | "agent_silent";

/** A change of a node's liveness, dated by the evidence or by the deadline that passed. */
export interface Transition {
  readonly kind: "transition";
  readonly node: string;
  readonly from: Liveness;
  readonly to: Liveness;
  readonly reason: Reason;
  readonly atMs: number;
  /** The last sign of life, or `undefined` when this observer never heard one. */
  readonly lastHeardMs: number | undefined;
  /** Of a death: where the node's addresses stand, if its network was asked. */
  readonly reach?: Reach;
}

/** A session that another one has taken the place of. */
export interface RetiredSession {
  readonly session: string;
  readonly serial: string | undefined;
  readonly atMs: number;
  seq: number;
}

/** Why a node counts as dead. */
export const DEATH_CAUSES = [
  "silence",
  /** Only an earlier version of the hub took this for a death. */
  "last_will",
  "not_heard",
  "not_back",
  "not_started",
  "not_returned",
  "agent_silent",
] as const satisfies readonly Reason[];

export type DeathCause = typeof DEATH_CAUSES[number];

export function causeOf({ reason }: Transition): DeathCause {
  switch (reason) {
    case "not_heard":
    case "not_back":
    case "not_started":
    case "not_returned":
    case "agent_silent":
      return reason;
    default:
      return "silence";
  }
}

/** What a node says of its storage, by which it may be lost although it lives. */
export interface NodeStorage {
  readonly state: StorageState;
  /** Since when it says so, as this observer heard. */
  readonly sinceMs: number;
  /** This observer heard it say something else before. */
  readonly isChange: boolean;
}

/** What an observer knows of a node. Owned and changed by the cluster machine alone. */
export interface NodeState {
  readonly id: string;
  /** The user named it, or it was heard before: its absence is news. */
  expected: boolean;
  /** `[cluster] nodes` lists it. */
  named: boolean;
  /** What it calls itself. */
  name: string | undefined;
  /** What the hub's user calls it instead. */
  givenName: string | undefined;
  facts: Facts;
  /** Whether the facts are those of `session`, and not of one before or after it. */
  factsAreOfSession: boolean;
  /** A retained birth of another session than the present one, until that session is heard. */
  hinted: Birth | undefined;
  vitals: Vitals | undefined;
  /** `undefined` as long as it does not say. */
  storage: NodeStorage | undefined;
  /** How often it may say something else of its storage. */
  readonly storageChanges: TokenBucket;
  liveness: Liveness;
  /** Why; `undefined` for what an earlier run of the observer found. */
  livenessReason: Reason | undefined;
  sinceMs: number;
  session: string | undefined;
  readonly retired: RetiredSession[];
  /** The session that said farewell: its late heartbeats prove nothing. */
  leftSession: string | undefined;
  /** Why `leftSession` ended, as far as it is known. */
  leftReason: FarewellReason | undefined;
  seq: number;
  everyMs: number;
  reconnectMs: number;
  lastHeardMs: number | undefined;
  /** Since when none of its signs of life was late. */
  steadyFromMs: number;
  suspectAtMs: number;
  deadAtMs: number;
  /** It may come back after its farewell: until when, or since when it is missed; else `Infinity`. */
  backByMs: number;
  /** How late its heartbeats are, as `queue_delay.ts` measures it. */
  readonly queueDelay: QueueDelay;
  /** Number of the echo that must come back before the verdict; 0 when none is under way. */
  echoBarrier: number;
  /** Heartbeats that never came, by their sequence numbers: the quality of the link. */
  missed: number;
  restarts: number;
  /** Until when another machine is known to speak under this id; 0 when none is. */
  duplicateUntilMs: number;
}

/** What people read of a node: the given name before its own, and its id without either. */
export function nameOf({ id, name, givenName }: NodeState): string {
  return givenName ?? name ?? id;
}

/** A node that is not heard yet. */
export function newNode(id: string, nowMs: number, expected: boolean): NodeState {
  return {
    id,
    expected,
    named: false,
    name: undefined,
    givenName: undefined,
    facts: {},
    factsAreOfSession: true,
    hinted: undefined,
    vitals: undefined,
    storage: undefined,
    storageChanges: newBucket(),
    liveness: "unknown",
    livenessReason: undefined,
    sinceMs: nowMs,
    session: undefined,
    retired: [],
    leftSession: undefined,
    leftReason: undefined,
    seq: -1,
    everyMs: 1000,
    reconnectMs: 2000,
    lastHeardMs: undefined,
    steadyFromMs: -Infinity,
    suspectAtMs: Infinity,
    deadAtMs: Infinity,
    backByMs: Infinity,
    queueDelay: newQueueDelay(),
    echoBarrier: 0,
    missed: 0,
    restarts: 0,
    duplicateUntilMs: 0,
  };
}

/** What a birth says of its node: of the present session, or of one that is not heard yet. */
export function describe(node: NodeState, birth: Birth): void {
  node.name = birth.name;
  node.everyMs = birth.everyMs;
  node.reconnectMs = birth.reconnectMs;
  node.facts = birth.facts;
  node.factsAreOfSession = birth.session === node.session;
}

/** Changes the liveness; `undefined` when it was that already. */
export function change(
  node: NodeState,
  to: Liveness,
  reason: Reason,
  atMs: number,
): Transition | undefined {
  const from = node.liveness;
  if (from === to) return undefined;
  node.liveness = to;
  node.livenessReason = reason;
  node.sinceMs = atMs;
  if (to === "dead") {
    node.suspectAtMs = Infinity;
    node.deadAtMs = Infinity;
  }
  const { id, lastHeardMs } = node;
  return { kind: "transition", node: id, from, to, reason, atMs, lastHeardMs };
}
