/**
 * Makes means of the vitals, one node after the other. Existing means are not made again, so after a
 * run was killed the next run may continue from an earlier progress.
 */

import { meanOf, MeanSeries, withPart } from "../../core/history/downsample.ts";
import type { MeansRows } from "../store/history/means_rows.ts";
import type { Store } from "../store/store.ts";
import { PIECE_S_MAX } from "../store/history/vitals_rows.ts";

export const MINUTE_S = 60;
export const HOUR_S = 3600;
export const DAY_S = 24 * HOUR_S;

/** If the means end later than now by more than this, the wall clock was wrong. */
const AHEAD_S = DAY_S;

/** The progress of making means. */
export interface RollUpProgress {
  /** All means before this instant exist. It is the beginning of an hour. */
  readonly untilS: number;
  /** The node whose means of the next hour were made last. */
  readonly node: string;
}

export class VitalsRollUp {
  readonly #tables: Pick<Store, "vitals" | "means">;
  #progress: RollUpProgress;

  constructor(tables: Pick<Store, "vitals" | "means">, progress: RollUpProgress) {
    this.#tables = tables;
    this.#progress = progress;
  }

  get progress(): RollUpProgress {
    return this.#progress;
  }

  /** Readers use means before this instant, and the original vitals after it. */
  get untilS(): number {
    return this.#progress.untilS;
  }

  /**
   * Makes the means of one node for one hour, in the caller's transaction, when all vitals of that
   * hour are on disk. Returns whether there may be more to make.
   */
  step(nowS: number): boolean {
    if (this.untilS > nowS + AHEAD_S) this.#begin(hourOf(nowS));
    const fromS = this.untilS;
    const toS = fromS + HOUR_S;
    if (toS > nowS) return false;
    const { vitals } = this.#tables;
    const node = vitals.nodeAfter(this.#progress.node, fromS - PIECE_S_MAX, toS);
    if (node === undefined) {
      // There may be no vitals for a long time, so this skips to the next ones.
      const nextS = Math.min(vitals.next(toS) ?? nowS, nowS);
      this.#begin(Math.max(toS, hourOf(nextS)));
      return true;
    }
    this.#progress = { untilS: fromS, node };
    this.#makeMeans(node, fromS);
    return true;
  }

  #makeMeans(node: string, fromS: number): void {
    const { vitals, means } = this.#tables;
    const hour = { table: "vitals_minutes", node, fromS } as const;
    // A run that was killed wrote them, or some of their samples are already removed.
    if (means.get(hour) !== undefined) return;
    const samples = vitals.of(node, fromS, fromS + HOUR_S);
    if (samples.length === 0) return;
    const series = new MeanSeries(fromS, MINUTE_S);
    for (const sample of samples) series.add(sample);
    const ofMinutes = series.means(HOUR_S / MINUTE_S);
    means.set(hour, ofMinutes);
    const dayS = fromS - fromS % DAY_S;
    const day = { table: "vitals_hours", node, fromS: dayS } as const;
    const place = { part: (fromS - dayS) / HOUR_S, count: DAY_S / HOUR_S };
    means.set(day, withPart(means.get(day) ?? {}, meanOf(ofMinutes), place));
  }

  /** Continues with the first node of this hour. */
  #begin(untilS: number): void {
    this.#progress = { untilS, node: "" };
  }
}

/**
 * Call this in a transaction after the wall clock has stepped. It removes the means of vitals whose
 * instants moved, so that they are made again as far back as the vitals are kept. `changedS`: the
 * begin of the present boot's vitals before and after the step.
 */
export function redatedProgress(
  means: Pick<MeansRows, "removeFrom">,
  nowS: number,
  changedS: readonly number[],
): RollUpProgress {
  const oldestS = nowS - DAY_S + HOUR_S;
  const recentS = changedS.filter((atS) => atS >= oldestS && atS <= nowS);
  const fromS = hourOf(Math.min(nowS, recentS.length > 0 ? Math.min(...recentS) : oldestS));
  means.removeFrom("vitals_minutes", fromS);
  return { untilS: fromS, node: "" };
}

export function hourOf(atS: number): number {
  return atS - atS % HOUR_S;
}
