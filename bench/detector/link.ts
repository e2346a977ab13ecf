/** A radio or wired link that loses segments: Gilbert-Elliott periods plus long fades. */

import { RandomStream } from "./random_stream.ts";

export type LinkKind = "wired" | "wifi" | "wifi_power_save" | "wifi_bad";

/** The time between two instants, in seconds from the start of the trace. */
export interface Span {
  readonly fromS: number;
  readonly toS: number;
}

interface Quality {
  /** Bad periods: their average interval and length, and the share of segments that they lose. */
  readonly badEveryS: number;
  readonly badLastsS: number;
  readonly lossInBad: number;
  readonly lossElse: number;
  /** Fades lose everything; their length is Pareto distributed. */
  readonly fadesPerDay: number;
  readonly fadeLeastS: number;
  readonly fadeShape: number;
  readonly fadeMostS: number;
  /** The delay of one way, log-normal. */
  readonly delayMedianS: number;
  readonly delaySigma: number;
}

const WIFI: Quality = {
  badEveryS: 60,
  badLastsS: 0.25,
  lossInBad: 0.5,
  lossElse: 1e-3,
  fadesPerDay: 2,
  fadeLeastS: 0.5,
  fadeShape: 1.2,
  fadeMostS: 60,
  delayMedianS: 0.003,
  delaySigma: 0.8,
};

const QUALITIES: Readonly<Record<LinkKind, Quality>> = {
  wired: {
    badEveryS: 600,
    badLastsS: 0.05,
    lossInBad: 0.3,
    lossElse: 1e-5,
    fadesPerDay: 0.02,
    fadeLeastS: 1,
    fadeShape: 1.5,
    fadeMostS: 30,
    delayMedianS: 0.0004,
    delaySigma: 0.5,
  },
  wifi: WIFI,
  /** A good signal, but the radio sleeps between the access point's beacons. */
  wifi_power_save: { ...WIFI, delayMedianS: 0.11, delaySigma: 1.06 },
  /** A weak signal, and the radio sleeps. */
  wifi_bad: {
    badEveryS: 15,
    badLastsS: 0.5,
    lossInBad: 0.7,
    lossElse: 1e-2,
    fadesPerDay: 24,
    fadeLeastS: 0.5,
    fadeShape: 1.2,
    fadeMostS: 60,
    delayMedianS: 0.11,
    delaySigma: 1.06,
  },
};

const DELAY_MOST_S = 3;
/** The longest period. A search back in time ends there. */
const PERIOD_MOST_S = 151;

/** The share of lost segments over time, fixed at the start. */
class Weather {
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #losses: Float64Array;
  readonly #lossElse: number;

  constructor(quality: Quality, random: RandomStream, rest: WeatherOptions) {
    this.#lossElse = quality.lossElse;
    const periods = rest.outages.map(({ fromS, toS }) => ({ fromS, toS, loss: 1 }));
    const { badEveryS, badLastsS, lossInBad: loss } = quality;
    for (let fromS = random.exponential(badEveryS); fromS < rest.untilS;) {
      const lastsS = random.exponential(badLastsS);
      periods.push({ fromS, toS: fromS + lastsS, loss });
      fromS += lastsS;
      fromS += random.exponential(badEveryS);
    }
    for (const fromS of random.instants(quality.fadesPerDay, rest.untilS)) {
      const lastsS = random.pareto(quality.fadeLeastS, quality.fadeShape, quality.fadeMostS);
      periods.push({ fromS, toS: fromS + lastsS, loss: 1 });
    }
    periods.sort((one, other) => one.fromS - other.fromS);
    this.#starts = Float64Array.from(periods, ({ fromS }) => fromS);
    this.#ends = Float64Array.from(periods, ({ toS }) => toS);
    this.#losses = Float64Array.from(periods, (period) => period.loss);
  }

  /** The worst of the periods that cover the instant. */
  lossAt(atS: number): number {
    let worst = this.#lossElse;
    for (let i = countUpTo(this.#starts, atS) - 1; i >= 0; i--) {
      if ((this.#starts[i] ?? 0) <= atS - PERIOD_MOST_S) break;
      if ((this.#ends[i] ?? 0) > atS) worst = Math.max(worst, this.#losses[i] ?? 0);
    }
    return worst;
  }
}

interface WeatherOptions {
  readonly outages: readonly Span[];
  readonly untilS: number;
}

/** The losses and delays of one direction of traffic. */
export class Link {
  readonly #weather: Weather;
  readonly #quality: Quality;
  readonly #loss: RandomStream;
  readonly #delay: RandomStream;

  private constructor(weather: Weather, quality: Quality, name: string) {
    this.#weather = weather;
    this.#quality = quality;
    this.#loss = new RandomStream(`${name}/loss`);
    this.#delay = new RandomStream(`${name}/delay`);
  }

  static open(kind: LinkKind, name: string, rest: WeatherOptions): Link {
    const quality = QUALITIES[kind];
    return new Link(new Weather(quality, new RandomStream(name), rest), quality, name);
  }

  /** Other traffic with the same periods, but its own random numbers. */
  fork(name: string): Link {
    return new Link(this.#weather, this.#quality, name);
  }

  isLost(atS: number): boolean {
    return this.#loss.next() < this.#weather.lossAt(atS);
  }

  delayS(): number {
    const { delayMedianS, delaySigma } = this.#quality;
    return Math.min(DELAY_MOST_S, this.#delay.logNormal(delayMedianS, delaySigma));
  }
}

/** The number of ascending values that are not above `value`. */
export function countUpTo(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? Infinity) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
