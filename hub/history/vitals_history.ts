/** What nodes measured in the past: kept for the charts of the page. */

import { MeanSeries, readingsOf, type Sample, samplesOf } from "../../core/history/downsample.ts";
import {
  VITALS_SPANS_MS,
  type VitalsHistoryView,
  type VitalsSpan,
} from "../../core/history/history.ts";
import { formatRfc3339 } from "../../core/protocol/rfc3339.ts";
import { type Vitals, VITALS_EVERY_MS, VITALS_READ_EVERY_MS } from "../../core/protocol/vitals.ts";
import type { Clock } from "../../io/time/clock.ts";
import type { BackgroundWork } from "../store/background_work.ts";
import type { Store } from "../store/store.ts";
import { PIECE_S_MAX, type VitalsPiece } from "../store/vitals_rows.ts";
import { removeSomeVitals } from "./vitals_retention.ts";
import { HOUR_S, hourOf, MINUTE_S, VitalsRollUp } from "./vitals_roll_up.ts";
import { WaitingVitals } from "./waiting_vitals.ts";

/** Vitals wait for so long at most, because rows of many samples cost less writing. */
const WRITE_EVERY_MS = 15 * 60_000;
/** Or until so many wait, of all nodes. */
const WAITING_MAX = 200_000;
/** The hub is blocked for so long at most while it writes, makes means or removes. */
const STEP_MS = 10;
/** How often a minute some of what an earlier version wrote is taken over. */
const TAKEN_OVER_MAX = 20;
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

export class VitalsHistory {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #rollUp: VitalsRollUp;
  readonly #waiting = new WaitingVitals();
  /** The instant of the pieces that were written last, in seconds. */
  #writtenS = -Infinity;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#rollUp = new VitalsRollUp(store);
  }

  /** A node has just said what it measures. */
  take(node: string, vitals: Vitals): void {
    const atMs = this.#clock.nowMs();
    const readings = readingsOf(vitals);
    const isEmpty = Object.keys(readings).length === 0;
    if (isEmpty || atMs - (this.#waiting.lastMs(node) ?? -Infinity) < EVERY_MS_MIN) return;
    this.#waiting.add(node, atMs, readings);
  }

  /** In the caller's transaction: writes all that waits, because the hub ends. */
  save(): void {
    const writer = this.#writer();
    while (writer());
  }

  /**
   * Once a minute: writes what is due, makes means and removes what is old, in transactions of its own
   * that take `STEP_MS` each.
   */
  *keep(): BackgroundWork {
    const nowMs = this.#clock.nowMs();
    const nowS = this.#seconds(nowMs);
    // Means of an hour are made of all that was heard in it.
    const isHourOver = this.#seconds(this.#waiting.firstMs) < hourOf(nowS);
    const isDue = nowMs - this.#waiting.firstMs >= WRITE_EVERY_MS || isHourOver ||
      this.#waiting.count >= WAITING_MAX;
    let takenOver = 0;
    yield* this.#inTransactions([
      ...(isDue ? [this.#writer()] : []),
      () => this.#rollUp.step(nowS),
      () => removeSomeVitals(this.#store, nowS, this.#rollUp.untilS),
      () => this.#store.means.takeOverSome() && ++takenOver < TAKEN_OVER_MAX,
    ]);
  }

  /** The calendar stepped by so much, and what is on disk is dated anew. */
  redate(byMs: number): void {
    const fromS = this.#store.wallClock.vitalsFromS;
    const byS = Math.round(byMs / 1000);
    const wasFromS = fromS - byS;
    this.#writtenS += byS;
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
    const { vitals, means } = this.#store;
    const { untilS } = this.#rollUp;
    const hasMeans = everyS >= MINUTE_S;
    if (hasMeans) {
      const firstS = fromS - 24 * HOUR_S;
      const table = everyS === MINUTE_S ? "vitals_minutes" : "vitals_hours";
      for (const row of means.between({ table, node, fromS: firstS }, untilS)) {
        yield* samplesOf(row.means, row.fromS, everyS);
      }
    }
    const heardFromS = Math.max(fromS, toS - 24 * HOUR_S, hasMeans ? untilS : 0);
    yield* vitals.of(node, heardFromS, toS + 1);
    yield* this.#waiting.of(node, (atMs) => this.#seconds(atMs));
  }

  /**
   * Calls each of these until it returns false, one after the other. A transaction costs some pages,
   * so there are as few as `STEP_MS` allows.
   */
  *#inTransactions(works: readonly (() => boolean)[]): BackgroundWork {
    const left = [...works];
    while (left.length > 0) {
      this.#store.transaction(() => {
        const untilMs = this.#clock.nowMs() + STEP_MS;
        do if (left[0]?.() === false) left.shift(); while (
          left.length > 0 && this.#clock.nowMs() < untilMs
        );
      });
      yield;
    }
  }

  /** Each call of the result writes what waits of one node; it returns false after the last one. */
  #writer(): () => boolean {
    const nodes = this.#waiting.nodes().values();
    const firstS = this.#seconds(this.#waiting.firstMs);
    const atS = Math.max(firstS, this.#writtenS + 1);
    return () => {
      const { value: node } = nodes.next();
      if (node === undefined) return false;
      const samples = this.#waiting.take(node, (atMs) => this.#seconds(atMs));
      for (const piece of piecesOf({ node, atS, samples })) {
        this.#writtenS = Math.max(this.#writtenS, piece.atS);
        this.#store.vitals.add(piece);
      }
      return true;
    };
  }

  /** Calendar time in whole seconds. */
  #seconds(atMs: number): number {
    return Math.floor(this.#clock.wallMs(atMs) / 1000);
  }
}

/** After a while in which the disk took nothing, samples may be of more than one piece's time. */
function piecesOf({ node, atS, samples }: VitalsPiece): readonly VitalsPiece[] {
  const partOf = (sample: Sample) => Math.max(0, Math.floor((sample.atS - atS) / PIECE_S_MAX));
  return [...Map.groupBy(samples, partOf)].map(([part, ofPart]) => (
    { node, atS: atS + part * PIECE_S_MAX, samples: ofPart }
  ));
}
