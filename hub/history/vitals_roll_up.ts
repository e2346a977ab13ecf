/** Makes means of the vitals that were heard, and forgets what is too old. A little at a time. */

import { meanOf, MeanSeries, withPart } from "../../core/history/downsample.ts";
import type { Store } from "../store/store.ts";

export const MINUTE_S = 60;
export const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

/** How long vitals are kept as they were heard, as means of minutes, and as means of hours. */
const HEARD_KEPT_S = DAY_S;
const KEPT_S: ReadonlyMap<number, number> = new Map([
  [MINUTE_S, 7 * DAY_S],
  [HOUR_S, 365 * DAY_S],
]);
/** A step reads about so many samples, and writes the means of so many nodes: it must not last. */
const SAMPLES_MAX = 10_000;
const NODES_MAX = 250;
/** Vitals of so long a time are removed at once; more often would cost more writing. */
const REMOVED_S = 10 * MINUTE_S;
/** A calendar that is wrong by more than this is not believed. */
const AHEAD_S = DAY_S;
/** The fact that says until when means were made: seconds since 1970. */
const UNTIL_FACT = "vitals_until";

export class VitalsRollUp {
  readonly #store: Pick<Store, "vitals" | "facts">;
  /** Of the hour that means are made of, by node. */
  readonly #hour = new Map<string, MeanSeries>();
  /** So far the samples of that hour are read. */
  #readS = 0;
  /** The hour is read, and its means are being written. */
  #isWriting = false;
  /** Until when all means are made: the beginning of an hour. */
  #untilS: number;
  /** Whose old means were removed last. */
  readonly #tidied = new Map<number, string>();

  constructor(store: Pick<Store, "vitals" | "facts">) {
    this.#store = store;
    this.#untilS = Number(store.facts.get(UNTIL_FACT) ?? 0);
  }

  /** Means stand for all that was heard before; what came later stands for itself. */
  get untilS(): number {
    return this.#untilS;
  }

  /**
   * In a transaction. The calendar stepped: means of what was dated anew are made anew, as far back as
   * what they are made of is kept. `changedS`: from when on the present boot's vitals were, and are now.
   */
  redate(nowS: number, changedS: readonly number[]): void {
    const oldestS = nowS - HEARD_KEPT_S + HOUR_S;
    const recentS = changedS.filter((atS) => atS >= oldestS && atS <= nowS);
    const fromS = hourOf(Math.min(nowS, recentS.length > 0 ? Math.min(...recentS) : oldestS));
    this.#store.vitals.removeMeansAfter(MINUTE_S, fromS);
    this.#begin(fromS);
  }

  /** In the caller's transaction; again and again, at any calendar time. */
  step(nowS: number): void {
    if (this.#untilS > nowS + AHEAD_S) this.#begin(hourOf(nowS));
    this.#makeMeans(nowS);
    this.#removeHeard(nowS);
    for (const [stepS, keptS] of KEPT_S) this.#removeMeans(stepS, nowS - keptS);
  }

  /** Nothing of an hour before it is over, so that its means are written once. */
  #makeMeans(nowS: number): void {
    for (let samples = 0; samples < SAMPLES_MAX && !this.#isWriting;) {
      const endS = this.#untilS + HOUR_S;
      if (endS > nowS) return;
      const nextS = this.#store.vitals.next(this.#readS) ?? nowS;
      if (nextS < endS) samples += this.#readMinute(nextS);
      else if (this.#hour.size > 0) this.#isWriting = true;
      else this.#begin(hourOf(nextS));
    }
    this.#write();
  }

  #readMinute(fromS: number): number {
    const toS = fromS - fromS % MINUTE_S + MINUTE_S;
    const samples = this.#store.vitals.between(fromS, toS);
    for (const sample of samples) {
      const series = this.#hour.get(sample.node) ?? new MeanSeries(this.#untilS, MINUTE_S);
      series.add(sample);
      this.#hour.set(sample.node, series);
    }
    this.#readS = toS;
    return samples.length;
  }

  #write(): void {
    if (!this.#isWriting) return;
    const { vitals } = this.#store;
    const fromS = this.#untilS;
    const dayS = fromS - fromS % DAY_S;
    for (const [node, series] of [...this.#hour].slice(0, NODES_MAX)) {
      this.#hour.delete(node);
      // Written by a run that was killed, or from samples of which some are gone by now.
      if (vitals.means({ stepS: MINUTE_S, node, fromS }) !== undefined) continue;
      const means = series.means(HOUR_S / MINUTE_S);
      vitals.setMeans({ stepS: MINUTE_S, node, fromS }, means);
      const day = { stepS: HOUR_S, node, fromS: dayS };
      const place = { part: (fromS - dayS) / HOUR_S, count: DAY_S / HOUR_S };
      vitals.setMeans(day, withPart(vitals.means(day) ?? {}, meanOf(means), place));
    }
    if (this.#hour.size === 0) this.#begin(fromS + HOUR_S);
  }

  /** From this hour on. */
  #begin(untilS: number): void {
    this.#hour.clear();
    this.#isWriting = false;
    this.#untilS = untilS;
    this.#readS = untilS;
    this.#store.facts.set(UNTIL_FACT, String(untilS));
  }

  #removeHeard(nowS: number): void {
    const { vitals } = this.#store;
    const oldS = Math.min(nowS - HEARD_KEPT_S, this.#untilS);
    const oldestS = vitals.next(0) ?? nowS;
    if (oldestS + REMOVED_S <= oldS) vitals.removeBefore(oldestS + REMOVED_S);
  }

  /** Of one node at a time. */
  #removeMeans(stepS: number, beforeS: number): void {
    const { vitals } = this.#store;
    const node = vitals.nodeAfter(this.#tidied.get(stepS) ?? "", stepS) ?? "";
    this.#tidied.set(stepS, node);
    if (node === "") return;
    // Whole hours and whole days: some of the last one is still to be kept.
    const lengthS = stepS === MINUTE_S ? HOUR_S : DAY_S;
    vitals.removeMeansBefore({ stepS, node, fromS: beforeS - lengthS });
  }
}

function hourOf(atS: number): number {
  return atS - atS % HOUR_S;
}
