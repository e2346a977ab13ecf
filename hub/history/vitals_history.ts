/** What nodes measured in the past: kept for the charts of the page. */

import { MeanSeries, type Readings, readingsOf, samplesOf } from "../../core/history/downsample.ts";
import {
  VITALS_SPANS_MS,
  type VitalsHistoryView,
  type VitalsSpan,
} from "../../core/history/history.ts";
import { formatRfc3339 } from "../../core/protocol/rfc3339.ts";
import { type Vitals, VITALS_EVERY_MS, VITALS_READ_EVERY_MS } from "../../core/protocol/vitals.ts";
import type { Clock } from "../../io/time/clock.ts";
import type { Store } from "../store/store.ts";
import { HOUR_S, MINUTE_S, VitalsRollUp } from "./vitals_roll_up.ts";

/** Vitals that wait to be written; then they should be. */
const WAITING_MAX = 10_000;
/** What comes more often than an agent reads is left out. */
const EVERY_MS_MIN = VITALS_READ_EVERY_MS / 2;
/** So many times as long as from one reading to the next: nothing was heard. */
const GAP_READINGS = 3;

/** What is drawn: one point for each part, from readings that are so far apart. */
const RESOLUTIONS: Readonly<
  Record<VitalsSpan, { readonly partS: number; readonly everyS: number }>
> = {
  "1h": { partS: 8, everyS: VITALS_EVERY_MS / 1000 },
  "24h": { partS: 3 * MINUTE_S, everyS: MINUTE_S },
  "7d": { partS: 21 * MINUTE_S, everyS: MINUTE_S },
  "30d": { partS: 2 * HOUR_S, everyS: HOUR_S },
};

/** Vitals that are not on disk yet. */
interface WaitingVitals {
  readonly node: string;
  /** Monotonic, so that a calendar that is set right dates them right. */
  readonly atMs: number;
  readonly readings: Readings;
}

export class VitalsHistory {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #rollUp: VitalsRollUp;
  #waiting: WaitingVitals[] = [];
  /** When the last of each node was taken, since the last time that all were written. */
  readonly #takenMs = new Map<string, number>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#rollUp = new VitalsRollUp(store);
  }

  /** Much waits: `save` should not be long in coming. */
  get isFull(): boolean {
    return this.#waiting.length >= WAITING_MAX;
  }

  /** A node has just said what it measures. */
  take(node: string, vitals: Vitals): void {
    const atMs = this.#clock.nowMs();
    const readings = readingsOf(vitals);
    const isEmpty = Object.keys(readings).length === 0;
    if (isEmpty || atMs - (this.#takenMs.get(node) ?? -Infinity) < EVERY_MS_MIN) return;
    this.#takenMs.set(node, atMs);
    this.#waiting.push({ node, atMs, readings });
  }

  /** Writes what waits, in the caller's transaction, and keeps small what was written before. */
  save(): void {
    for (const { node, atMs, readings } of this.#waiting) {
      this.#store.vitals.add({ node, atS: this.#seconds(atMs), readings });
    }
    this.#waiting = [];
    this.#takenMs.clear();
    // What cannot be read now would be missing in the means for good.
    if (this.#store.isWritten) this.#rollUp.step(this.#seconds(this.#clock.nowMs()));
  }

  /** The calendar stepped by so much, and what is on disk is dated anew. */
  redate(byMs: number): void {
    const fromS = this.#store.wallClock.vitalsFromS;
    const wasFromS = fromS - Math.round(byMs / 1000);
    this.#store.transaction(() => {
      this.#rollUp.redate(this.#seconds(this.#clock.nowMs()), [fromS, wasFromS]);
    });
  }

  /** What a node measured, until now. */
  of(node: string, span: VitalsSpan): VitalsHistoryView {
    const { partS, everyS } = RESOLUTIONS[span];
    const toS = this.#seconds(this.#clock.nowMs());
    const fromS = toS - VITALS_SPANS_MS[span] / 1000;
    const series = new MeanSeries(fromS - fromS % partS, partS);
    for (const sample of this.#samples(node, { fromS, toS, everyS })) {
      if (sample.atS >= fromS && sample.atS <= toS) series.add(sample);
    }
    return {
      span,
      from: formatRfc3339(fromS * 1000),
      to: formatRfc3339(toS * 1000),
      kinds: series.points(GAP_READINGS * everyS),
    };
  }

  /** The means of what was heard long ago, and all that was heard since then. */
  *#samples(
    node: string,
    { fromS, toS, everyS }: {
      readonly fromS: number;
      readonly toS: number;
      readonly everyS: number;
    },
  ) {
    const { vitals } = this.#store;
    const { untilS } = this.#rollUp;
    const hasMeans = everyS >= MINUTE_S;
    if (hasMeans) {
      const firstS = fromS - 24 * HOUR_S;
      for (const row of vitals.meansBetween({ stepS: everyS, node, fromS: firstS }, untilS)) {
        yield* samplesOf(row.means, row.fromS, everyS);
      }
    }
    const heardFromS = Math.max(fromS, toS - 24 * HOUR_S, hasMeans ? untilS : 0);
    yield* vitals.of(node, heardFromS, toS + 1);
    for (const { node: of, atMs, readings } of this.#waiting) {
      if (of === node) yield { atS: this.#seconds(atMs), readings };
    }
  }

  /** Calendar time in whole seconds. */
  #seconds(atMs: number): number {
    return Math.floor(this.#clock.wallMs(atMs) / 1000);
  }
}
