/** Repeatable random numbers: one stream for each name. */

const DAY_S = 86_400;

/** The same name gives the same numbers on every machine. xmur3 hashes the name for sfc32. */
export class RandomStream {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(name: string) {
    let hash = 1779033703 ^ name.length;
    for (let i = 0; i < name.length; i++) {
      hash = Math.imul(hash ^ name.charCodeAt(i), 3432918353);
      hash = (hash << 13) | (hash >>> 19);
    }
    const spread = () => {
      hash = Math.imul(hash ^ (hash >>> 16), 2246822507);
      hash = Math.imul(hash ^ (hash >>> 13), 3266489909);
      return (hash ^= hash >>> 16) >>> 0;
    };
    this.#a = spread() | 0;
    this.#b = spread() | 0;
    this.#c = spread() | 0;
    this.#d = spread() | 0;
  }

  /** A number from 0 to below 1. */
  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + sum) | 0;
    return (sum >>> 0) / 4294967296;
  }

  uniform(from: number, to: number): number {
    return from + (to - from) * this.next();
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(6.283185307179586 * this.next());
  }

  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal());
  }

  pareto(least: number, shape: number, most: number): number {
    return Math.min(most, least / Math.pow(1 - this.next(), 1 / shape));
  }

  /** Instants of a Poisson process, in seconds. */
  instants(perDay: number, untilS: number): number[] {
    const instants: number[] = [];
    if (perDay <= 0) return instants;
    const meanS = DAY_S / perDay;
    for (let atS = this.exponential(meanS); atS < untilS; atS += this.exponential(meanS)) {
      instants.push(atS);
    }
    return instants;
  }
}
