/** Other detectors as their papers and programs define them: from an arrival to the next deadline. */

import { MovingWindow } from "./moving_window.ts";
import { BIRTH } from "./sender.ts";

/** One node's detector. Seconds; `seq` is BIRTH for a birth. */
export interface Baseline {
  /** A message arrived. Returns until when the detector accepts a silence. */
  deadlineS(arrivedS: number, seq: number): number;
}

/** Creates a detector for a node that sends every `everyS`. */
export type NewBaseline = (everyS: number) => Baseline;

const CHEN_WINDOW = 100;
const LONG_WINDOW = 1000;

export const BASELINES: Readonly<Record<string, NewBaseline>> = {
  "fixed 7 s (the original)": () => silence(7),
  "fixed 3 x interval": (everyS) => silence(3 * everyS),
  "interval + 4 s, no echo barrier": (everyS) => silence(everyS + 4),
  "Chen NFD-E, alpha 1 s": (everyS) => new Chen(everyS, 1),
  "Chen NFD-E, alpha 4 s": (everyS) => new Chen(everyS, 4),
  "phi accrual 8 (paper)": (everyS) =>
    new Phi(everyS, { factor: 5.612, deviationLeastS: 0.001, pauseS: 0, learnsLate: true }),
  "phi accrual 8 (Akka, pause 3 s)": (everyS) =>
    new Phi(everyS, { factor: 5.226, deviationLeastS: 0.1, pauseS: 3, learnsLate: false }),
  "Bertier": (everyS) => new Bertier(everyS),
};

function silence(s: number): Baseline {
  return { deadlineS: (arrivedS) => arrivedS + s };
}

/** When the next heartbeat is expected, by the mean of the last ones (Chen, Toueg, Aguilera 2002). */
class ExpectedArrival {
  readonly #everyS: number;
  readonly #size: number;
  #window: MovingWindow;

  constructor(everyS: number, size: number) {
    this.#everyS = everyS;
    this.#size = size;
    this.#window = new MovingWindow(size);
  }

  reset(): void {
    this.#window = new MovingWindow(this.#size);
  }

  after(arrivedS: number, seq: number): number {
    this.#window.add(arrivedS - seq * this.#everyS);
    return this.#window.mean + (seq + 1) * this.#everyS;
  }
}

class Chen implements Baseline {
  readonly #expected: ExpectedArrival;
  readonly #everyS: number;
  readonly #alphaS: number;
  #deadlineS = 0;

  constructor(everyS: number, alphaS: number) {
    this.#expected = new ExpectedArrival(everyS, CHEN_WINDOW);
    this.#everyS = everyS;
    this.#alphaS = alphaS;
  }

  deadlineS(arrivedS: number, seq: number): number {
    if (seq <= 0) this.#expected.reset();
    this.#deadlineS = seq === BIRTH
      ? Math.max(this.#deadlineS, arrivedS + this.#everyS + this.#alphaS)
      : this.#expected.after(arrivedS, seq) + this.#alphaS;
    return this.#deadlineS;
  }
}

/** Chen's expectation with Jacobson's margin (Bertier, Marin, Sens 2002): beta 1, phi 4, gamma 0.1. */
class Bertier implements Baseline {
  readonly #expected: ExpectedArrival;
  readonly #everyS: number;
  #expectedS: number | undefined;
  #delayS = 0;
  #varianceS = 0.01;

  constructor(everyS: number) {
    this.#expected = new ExpectedArrival(everyS, LONG_WINDOW);
    this.#everyS = everyS;
  }

  deadlineS(arrivedS: number, seq: number): number {
    if (seq <= 0) {
      this.#expected.reset();
      this.#expectedS = undefined;
    }
    if (seq === BIRTH) return arrivedS + this.#everyS + this.#marginS();
    if (this.#expectedS !== undefined) {
      const errorS = arrivedS - this.#expectedS - this.#delayS;
      this.#delayS += 0.1 * errorS;
      this.#varianceS += 0.1 * (Math.abs(errorS) - this.#varianceS);
    }
    this.#expectedS = this.#expected.after(arrivedS, seq);
    return this.#expectedS + Math.max(0, this.#marginS());
  }

  #marginS(): number {
    return this.#delayS + 4 * this.#varianceS;
  }
}

interface PhiOptions {
  /** Deviations of the normal distribution at which phi is 8. */
  readonly factor: number;
  readonly deviationLeastS: number;
  readonly pauseS: number;
  /** Whether the detector learns from a gap that led to a verdict. */
  readonly learnsLate: boolean;
}

/** Hayashibara et al. 2004: a normal distribution fitted to the last gaps. */
class Phi implements Baseline {
  readonly #options: PhiOptions;
  readonly #gaps = new MovingWindow(LONG_WINDOW);
  #lastS: number | undefined;
  #deadlineS = Infinity;

  constructor(everyS: number, options: PhiOptions) {
    this.#options = options;
    this.#gaps.add(everyS * 0.75);
    this.#gaps.add(everyS * 1.25);
  }

  deadlineS(arrivedS: number): number {
    const { factor, deviationLeastS, pauseS, learnsLate } = this.#options;
    const isLearned = learnsLate || arrivedS <= this.#deadlineS;
    if (this.#lastS !== undefined && isLearned) this.#gaps.add(arrivedS - this.#lastS);
    this.#lastS = arrivedS;
    const deviationS = Math.max(this.#gaps.deviation, deviationLeastS);
    this.#deadlineS = arrivedS + this.#gaps.mean + pauseS + factor * deviationS;
    return this.#deadlineS;
  }
}
