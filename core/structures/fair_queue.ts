/** Whose turn is next: one of each source after the other, and each source's own in their order. */

export class FairQueue<Item> {
  /** The source that had its turn last is at the end. */
  readonly #bySource = new Map<string, Item[]>();

  add(item: Item, source: string): void {
    const same = this.#bySource.get(source);
    if (same === undefined) this.#bySource.set(source, [item]);
    else same.push(item);
  }

  /** Takes the next one out. */
  take(): Item | undefined {
    for (const [source, items] of this.#bySource) {
      const item = items.shift();
      this.#bySource.delete(source);
      if (items.length > 0) this.#bySource.set(source, items);
      return item;
    }
    return undefined;
  }
}
