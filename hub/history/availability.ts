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
import type { Store } from "../store/store.ts";

/** Segments of one node: as many as a bar has room for. */
const SEGMENTS_MAX = 120;
/** Of all nodes together, lest the answer grows with them; but of each node so many at least. */
const SEGMENTS_IN_ALL_MAX = 24_000;
const SEGMENTS_MIN = 24;
/** After so many rows the hub looks after its cluster before it goes on. */
const ROWS_AT_ONCE = 2000;
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
  ofNode(id: string, span: AvailabilitySpan): AvailabilityView {
    const question = this.#question(span);
    const { node } = this.#look(id, question, SEGMENTS_MAX);
    return { ...question.view, nodes: { [id]: node } };
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
    const nodes: Record<string, NodeAvailabilityView> = {};
    let rows = 0;
    const known = this.#projection.nodes();
    const fair = Math.max(SEGMENTS_MIN, Math.floor(SEGMENTS_IN_ALL_MAX / known.length));
    for (const { id } of known) {
      const found = this.#look(id, question, Math.min(SEGMENTS_MAX, fair));
      nodes[id] = found.node;
      rows += found.rows;
      if (rows < ROWS_AT_ONCE) continue;
      rows = 0;
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

  #look(
    id: string,
    { stretch, visibility }: Question,
    segmentsMax: number,
  ): { readonly node: NodeAvailabilityView; readonly rows: number } {
    const changes = this.#store.transitions.since(id, stretch.fromMs);
    const segments = availabilityOf(changes, visibility, stretch);
    return {
      node: { percent: percentUp(segments), segments: barOf(segments, segmentsMax).map(viewOf) },
      rows: 1 + changes.length + visibility.length,
    };
  }
}

function viewOf({ fromMs, toMs, state }: AvailabilitySegment): AvailabilitySegmentView {
  return { from: formatRfc3339(fromMs), to: formatRfc3339(toMs), state };
}
