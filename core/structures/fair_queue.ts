/** A queue that serves its sources in turn. The items of one source stay in order. */

export class FairQueue<Item> {
  /** The source that was served last is at the end. */
  readonly #bySource = new Map<string, Item[]>();

  add(item: Item, source: string): void {
    const same = this.#bySource.get(source);
    if (same === undefined) this.#bySource.set(source, [item]);
    else same.push(item);
  }

  /** Removes and returns the next item. */
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
