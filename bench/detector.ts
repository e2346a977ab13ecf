/** Compares our detector with others: how often a healthy node counts as dead, and how soon a dead one. */

import { compare } from "./detector/comparison.ts";
import { ownNetworkTable } from "./detector/own_network_table.ts";
import { study } from "./detector/study.ts";
import { NODES } from "./detector/trace.ts";

/**
 * `BENCH_DETECTOR_DAYS` (3) is the number of simulated days in each column; each day has its own
 * seed. If `BENCH_DETECTOR_OURS` is set, only our detector runs. `BENCH_DETECTOR_STUDY` is the number
 * of days of the study, which follows.
 */
export function benchDetector(): Promise<readonly string[]> {
  const days = Number(Deno.env.get("BENCH_DETECTOR_DAYS") ?? 3);
  const studyDays = Number(Deno.env.get("BENCH_DETECTOR_STUDY") ?? 0);
  const others = Deno.env.get("BENCH_DETECTOR_OURS") === undefined;
  const lines = [
    `detector: false verdicts a day for ${NODES} nodes with a heartbeat a second (of these, still ` +
    `dead after 4 s = buzzer / 15 s = SMS) in ${days * NODES} simulated node-days of each kind; ` +
    `found after: p50 / p99 / max`,
    ...compare(days, others),
    "faults of the observer's own network, the broker beside it: false verdicts a day likewise",
    ...ownNetworkTable(days),
  ];
  if (studyDays > 0) lines.push(`study: ${studyDays * NODES} node-days a row`, ...study(studyDays));
  return Promise.resolve(lines);
}
