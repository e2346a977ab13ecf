/** An instant for each of many ids. */

import { DeadlineHeap } from "./deadline_heap.ts";

/** Knows the earliest instant without looking at all of them. */
export class InstantsById {
  readonly #ids = new Set<string>();
  readonly #heap = new DeadlineHeap();

  get size(): number {
    return this.#ids.size;
  }

  /** `Infinity` if there is none. */
  get earliestMs(): number {
    return this.#heap.nextMs();
  }

  set(id: string, atMs: number): void {
    this.#ids.add(id);
    this.#heap.cancel(id);
    this.#heap.schedule(id, atMs);
  }

  setAll(atMs: number): void {
    for (const id of this.#ids) this.set(id, atMs);
  }

  delete(id: string): void {
    this.#ids.delete(id);
    this.#heap.cancel(id);
  }
}

/** Knows whether any instant has passed. The clock that it is asked by must not go back. */
export class PassingInstants {
  readonly #coming = new DeadlineHeap();
  readonly #passed = new Set<string>();

  set(id: string, atMs: number): void {
    this.delete(id);
    this.#coming.schedule(id, atMs);
  }

  delete(id: string): void {
    this.#coming.cancel(id);
    this.#passed.delete(id);
  }

  /** `nextMs` is the earliest instant that has not passed yet, or `Infinity`. */
  look(nowMs: number): { readonly hasPassed: boolean; readonly nextMs: number } {
    for (const id of this.#coming.takeDue(nowMs)) this.#passed.add(id);
    return { hasPassed: this.#passed.size > 0, nextMs: this.#coming.nextMs() };
  }
}
