/** The results of runs over several days. */

import { percentile } from "../statistics.ts";
import { type Death, OFF_S } from "./power_cut.ts";
import type { Verdict } from "./verdict.ts";

/** After this time a verdict sounds the buzzer or sends an SMS. */
export const BUZZER_HOLD_S = 4;
const SMS_HOLD_S = 15;

/** One simulated day. */
export interface Day {
  readonly verdicts: readonly Verdict[];
  readonly detectionS: readonly number[];
}

/** False verdicts a day, and the detection times of deaths. */
export class Score {
  readonly #lengthsS: number[] = [];
  readonly #detectionS: number[] = [];
  #days = 0;

  add({ verdicts, detectionS }: Day): void {
    this.#days++;
    for (const { fromS, toS } of verdicts) this.#lengthsS.push(toS - fromS);
    for (const valueS of detectionS) this.#detectionS.push(valueS);
  }

  /** False verdicts a day that last at least this long. */
  perDay(heldS = 0): number {
    return this.#lengthsS.filter((lengthS) => lengthS >= heldS).length / this.#days;
  }

  /** `30.90 (3.25 / 0.70)`: all, those still dead at the buzzer, and those still dead at the SMS. */
  falseVerdicts(): string {
    const [all, buzzer, sms] = [0, BUZZER_HOLD_S, SMS_HOLD_S].map((s) => this.perDay(s));
    if (buzzer === 0) return figure(all ?? 0);
    return `${figure(all ?? 0)} (${figure(buzzer ?? 0)} / ${figure(sms ?? 0)})`;
  }

  /** `4.51 / 4.99 / 5.02`: p50, p99 and the longest, in seconds. */
  detection(): string {
    if (this.#detectionS.length === 0) return "-";
    return [0.5, 0.99, 1].map((share) => percentile(this.#detectionS, share).toFixed(2)).join(
      " / ",
    );
  }

  detectionS(share: number): number {
    return percentile(this.#detectionS, share);
  }
}

/** The time from each death to its verdict; `Infinity` if never found, 0 if the node was already dead. */
export function detectionsOf(
  deaths: readonly Death[],
  verdicts: readonly Verdict[],
): readonly number[] {
  const perNode = Map.groupBy(verdicts, ({ node }) => node);
  return deaths.map(({ node, atS }) => {
    const verdict = perNode.get(node)?.find(({ fromS, toS }) => toS > atS && fromS < atS + OFF_S);
    return verdict === undefined ? Infinity : Math.max(0, verdict.fromS - atS);
  });
}

/** Three significant digits. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (value === 0) return "0";
  return value.toFixed(value >= 1000 ? 0 : value >= 100 ? 1 : 2);
}
