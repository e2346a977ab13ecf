/** Finds the earliest of many deadlines without looking at all of them. */

/** When there are more stale entries than this and than valid ones, they are removed. */
const STALE_MAX = 64;

interface Entry {
  readonly id: string;
  readonly atMs: number;
}

/**
 * Returns ids at their instants. An id may request an earlier instant at any time. An instant that
 * is now too early is harmless, because the caller checks the real deadline and schedules again. So
 * a heartbeat, which only moves a deadline later, costs nothing here.
 */
export class DeadlineHeap {
  #entries: Entry[] = [];
  /** The earliest requested instant of each id. An entry with another instant is stale. */
  readonly #wakeAtMs = new Map<string, number>();

  /** Makes `id` due at `atMs` at the latest. */
  schedule(id: string, atMs: number): void {
    const known = this.#wakeAtMs.get(id);
    if (atMs === Infinity || (known !== undefined && known <= atMs)) return;
    this.#wakeAtMs.set(id, atMs);
    this.#entries.push({ id, atMs });
    this.#rise(this.#entries.length - 1);
    if (this.#entries.length > 2 * this.#wakeAtMs.size + STALE_MAX) this.#clearStale();
  }

  /** The number of entries, including stale ones. */
  get size(): number {
    return this.#entries.length;
  }

  cancel(id: string): void {
    this.#wakeAtMs.delete(id);
  }

  /** The earliest requested instant, or `Infinity`. */
  nextMs(): number {
    this.#dropStale();
    return this.#entries[0]?.atMs ?? Infinity;
  }

  /** Removes and returns the ids that are due, earliest first. */
  takeDue(nowMs: number): readonly string[] {
    const due: string[] = [];
    for (let next = this.nextMs(); next <= nowMs; next = this.nextMs()) {
      const entry = this.#removeFirst();
      this.#wakeAtMs.delete(entry.id);
      due.push(entry.id);
    }
    return due;
  }

  #dropStale(): void {
    for (let first = this.#entries[0]; first !== undefined; first = this.#entries[0]) {
      if (this.#wakeAtMs.get(first.id) === first.atMs) return;
      this.#removeFirst();
    }
  }

  /** Ids that are added and removed again and again must not fill the heap with stale entries. */
  #clearStale(): void {
    // An array in ascending order is a heap.
    this.#entries = [...this.#wakeAtMs].map(([id, atMs]) => ({ id, atMs }))
      .sort((a, b) => a.atMs - b.atMs);
  }

  #at(index: number): Entry {
    const entry = this.#entries[index];
    if (entry === undefined) throw new Error(`No heap entry ${index}`);
    return entry;
  }

  #removeFirst(): Entry {
    const first = this.#at(0);
    const last = this.#entries.pop();
    if (last !== undefined && this.#entries.length > 0) {
      this.#entries[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #rise(start: number): void {
    for (let index = start; index > 0;) {
      const parent = (index - 1) >> 1;
      if (this.#at(parent).atMs <= this.#at(index).atMs) return;
      this.#swap(parent, index);
      index = parent;
    }
  }

  #sink(start: number): void {
    for (let index = start;;) {
      const left = 2 * index + 1;
      if (left >= this.#entries.length) return;
      const right = left + 1;
      const smaller = right < this.#entries.length && this.#at(right).atMs < this.#at(left).atMs
        ? right
        : left;
      if (this.#at(index).atMs <= this.#at(smaller).atMs) return;
      this.#swap(index, smaller);
      index = smaller;
    }
  }

  #swap(one: number, other: number): void {
    const entry = this.#at(one);
    this.#entries[one] = this.#at(other);
    this.#entries[other] = entry;
  }
}
