/** The common beat at which a broker sends to busy clients: one timer for all of them. */

/** Verdicts may wait this long for an echo, and a tracker for a heartbeat. */
const EVERY_MS = 50;

export class SendBeat implements Disposable {
  #next: PromiseWithResolvers<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Resolves at the next beat. */
  get next(): Promise<void> {
    if (this.#next === undefined) {
      this.#next = Promise.withResolvers<void>();
      this.#timer = setTimeout(() => this.#beat(), EVERY_MS);
    }
    return this.#next.promise;
  }

  /** Beats at once if anybody waits. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#beat();
  }

  #beat(): void {
    const next = this.#next;
    this.#next = undefined;
    next?.resolve();
  }
}
