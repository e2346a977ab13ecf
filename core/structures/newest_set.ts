/** A set of texts that only keeps the last added ones. */

export class NewestSet {
  readonly #max: number;
  /** The last added one is at the end. */
  readonly #texts = new Set<string>();

  constructor(max: number) {
    this.#max = max;
  }

  has(text: string): boolean {
    return this.#texts.has(text);
  }

  add(text: string): void {
    this.#texts.delete(text);
    this.#texts.add(text);
    const [oldest] = this.#texts;
    if (this.#texts.size > this.#max && oldest !== undefined) this.#texts.delete(oldest);
  }
}
