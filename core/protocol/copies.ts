/** Recognises a message that was already heard by another broker. */

/** A broker that stalled brings its messages this late at most. */
const MEMORY_MS = 10 * 60_000;
/** Anybody can publish any number of different messages. */
const MESSAGES_MAX = 200;

interface Heard {
  readonly atMs: number;
  /** How often it came, by broker. */
  readonly counts: number[];
}

/**
 * A sender says the same to all brokers. A repetition by the same broker is a new message, and the
 * other brokers then bring a copy of each.
 */
export class Copies {
  /** In the order of their first arrival. */
  readonly #heard = new Map<string, Heard>();

  /** Whether this message came before, by another broker. `index` is the place of its broker. */
  isCopy(topic: string, payload: string, { index, nowMs }: {
    readonly index: number;
    readonly nowMs: number;
  }): boolean {
    this.#forget(nowMs);
    const key = `${topic} ${payload}`;
    const heard = this.#heard.get(key) ?? { atMs: nowMs, counts: [] };
    this.#heard.set(key, heard);
    const most = Math.max(0, ...heard.counts.filter((_, other) => other !== index));
    const count = (heard.counts[index] ?? 0) + 1;
    heard.counts[index] = count;
    return count <= most;
  }

  #forget(nowMs: number): void {
    for (const [key, { atMs }] of this.#heard) {
      if (this.#heard.size <= MESSAGES_MAX && nowMs - atMs < MEMORY_MS) return;
      this.#heard.delete(key);
    }
  }
}
