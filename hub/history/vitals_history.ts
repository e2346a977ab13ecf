/** Keeps the past vitals of nodes for the charts of the page. */

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
import { PIECE_S_MAX, type VitalsPiece } from "../store/history/vitals_rows.ts";
import {
  HOUR_S,
  hourOf,
  MINUTE_S,
  redatedProgress,
  type RollUpProgress,
} from "./vitals_roll_up.ts";
import { KEEP_VITALS, type KeptVitals, READ_VITALS } from "./vitals_tasks.ts";
import { WaitingVitals } from "./waiting_vitals.ts";

/** Vitals wait at most this long, because a row with many samples costs less writing. */
const WRITE_EVERY_MS = 15 * 60_000;
/** They are written earlier if this many samples of all nodes wait. */
const WAITING_MAX = 200_000;
/** The hub is blocked at most this long while it writes waiting vitals. */
const STEP_MS = 10;
/** The fact that stores the end of the time for which means exist: seconds since 1970. */
const UNTIL_FACT = "vitals_until";
/** Vitals that arrive more often than an agent reads them are dropped. */
const EVERY_MS_MIN = VITALS_READ_EVERY_MS / 2;
/** A pause of this many reading intervals is a gap in the chart. */
const GAP_READINGS = 3;

/** The chart has one point for each `partS`, made from readings with the interval `everyS`. */
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

  /** Takes the vitals that a node has just sent. */
  take(node: string, vitals: Vitals): void {
    const atMs = this.#clock.nowMs();
    const readings = readingsOf(vitals);
    const isEmpty = Object.keys(readings).length === 0;
    if (isEmpty || atMs - (this.#waiting.lastMs(node) ?? -Infinity) < EVERY_MS_MIN) return;
    this.#waiting.add(node, atMs, readings);
  }

  /** Writes all waiting vitals in the caller's transaction, because the hub ends. */
  save(): void {
    const writer = this.#writer();
    while (writer());
  }

  /**
   * Called once a minute: writes due vitals, makes means, and removes old vitals, in short steps. The
   * steps on the file run where the file is.
   */
  *keep(): BackgroundWork {
    const nowS = this.#seconds(this.#clock.nowMs());
    if (this.#isDue()) yield* this.#writeWaiting();
    yield* this.#keepWritten(nowS);
  }

  /** Whether waiting vitals must be written now. */
  #isDue(): boolean {
    const nowMs = this.#clock.nowMs();
    // The means of an hour need all vitals of that hour.
    const isHourOver = this.#seconds(this.#waiting.firstMs) < hourOf(this.#seconds(nowMs));
    return nowMs - this.#waiting.firstMs >= WRITE_EVERY_MS || isHourOver ||
      this.#waiting.count >= WAITING_MAX;
  }

  /** The wall clock has stepped by `byMs`, and the instants on disk were moved. */
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

  /** The vitals of a node in the span that ends now. */
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

  /** Uses as few transactions as `STEP_MS` allows, because each one writes some pages. */
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

  /** Runs until all of it is done, or the file cannot be used. */
  *#keepWritten(nowS: number): BackgroundWork {
    for (let isMore = true; isMore;) {
      const from = this.#rollUp;
      const kept = yield* answerOf<KeptVitals | undefined>((take) =>
        this.#store.askThen(KEEP_VITALS, { ...from, nowS }, take)
      );
      isMore = kept?.isMore ?? false;
      // The wall clock may have stepped meanwhile.
      if (kept !== undefined && this.#rollUp === from) this.#goOn(kept);
      yield;
      // The means of thousands of nodes may take minutes on a slow card, and new vitals become due.
      if (this.#isDue()) yield* this.#writeWaiting();
    }
  }

  #goOn({ untilS, node }: RollUpProgress): void {
    const isHourDone = untilS !== this.#rollUp.untilS;
    this.#rollUp = { untilS, node };
    if (isHourDone) this.#store.facts.set(UNTIL_FACT, String(untilS));
  }

  /** Each call of the result writes the waiting vitals of one node. It returns false after the last. */
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

  /** Wall-clock time in whole seconds. */
  #seconds(atMs: number): number {
    return Math.floor(this.#clock.wallMs(atMs) / 1000);
  }
}

/** If the disk accepted nothing for a while, the samples may cover more than one piece. */
function piecesOf({ node, atS, samples }: VitalsPiece): readonly VitalsPiece[] {
  const partOf = (sample: Sample) => Math.max(0, Math.floor((sample.atS - atS) / PIECE_S_MAX));
  return [...Map.groupBy(samples, partOf)].map(([part, ofPart]) => (
    { node, atS: atS + part * PIECE_S_MAX, samples: ofPart }
  ));
}
