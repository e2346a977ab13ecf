/** How available nodes were: answered from what is on disk, a few nodes at a time. */

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

/** Segments of one node: as many as a bar has room for. */
const SEGMENTS_MAX = 120;
/** Of all nodes together, lest the answer grows with them; but of each node so many at least. */
const SEGMENTS_IN_ALL_MAX = 24_000;
const SEGMENTS_MIN = 24;
/** After so many nodes the hub looks after its cluster before it goes on. */
const NODES_AT_ONCE = 20;
/** An answer about all nodes is given again for so many times as long as it took, and for 1 s at least. */
const REST = 20;
const REST_MS_MIN = 1000;

/** What is asked, and what is the same for all nodes. */
interface Question {
  readonly view: Omit<AvailabilityView, "nodes">;
  readonly stretch: Stretch;
  readonly visibility: readonly VisibilitySpan[];
}

interface Answer {
  readonly view: Promise<AvailabilityView>;
  /** Infinity while it is not there yet. */
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

  /** Of one node, as of now. */
  async ofNode(id: string, span: AvailabilitySpan): Promise<AvailabilityView> {
    const question = this.#question(span);
    return { ...question.view, nodes: await this.#look([id], question, SEGMENTS_MAX) };
  }

  /** Of all nodes; however many ask, it is found out once in a while. */
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
    const fair = Math.max(SEGMENTS_MIN, Math.floor(SEGMENTS_IN_ALL_MAX / known.length));
    const segmentsMax = Math.min(SEGMENTS_MAX, fair);
    const nodes: Record<string, NodeAvailabilityView> = {};
    for (let from = 0; from < known.length; from += NODES_AT_ONCE) {
      const some = known.slice(from, from + NODES_AT_ONCE);
      Object.assign(nodes, await this.#look(some, question, segmentsMax));
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

  async #look(
    ids: readonly string[],
    { stretch, visibility }: Question,
    segmentsMax: number,
  ): Promise<Record<string, NodeAvailabilityView>> {
    const wanted = { nodes: ids, fromMs: stretch.fromMs };
    const changes = await this.#store.ask(TRANSITIONS_SINCE, wanted) ?? [];
    return Object.fromEntries(ids.map((id, index) => {
      const segments = availabilityOf(changes[index] ?? [], visibility, stretch);
      const bar = barOf(segments, segmentsMax).map(viewOf);
      return [id, { percent: percentUp(segments), segments: bar }];
    }));
  }
}

function viewOf({ fromMs, toMs, state }: AvailabilitySegment): AvailabilitySegmentView {
  return { from: formatRfc3339(fromMs), to: formatRfc3339(toMs), state };
}
