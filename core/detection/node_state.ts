/** What an observer knows of one node. */

import type { Reach } from "../network/probe.ts";
import type { StorageState } from "../protocol/storage.ts";
import type { UpdateReport } from "../protocol/update_report.ts";
import type { Vitals } from "../protocol/vitals.ts";
import type { AccessFault, Ways } from "../protocol/ways.ts";
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
  /** It said farewell without a reason. */
  | "farewell"
  | "silence"
  /** It was expected, but not heard since the observer started. */
  | "not_heard"
  /** It said that it reboots, but it did not come back. */
  | "not_back"
  /** It said that its agent restarts, but the agent did not start. */
  | "not_started"
  /** It said farewell without a reason, but it did not come back. */
  | "not_returned"
  /** Its machine answers on the network, but its agent sends nothing. */
  | "agent_silent";

/**
 * A change of a node's liveness. `atMs` is the instant of the evidence or of the passed deadline.
 */
export interface Transition {
  readonly kind: "transition";
  readonly node: string;
  readonly from: Liveness;
  readonly to: Liveness;
  readonly reason: Reason;
  readonly atMs: number;
  /** The last sign of life; `undefined` when this observer never heard one. */
  readonly lastHeardMs: number | undefined;
  /** For a death: where the node's addresses are, if its network was probed. */
  readonly reach?: Reach;
}

/** A session that was replaced by a newer one. */
export interface RetiredSession {
  readonly session: string;
  readonly serial: string | undefined;
  readonly atMs: number;
  seq: number;
  /** When a message of it first came again; only for an observer of several brokers. */
  againMs?: number;
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

/** What a node reports about its storage. A node can be alive although its storage fails. */
export interface NodeStorage {
  readonly state: StorageState;
  /** When this observer first heard the present report. */
  readonly sinceMs: number;
  /** This observer heard another report before. */
  readonly isChange: boolean;
}

/** What an observer knows of one node. Only the cluster machine owns and changes it. */
export interface NodeState {
  readonly id: string;
  /** The user named it, or it was heard before, so its absence matters. */
  expected: boolean;
  /** `[cluster] nodes` lists it. */
  named: boolean;
  /** The name from its own birth. */
  name: string | undefined;
  /** The name that the hub's user gave it. */
  givenName: string | undefined;
  facts: Facts;
  /** Whether the facts come from `session`, and not from an earlier or later session. */
  factsAreOfSession: boolean;
  /** A retained birth of a session other than the present one, kept until that session is heard. */
  hinted: Birth | undefined;
  vitals: Vitals | undefined;
  /** `undefined` until the node reports it. */
  storage: NodeStorage | undefined;
  /** Limits how often the node may change its report about its storage. */
  readonly storageChanges: TokenBucket;
  /** How a person reaches it, in its last vitals. */
  ways: Ways | undefined;
  /** Its last vitals about upgrades; `undefined`: it takes none from its hub. */
  update: UpdateReport | undefined;
  /** What was reported of its ways last; `undefined` before its first vitals. */
  access: { readonly fault: AccessFault | undefined } | undefined;
  /** The same limit for `access`. */
  readonly accessChanges: TokenBucket;
  liveness: Liveness;
  /** `undefined` when an earlier run of the observer found the liveness. */
  livenessReason: Reason | undefined;
  sinceMs: number;
  session: string | undefined;
  readonly retired: RetiredSession[];
  /** The session that said farewell. Its late heartbeats prove nothing. */
  leftSession: string | undefined;
  /** Why `leftSession` ended, if it is known. */
  leftReason: FarewellReason | undefined;
  seq: number;
  everyMs: number;
  reconnectMs: number;
  lastHeardMs: number | undefined;
  /**
   * For an observer of several brokers: by broker, the last message that came by it. Absent: none
   * came.
   */
  readonly heardByMs: (number | undefined)[];
  /** The brokers that published its last will, and by which it was not heard since. */
  readonly goneFrom: Set<number>;
  /** Since this instant no sign of life was late. */
  steadyFromMs: number;
  suspectAtMs: number;
  deadAtMs: number;
  /** The deadline for the return after a farewell; `Infinity` if none is awaited. */
  backByMs: number;
  /** The delay of its heartbeats, as `queue_delay.ts` measures it. */
  readonly queueDelay: QueueDelay;
  /** The number of the echo that must come back before the verdict; 0 when none is pending. */
  echoBarrier: number;
  /**
   * Heartbeats that never arrived, by their sequence numbers. They show the quality of the link.
   */
  missed: number;
  restarts: number;
  /** Until this instant a second machine is known to use this id; 0 when there is none. */
  duplicateUntilMs: number;
}

/** The name that people see: the given name, else the node's own name, else its id. */
export function nameOf({ id, name, givenName }: NodeState): string {
  return givenName ?? name ?? id;
}

/** A node that was not heard yet. */
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
    ways: undefined,
    update: undefined,
    access: undefined,
    accessChanges: newBucket(),
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
    heardByMs: [],
    goneFrom: new Set(),
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

/** Takes over the facts of a birth, of the present session or of one that was not heard yet. */
export function describe(node: NodeState, birth: Birth): void {
  node.name = birth.name;
  node.everyMs = birth.everyMs;
  node.reconnectMs = birth.reconnectMs;
  node.facts = birth.facts;
  node.factsAreOfSession = birth.session === node.session;
}

/** Changes the liveness; `undefined` if it already had that value. */
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
