/** Runs a baseline on a trace. Its timers are ideal; after a stall they run before the socket is read. */

import type { NewBaseline } from "./baseline.ts";
import { RETRANSMITTED_S } from "./death.ts";
import { countUpTo } from "./link.ts";
import type { Death } from "./power_cut.ts";
import { DAY_S, readableS, type Trace } from "./trace.ts";
import type { Verdict } from "./verdict.ts";

/** One node's messages as a detector reads them, in order. */
interface Row {
  readonly socketS: Float64Array;
  readonly readS: Float64Array;
  readonly sentS: Float64Array;
  readonly seqs: Int32Array;
}

/** A trace as the baselines read it. It is made once for all of them. */
export interface Reading {
  readonly stalls: Trace["observer"]["stalls"];
  readonly everyS: number;
  readonly rows: readonly Row[];
}

export interface BaselineRun {
  readonly verdicts: readonly Verdict[];
  /** From each death to the verdict, in seconds. */
  readonly detectionS: readonly number[];
}

export function readingOf({ voices, observer, options }: Trace): Reading {
  const { stalls } = observer;
  const rows = voices.map((voice, node) => {
    const socketS = new Float64Array(voice.brokerS.length);
    const places = new Int32Array(voice.brokerS.length);
    let count = 0;
    for (let index = 0; index < observer.nodes.length; index++) {
      const atS = observer.socketS[index] ?? NaN;
      if (observer.nodes[index] !== node || Number.isNaN(atS)) continue;
      socketS[count] = atS;
      places[count++] = observer.places[index] ?? 0;
    }
    const heardS = socketS.subarray(0, count);
    const heard = places.subarray(0, count);
    return {
      socketS: heardS,
      readS: heardS.map((atS) => readableS(stalls, atS)),
      sentS: Float64Array.from(heard, (place) => voice.sentS[place] ?? 0),
      seqs: heard.map((place) => voice.seqs[place] ?? 0),
    };
  });
  return { stalls, everyS: options.everyS, rows };
}

export function runBaseline(
  reading: Reading,
  newBaseline: NewBaseline,
  deaths: readonly Death[],
): BaselineRun {
  const verdicts: Verdict[] = [];
  const perNode = Map.groupBy(deaths, ({ node }) => node);
  const detectionS: number[] = [];
  for (const [node, row] of reading.rows.entries()) {
    const detector = newBaseline(reading.everyS);
    const deadlineS = row.readS.map((atS, k) => detector.deadlineS(atS, row.seqs[k] ?? 0));
    for (const span of judge(reading, row, deadlineS)) verdicts.push({ node, ...span });
    for (const { atS } of perNode.get(node) ?? []) {
      detectionS.push(Math.max(0, foundS(row, deadlineS, { atS, reading }) - atS));
    }
  }
  return { verdicts, detectionS };
}

function judge(
  { stalls }: Reading,
  { readS }: Row,
  deadlineS: Float64Array,
): readonly Omit<Verdict, "node">[] {
  const verdicts: Omit<Verdict, "node">[] = [];
  let deadS = -1;
  for (let k = 0; k < readS.length; k++) {
    const atS = readS[k] ?? 0;
    const nextS = k + 1 < readS.length ? readS[k + 1] ?? DAY_S : DAY_S;
    const dueS = deadlineS[k] ?? 0;
    if (deadS >= 0 && dueS > atS) {
      verdicts.push({ fromS: deadS, toS: atS });
      deadS = -1;
    }
    if (deadS >= 0 || dueS >= DAY_S) continue;
    const firesS = readableS(stalls, Math.max(dueS, atS));
    const isLateTimer = firesS > dueS && dueS > atS && dueS < nextS;
    if (firesS < nextS || isLateTimer) deadS = firesS;
  }
  if (deadS >= 0) verdicts.push({ fromS: deadS, toS: DAY_S });
  return verdicts;
}

/** The deadline in force at a death; a timer that is due in a stall fires at its end. */
function foundS(
  { sentS, socketS, readS }: Row,
  deadlineS: Float64Array,
  { atS, reading }: { readonly atS: number; readonly reading: Reading },
): number {
  let k = countUpTo(sentS, atS) - 1;
  while (k > 0 && (readS[k] ?? 0) > atS && (socketS[k] ?? 0) - (sentS[k] ?? 0) > RETRANSMITTED_S) {
    k--;
  }
  return readableS(reading.stalls, deadlineS[k] ?? Infinity);
}
