/**
 * How much of what each node says is heard. Whoever has the credential of one node may say more than
 * all others together: that must cost neither their verdicts nor the disk.
 *
 * Above a node's rate the newest message of each kind waits and is let in when its turn comes. So what
 * is true in the end is always heard, and only what lay in between is lost. Each node has one place for
 * each kind, not a queue, so nobody waits for another.
 */

import { NODE_ID_PATTERN, NODES_MAX } from "../protocol/wire.ts";
import { DeadlineHeap } from "../structures/deadline_heap.ts";
import { arrive, isIdle, type Lane, type LaneRule, letIn, newLane, readyMs } from "./rate_lane.ts";

/** What is counted apart. */
const KINDS = ["status", "heartbeat", "vitals", "echo", "alarm"] as const;
export type RateKind = typeof KINDS[number];

export interface RateSource {
  /** The node whose topic it is, or the one topic of buttons, which every node may write. */
  readonly from: string;
  readonly kind: RateKind;
}

/**
 * Healthy nodes stay far below: an agent beats at most four times a second, and an observer that
 * stalled reads what came in 15 s at once; a status is said twice for each connection.
 *
 * A storm of statuses that lasts is heard less and less, for each one costs the disk some 50 KB.
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

/** What comes after a status waits with it, but not for longer than this: silence would be a death. */
const ORDER_MS = 1000;
/** Senders that are remembered although nobody watches them: ids can be made up. */
const STRANGERS_MAX = 2 * NODES_MAX;
/** How often those are looked for that need not be remembered. */
const SWEEP_EVERY_MS = 1000;

type Lanes<Message> = Partial<Record<RateKind, Lane<Message>>>;

export interface Admission<Message> {
  /** What is to be heard now, oldest first. */
  readonly messages: readonly Message[];
  /** One message is lost, for another took its place. */
  readonly isOneLost: boolean;
}

/** Of messages of any form. All instants are monotonic milliseconds. */
export class NodeRates<Message> {
  readonly #isWatched: (node: string) => boolean;
  readonly #senders = new Map<string, Lanes<Message>>();
  readonly #deadlines = new DeadlineHeap();
  #order = 0;
  #sweptMs = -Infinity;

  /** A node that is watched has its places however many ids are made up. */
  constructor(isWatched: (node: string) => boolean) {
    this.#isWatched = isWatched;
  }

  /** How many senders are remembered. */
  get size(): number {
    return this.#senders.size;
  }

  /** A message has come: it is heard now, or waits. */
  take({ from, kind }: RateSource, message: Message, nowMs: number): Admission<Message> {
    const lanes = this.#lanesOf(from, nowMs);
    if (lanes === undefined) return { messages: [], isOneLost: true };
    const lane = lanes[kind] ??= newLane();
    const before = lane.waiting === undefined ? [] : this.#release(from, nowMs);
    const isOneLost = lane.waiting !== undefined;
    arrive(lane, { message, order: ++this.#order, rule: RULES[kind], nowMs });
    return { messages: [...before, ...this.#release(from, nowMs)], isOneLost };
  }

  /** What has waited until now, and is to be heard. */
  wake(nowMs: number): readonly Message[] {
    return this.#deadlines.takeDue(nowMs).flatMap((from) => this.#release(from, nowMs));
  }

  /** When `wake` is to be called at the latest; `Infinity` while nothing waits. */
  deadlineMs(): number {
    return this.#deadlines.nextMs();
  }

  #lanesOf(from: string, nowMs: number): Lanes<Message> | undefined {
    const known = this.#senders.get(from);
    if (known !== undefined) return known;
    if (this.#senders.size >= STRANGERS_MAX) this.#sweep(nowMs);
    if (this.#senders.size >= STRANGERS_MAX && !this.#isWatched(from)) return undefined;
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
      letIn(lane, RULES[kind], nowMs);
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

/** What waits of one node, oldest first. */
function waitingIn<Message>(lanes: Lanes<Message>) {
  return KINDS.flatMap((kind) => {
    const lane = lanes[kind];
    return lane?.waiting === undefined ? [] : [{ kind, lane, waiting: lane.waiting }];
  }).sort((one, other) => one.waiting.order - other.waiting.order);
}

/** When what waits in a lane is to be heard. */
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
 * Whose message it is, by its topic; `undefined` where the hub alone may write, and where nothing is
 * read. `root` is the topic root.
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
