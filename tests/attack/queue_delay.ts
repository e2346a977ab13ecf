/** How late this machine lets a process run that asks for little: the measure of a busy machine. */

const EVERY_MS = 20;

/** `using lateness = new Lateness();` */
export class QueueDelay implements Disposable {
  readonly #timer: number;
  #dueMs = performance.now() + EVERY_MS;
  #worstMs = 0;

  constructor() {
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      this.#worstMs = Math.max(this.#worstMs, nowMs - this.#dueMs);
      this.#dueMs = nowMs + EVERY_MS;
    }, EVERY_MS);
  }

  get worstMs(): number {
    return this.#worstMs;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
