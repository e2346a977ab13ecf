/**
 * How many messages of each node are processed. A stolen credential of one node may send more than
 * all other nodes together, but that must neither delay their verdicts nor fill the disk.
 *
 * Above a node's rate, the newest message of each kind waits and is processed at its turn. So the
 * last state always arrives, and only messages in between are lost. Each node has one place for
 * each kind, and no queue, so no node waits for another.
 */

import { NODE_ID_PATTERN, NODES_MAX } from "../protocol/wire.ts";
import { DeadlineHeap } from "../structures/deadline_heap.ts";
import {
  arrive,
  isIdle,
  type Lane,
  type LaneRule,
  markProcessed,
  newLane,
  passesAtOnce,
  readyMs,
} from "./rate_lane.ts";

/** The kinds have separate limits. */
const KINDS = ["status", "heartbeat", "vitals", "echo", "alarm"] as const;
export type RateKind = typeof KINDS[number];

export interface RateSource {
  /**
   * The node to which the topic belongs, or the topic of presses, to which every node may publish.
   */
  readonly from: string;
  readonly kind: RateKind;
}

/**
 * Healthy nodes stay far below these limits. An agent sends at most four heartbeats a second, and
 * an observer that stalled reads 15 s of them at once. A status is sent twice for each connection.
 *
 * A long storm of statuses is processed more and more rarely, because each one costs about 50 KB of
 * disk.
 */
const RULES: Readonly<Record<RateKind, LaneRule>> = {
  status: {
    burst: 20,
    everyMs: 1000,
    paces: [{ afterMs: 60_000, everyMs: 10_000 }, { afterMs: 600_000, everyMs: 60_000 }],
  },
  heartbeat: { burst: 80, everyMs: 125, paces: [] },
  vitals: { burst: 10, everyMs: 1000, paces: [] },
  echo: { burst: 40, everyMs: 250, paces: [] },
  alarm: { burst: 20, everyMs: 500, paces: [] },
};

/**
 * Messages after a status wait with it, but only this long, because a silent node counts as dead.
 */
const ORDER_MS = 1000;
/** Remembered senders that are not watched. Anybody can invent ids. */
const SENDERS_MAX = 2 * NODES_MAX;
/** How often unneeded senders are searched for. */
const SWEEP_EVERY_MS = 1000;

type Lanes<Message> = Partial<Record<RateKind, Lane<Message>>>;

export interface Admission<Message> {
  /** The messages to process now, oldest first. */
  readonly messages: readonly Message[];
  /** One message is lost, because another replaced it. */
  readonly isOneLost: boolean;
}

/** For messages of any type. All instants are monotonic milliseconds. */
export class NodeRates<Message> {
  readonly #isWatched: (node: string) => boolean;
  readonly #senders = new Map<string, Lanes<Message>>();
  readonly #deadlines = new DeadlineHeap();
  #order = 0;
  #sweptMs = -Infinity;

  /** A watched node always has its places, even if a client invents many ids. */
  constructor(isWatched: (node: string) => boolean) {
    this.#isWatched = isWatched;
  }

  /** The number of remembered senders. */
  get size(): number {
    return this.#senders.size;
  }

  /** Takes a message, which is processed now or waits. */
  take({ from, kind }: RateSource, message: Message, nowMs: number): Admission<Message> {
    const lanes = this.#lanesOf(from, nowMs);
    if (lanes === undefined) return { messages: [], isOneLost: true };
    const lane = lanes[kind] ??= newLane();
    if (!isAnyWaiting(lanes) && passesAtOnce(lane, RULES[kind], nowMs)) {
      return { messages: [message], isOneLost: false };
    }
    const before = lane.waiting === undefined ? [] : this.#release(from, nowMs);
    const isOneLost = lane.waiting !== undefined;
    arrive(lane, { message, order: ++this.#order, rule: RULES[kind], nowMs });
    return { messages: [...before, ...this.#release(from, nowMs)], isOneLost };
  }

  /** The messages whose wait has ended. */
  wake(nowMs: number): readonly Message[] {
    return this.#deadlines.takeDue(nowMs).flatMap((from) => this.#release(from, nowMs));
  }

  /** When `wake` must be called at the latest; `Infinity` if nothing waits. */
  deadlineMs(): number {
    return this.#deadlines.nextMs();
  }

  #lanesOf(from: string, nowMs: number): Lanes<Message> | undefined {
    const known = this.#senders.get(from);
    if (known !== undefined) return known;
    if (this.#senders.size >= SENDERS_MAX) this.#sweep(nowMs);
    if (this.#senders.size >= SENDERS_MAX && !this.#isWatched(from)) return undefined;
    const lanes = {};
    this.#senders.set(from, lanes);
    return lanes;
  }

  #release(from: string, nowMs: number): readonly Message[] {
    const lanes = this.#senders.get(from);
    if (lanes === undefined) return [];
    const messages: Message[] = [];
    for (const { kind, lane, waiting } of waitingIn(lanes)) {
      const atMs = dueMs(lanes, kind, nowMs);
      if (atMs > nowMs) {
        this.#deadlines.schedule(from, atMs);
        continue;
      }
      messages.push(waiting.message);
      markProcessed(lane, RULES[kind], nowMs);
    }
    return messages;
  }

  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptMs < SWEEP_EVERY_MS) return;
    this.#sweptMs = nowMs;
    for (const [from, lanes] of this.#senders) {
      if (Object.values(lanes).every((lane) => isIdle(lane, nowMs))) this.#senders.delete(from);
    }
  }
}

function isAnyWaiting<Message>(lanes: Lanes<Message>): boolean {
  return KINDS.some((kind) => lanes[kind]?.waiting !== undefined);
}

/** The waiting messages of one node, oldest first. */
function waitingIn<Message>(lanes: Lanes<Message>) {
  return KINDS.flatMap((kind) => {
    const lane = lanes[kind];
    return lane?.waiting === undefined ? [] : [{ kind, lane, waiting: lane.waiting }];
  }).sort((one, other) => one.waiting.order - other.waiting.order);
}

/** When the waiting message of a lane is processed. */
function dueMs<Message>(lanes: Lanes<Message>, kind: RateKind, nowMs: number): number {
  const { [kind]: lane, status } = lanes;
  if (lane?.waiting === undefined) return Infinity;
  const ownMs = readyMs(lane, RULES[kind], nowMs);
  const isOrdered = kind === "heartbeat" || kind === "vitals";
  if (!isOrdered || status?.waiting === undefined) return ownMs;
  if (status.waiting.order > lane.waiting.order) return ownMs;
  const statusMs = readyMs(status, RULES.status, nowMs);
  return Math.max(ownMs, Math.min(statusMs, lane.waiting.sinceMs + ORDER_MS));
}

/**
 * The sender of a message, from its topic; `undefined` for topics that only the hub may write and
 * for topics that are not read. `root` is the topic root.
 */
export function rateSource(topic: string, root: string): RateSource | undefined {
  const base = `${root}/v1/`;
  if (!topic.startsWith(base)) return undefined;
  const place = topic.slice(base.length);
  if (place === "alarm") return { from: topic, kind: "alarm" };
  const [branch, from = "", leaf, ...deeper] = place.split("/");
  if (branch !== "nodes" || deeper.length > 0 || !NODE_ID_PATTERN.test(from)) return undefined;
  return leaf === "status" || leaf === "heartbeat" || leaf === "vitals" || leaf === "echo"
    ? { from, kind: leaf }
    : undefined;
}
