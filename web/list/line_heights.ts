/** Where lines of differing height lie below each other, though most were never measured. */

/** First and last index, both inclusive; last is below first when nothing is seen. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** Heights in pixels; a line that was not seen yet is taken for as high as the mean of the others. */
export class LineHeights {
  readonly #measured = new Map<number, number>();
  readonly #guess: number;
  #sum = 0;

  constructor(guess: number) {
    this.#guess = guess;
  }

  /** Takes a measurement; whether it is news. */
  measure(line: number, height: number): boolean {
    const before = this.#measured.get(line);
    if (before === height) return false;
    this.#sum += height - (before ?? 0);
    this.#measured.set(line, height);
    return true;
  }

  /** The upper edge of each line, and behind them the lower edge of the last. */
  edges(count: number): readonly number[] {
    const mean = this.#measured.size === 0 ? this.#guess : this.#sum / this.#measured.size;
    const edges = [0];
    for (let line = 0, at = 0; line < count; line++) {
      at += this.#measured.get(line) ?? mean;
      edges.push(at);
    }
    return edges;
  }
}

/** The lines that lie between `top` and `bottom`. */
export function linesBetween(edges: readonly number[], top: number, bottom: number): LineRange {
  const first = Math.max(0, firstAbove(edges, top) - 1);
  const last = Math.min(edges.length - 2, firstAbove(edges, bottom) - 1);
  return { first, last };
}

/** The index of the first edge that lies below `at`, by halving. */
function firstAbove(edges: readonly number[], at: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? Infinity) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
