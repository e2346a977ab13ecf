/** Computes the availability of nodes from the data on disk, a few nodes at a time. */

import {
  availabilityOf,
  type AvailabilitySegment,
  percentUp,
  type Stretch,
  type VisibilitySpan,
} from "../../core/history/availability.ts";
import { barOf } from "../../core/history/availability_bar.ts";
import {
  AVAILABILITY_SPANS_MS,
  type AvailabilitySegmentView,
  type AvailabilitySpan,
  type AvailabilityView,
  type NodeAvailabilityView,
} from "../../core/history/history.ts";
import { formatRfc3339 } from "../../core/protocol/rfc3339.ts";
import type { Clock } from "../../io/time/clock.ts";
import type { Projection } from "../live/projection.ts";
import { TRANSITIONS_SINCE } from "../store/history_tasks.ts";
import type { Store } from "../store/store.ts";

/** The maximum of segments for one node. A bar has no room for more. */
const SEGMENTS_MAX = 120;
/** The limit for all nodes together. Each node has at least `SEGMENTS_MIN`, up to `SEGMENTS_LIMIT`. */
const SEGMENTS_IN_ALL_MAX = 24_000;
const SEGMENTS_MIN = 24;
/** The hard limit for thousands of nodes, because 10 MB of JSON block the hub's loop for 0.1 s. */
const SEGMENTS_LIMIT = 120_000;
/** After this many nodes or rows the hub first processes its cluster, and then continues. */
const NODES_AT_ONCE = 100;
const ROWS_AT_ONCE = 2000;
/** An answer about all nodes is reused for this many times its computing time, and at least 1 s. */
const REST = 20;
const REST_MS_MIN = 1000;

/** The parts of a question that are the same for all nodes. */
interface Question {
  readonly view: Omit<AvailabilityView, "nodes">;
  readonly stretch: Stretch;
  readonly visibility: readonly VisibilitySpan[];
}

interface Answer {
  readonly view: Promise<AvailabilityView>;
  /** Infinity while the answer is being computed. */
  goodUntilMs: number;
}

export class Availability {
  readonly #store: Store;
  readonly #projection: Projection;
  readonly #clock: Clock;
  readonly #answers = new Map<AvailabilitySpan, Answer>();

  constructor(store: Store, projection: Projection, clock: Clock) {
    this.#store = store;
    this.#projection = projection;
    this.#clock = clock;
  }

  /** The availability of one node until now. */
  async ofNode(id: string, span: AvailabilitySpan): Promise<AvailabilityView> {
    const question = this.#question(span);
    return { ...question.view, nodes: await this.#lookAtSome([id], question, SEGMENTS_MAX) };
  }

  /** The availability of all nodes. All callers share an answer, which is renewed from time to time. */
  async ofAll(span: AvailabilitySpan): Promise<AvailabilityView> {
    const known = this.#answers.get(span);
    if (known !== undefined && known.goodUntilMs > this.#clock.nowMs()) return await known.view;
    const beganMs = this.#clock.nowMs();
    const answer: Answer = { view: this.#lookAtAll(span), goodUntilMs: Infinity };
    this.#answers.set(span, answer);
    try {
      return await answer.view;
    } finally {
      const nowMs = this.#clock.nowMs();
      answer.goodUntilMs = nowMs + Math.max(REST_MS_MIN, REST * (nowMs - beganMs));
    }
  }

  async #lookAtAll(span: AvailabilitySpan): Promise<AvailabilityView> {
    const question = this.#question(span);
    const known = this.#projection.nodes().map(({ id }) => id);
    const nodes: Record<string, NodeAvailabilityView> = {};
    const atOnce = Math.min(NODES_AT_ONCE, ROWS_AT_ONCE / (1 + question.visibility.length));
    for (let from = 0; from < known.length;) {
      const some = known.slice(from, from + Math.max(1, Math.floor(atOnce)));
      const found = await this.#lookAtSome(some, question, fairShare(known.length));
      Object.assign(nodes, found);
      from += Object.keys(found).length;
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return { ...question.view, nodes };
  }

  #question(span: AvailabilitySpan): Question {
    const toMs = Math.round(this.#clock.wallMs(this.#clock.nowMs()));
    const fromMs = toMs - AVAILABILITY_SPANS_MS[span];
    return {
      view: { span, from: formatRfc3339(fromMs), to: formatRfc3339(toMs) },
      stretch: { fromMs, toMs },
      visibility: this.#store.visibility.since(fromMs, toMs),
    };
  }

  /** Answers for the first of these nodes, and for at least one. */
  async #lookAtSome(
    ids: readonly string[],
    { stretch, visibility }: Question,
    segmentsMax: number,
  ): Promise<Record<string, NodeAvailabilityView>> {
    const wanted = { nodes: ids, fromMs: stretch.fromMs, rowsMax: ROWS_AT_ONCE };
    // Without an answer the state of all of them is unknown.
    const changes = await this.#store.ask(TRANSITIONS_SINCE, wanted) ?? ids.map(() => []);
    return Object.fromEntries(changes.map((ofNode, index) => {
      const id = ids[index] ?? "";
      const segments = availabilityOf(ofNode, visibility, stretch);
      const bar = barOf(segments, segmentsMax).map(viewOf);
      return [id, { percent: percentUp(segments), segments: bar }];
    }));
  }
}

/** The number of segments for each node, if there are this many nodes. */
function fairShare(nodes: number): number {
  const least = Math.min(SEGMENTS_MIN, Math.floor(SEGMENTS_LIMIT / nodes));
  return Math.min(SEGMENTS_MAX, Math.max(least, Math.floor(SEGMENTS_IN_ALL_MAX / nodes)));
}

function viewOf({ fromMs, toMs, state }: AvailabilitySegment): AvailabilitySegmentView {
  return { from: formatRfc3339(fromMs), to: formatRfc3339(toMs), state };
}
