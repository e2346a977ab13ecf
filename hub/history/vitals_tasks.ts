/** The work on vitals that runs where the file is: see `HistoryTask`. */

import { type Sample, samplesOf } from "../../core/history/downsample.ts";
import type { HistoryTask } from "../store/database/history_tables.ts";
import { MeansRows } from "../store/history/means_rows.ts";
import { VitalsRows } from "../store/history/vitals_rows.ts";
import { removeSomeVitals } from "./vitals_retention.ts";
import { HOUR_S, MINUTE_S, type RollUpProgress, VitalsRollUp } from "./vitals_roll_up.ts";

/**
 * The work of one step: means of this many nodes, or this many removals of old rows. Other writes
 * wait about 0.1 s meanwhile. Each step is a transaction, which takes a second on a slow card, so
 * 20,000 nodes must not need thousands of them an hour.
 */
const STEP_MAX = 50;
/** How many times a step converts some rows of an earlier version. */
const TAKEN_OVER_MAX = 2;

/** Asks for one node's samples within a time. Instants are seconds since 1970. */
export interface SamplesWanted {
  readonly node: string;
  readonly fromS: number;
  readonly toS: number;
  /** The interval of the readings: means of minutes or hours, or the original vitals. */
  readonly everyS: number;
  /** Means exist until this instant. */
  readonly untilS: number;
}

/** Reads the means of older vitals, and all original vitals since then. */
export const READ_VITALS: HistoryTask<SamplesWanted, readonly Sample[]> = {
  name: "read_vitals",
  writes: false,
  run(history, { node, fromS, toS, everyS, untilS }) {
    const samples: Sample[] = [];
    const hasMeans = everyS >= MINUTE_S;
    if (hasMeans) {
      const firstS = fromS - 24 * HOUR_S;
      const table = everyS === MINUTE_S ? "vitals_minutes" : "vitals_hours";
      for (
        const row of new MeansRows(history).between({ table, node, fromS: firstS }, untilS)
      ) samples.push(...samplesOf(row.means, row.fromS, everyS));
    }
    const heardFromS = Math.max(fromS, toS - 24 * HOUR_S, hasMeans ? untilS : 0);
    samples.push(...new VitalsRows(history).of(node, heardFromS, toS + 1));
    return samples;
  },
};

export interface KeptVitals extends RollUpProgress {
  /** There is more to do. */
  readonly isMore: boolean;
}

/** One step that makes means, removes old vitals, and converts rows of an earlier version. */
export const KEEP_VITALS: HistoryTask<RollUpProgress & { readonly nowS: number }, KeptVitals> = {
  name: "keep_vitals",
  writes: true,
  run(history, { nowS, ...progress }) {
    const tables = { vitals: new VitalsRows(history), means: new MeansRows(history) };
    const rollUp = new VitalsRollUp(tables, progress);
    for (let count = 0; count < STEP_MAX; count++) {
      if (rollUp.step(nowS) || removeSomeVitals(tables, nowS, rollUp.untilS)) continue;
      for (let taken = 0; taken < TAKEN_OVER_MAX; taken++) {
        if (!tables.means.takeOverSome()) return { ...rollUp.progress, isMore: false };
      }
      break;
    }
    return { ...rollUp.progress, isMore: true };
  },
};
