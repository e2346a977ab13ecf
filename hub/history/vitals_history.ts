/** What nodes measured in the past: kept for the charts of the page. */

import { MeanSeries, readingsOf, type Sample } from "../../core/history/downsample.ts";
import {
  VITALS_SPANS_MS,
  type VitalsHistoryView,
  type VitalsSpan,
} from "../../core/history/history.ts";
import { formatRfc3339 } from "../../core/protocol/rfc3339.ts";
import { type Vitals, VITALS_EVERY_MS, VITALS_READ_EVERY_MS } from "../../core/protocol/vitals.ts";
import type { Clock } from "../../io/time/clock.ts";
import { answerOf, type BackgroundWork } from "../store/background_work.ts";
import type { Store } from "../store/store.ts";
import { PIECE_S_MAX, type VitalsPiece } from "../store/vitals_rows.ts";
import {
  HOUR_S,
  hourOf,
  MINUTE_S,
  redatedProgress,
  type RollUpProgress,
} from "./vitals_roll_up.ts";
import { KEEP_VITALS, type KeptVitals, READ_VITALS } from "./vitals_tasks.ts";
import { WaitingVitals } from "./waiting_vitals.ts";

/** Vitals wait for so long at most, because rows of many samples cost less writing. */
const WRITE_EVERY_MS = 15 * 60_000;
/** Or until so many wait, of all nodes. */
const WAITING_MAX = 200_000;
/** The hub is blocked for so long at most while it gives what waits to the disk. */
const STEP_MS = 10;
/** The fact that says until when means were made: seconds since 1970. */
const UNTIL_FACT = "vitals_until";
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
  #rollUp: RollUpProgress;
  readonly #waiting = new WaitingVitals();
  /** The instant of the pieces that were written last, in seconds. */
  #writtenS = -Infinity;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#rollUp = { untilS: Number(store.facts.get(UNTIL_FACT) ?? 0), node: "" };
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
   * Once a minute: writes what is due, makes means and removes what is old, in short steps. Those of
   * the file are done where that is.
   */
  *keep(): BackgroundWork {
    const nowS = this.#seconds(this.#clock.nowMs());
    if (this.#isDue()) yield* this.#writeWaiting();
    yield* this.#keepWritten(nowS);
  }

  /** Whether what waits is to be written. */
  #isDue(): boolean {
    const nowMs = this.#clock.nowMs();
    // Means of an hour are made of all that was heard in it.
    const isHourOver = this.#seconds(this.#waiting.firstMs) < hourOf(this.#seconds(nowMs));
    return nowMs - this.#waiting.firstMs >= WRITE_EVERY_MS || isHourOver ||
      this.#waiting.count >= WAITING_MAX;
  }

  /** The calendar stepped by so much, and what is on disk is dated anew. */
  redate(byMs: number): void {
    const fromS = this.#store.wallClock.vitalsFromS;
    const byS = Math.round(byMs / 1000);
    const wasFromS = fromS - byS;
    this.#writtenS += byS;
    const nowS = this.#seconds(this.#clock.nowMs());
    this.#store.transaction(() => {
      this.#goOn(redatedProgress(this.#store.means, nowS, [fromS, wasFromS]));
    });
  }

  /** What a node measured, until now. */
  async of(node: string, span: VitalsSpan): Promise<VitalsHistoryView> {
    const { partS, everyS } = RESOLUTIONS[span];
    const toS = this.#seconds(this.#clock.nowMs());
    const fromS = toS - VITALS_SPANS_MS[span] / 1000;
    const series = new MeanSeries(fromS - fromS % partS, partS);
    const { untilS } = this.#rollUp;
    const waiting = this.#waiting.of(node, (atMs) => this.#seconds(atMs));
    const written = await this.#store.ask(READ_VITALS, { node, fromS, toS, everyS, untilS }) ?? [];
    for (const sample of [...written, ...waiting]) {
      if (sample.atS >= fromS && sample.atS <= toS) series.add(sample);
    }
    return {
      span,
      from: formatRfc3339(fromS * 1000),
      to: formatRfc3339(toS * 1000),
      kinds: series.points(GAP_READINGS * everyS),
    };
  }

  /** A transaction costs some pages, so there are as few as `STEP_MS` allows. */
  *#writeWaiting(): BackgroundWork {
    const writer = this.#writer();
    for (let isMore = true; isMore;) {
      this.#store.transaction(() => {
        const untilMs = this.#clock.nowMs() + STEP_MS;
        do isMore = writer(); while (isMore && this.#clock.nowMs() < untilMs);
      });
      yield;
    }
  }

  /** Until all of it is done, or the file cannot be used. */
  *#keepWritten(nowS: number): BackgroundWork {
    for (let isMore = true; isMore;) {
      const from = this.#rollUp;
      const kept = yield* answerOf<KeptVitals | undefined>((take) =>
        this.#store.askThen(KEEP_VITALS, { ...from, nowS }, take)
      );
      isMore = kept?.isMore ?? false;
      // The calendar may have stepped meanwhile.
      if (kept !== undefined && this.#rollUp === from) this.#goOn(kept);
      yield;
      // Means of thousands of nodes may take minutes on a slow card.
      if (this.#isDue()) yield* this.#writeWaiting();
    }
  }

  #goOn({ untilS, node }: RollUpProgress): void {
    const isHourDone = untilS !== this.#rollUp.untilS;
    this.#rollUp = { untilS, node };
    if (isHourDone) this.#store.facts.set(UNTIL_FACT, String(untilS));
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
