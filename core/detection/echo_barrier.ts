/**
 * The echo barrier: before an observer believes a silence, it sends an echo to itself through the
 * broker.
 *
 * All messages that the broker routed to this observer before the echo precede it in one FIFO and
 * one TCP stream. If the echo is back and a heartbeat is not, the broker did not have that
 * heartbeat. Any delay of the observer (a stall, its Wi-Fi, the broker) would have delayed the echo
 * too.
 */

/**
 * An echo that takes longer came through a path that was stalled. It does not prove anything yet.
 */
const SLOW_MS = 1000;
/** The observer is blind when an echo is unanswered for this long. */
const BLIND_AFTER_MS = 2000;
/** The interval of echoes in a quiet cluster, so that blindness is noticed without a death. */
const ECHO_EVERY_MS = 5000;
/** The maximum number of pending echoes. A broker may never answer. */
const UNDER_WAY_MAX = 1000;

/** The meaning of an echo that came back. */
export type EchoVerdict =
  /** The echo is not ours, or it was counted as lost. */
  | { readonly kind: "unknown" }
  /** The path is quick: silences that were due at `sentMs` are real. */
  | { readonly kind: "proof"; readonly sentMs: number }
  /** The path was stalled: ask again. `inRow` counts consecutive slow answers. */
  | { readonly kind: "slow"; readonly inRow: number };

/** The pending echoes. Instants are monotonic milliseconds. */
export class EchoBarrier {
  #seq = 0;
  #lastSentMs = -Infinity;
  #slowInRow = 0;
  /** The instant of each pending number, in the order of sending. */
  readonly #open = new Map<number, number>();

  /** Returns the number of a new echo, which the caller sends. Numbers only increase. */
  send(nowMs: number, seq = this.#seq + 1): number {
    this.#seq = seq;
    this.#lastSentMs = nowMs;
    this.#open.set(this.#seq, nowMs);
    if (this.#open.size > UNDER_WAY_MAX) this.#open.delete(this.#seq - UNDER_WAY_MAX);
    return this.#seq;
  }

  /** The number of echoes that are neither back nor counted as lost. */
  get underWay(): number {
    return this.#open.size;
  }

  /** Processes an echo that came back. Older ones are lost, because the broker keeps the order. */
  returned(seq: number, nowMs: number): EchoVerdict {
    const sentMs = this.#open.get(seq);
    if (sentMs === undefined) return { kind: "unknown" };
    for (const number of this.#open.keys()) {
      if (number > seq) break;
      this.#open.delete(number);
    }
    if (nowMs - sentMs > SLOW_MS) return { kind: "slow", inRow: ++this.#slowInRow };
    this.#slowInRow = 0;
    return { kind: "proof", sentMs };
  }

  /** The connection is gone, with all pending echoes. */
  reset(): void {
    this.#slowInRow = 0;
    this.#open.clear();
    this.#lastSentMs = -Infinity;
  }

  /** Whether an echo has been unanswered for too long. */
  isOverdue(nowMs: number): boolean {
    return nowMs >= this.#oldestMs() + BLIND_AFTER_MS;
  }

  /** When the next echo is due if nothing else requests one. */
  nextSendMs(): number {
    return this.#lastSentMs + (this.#open.size > 0 ? BLIND_AFTER_MS : ECHO_EVERY_MS);
  }

  /** When a pending echo becomes overdue, or `Infinity`. */
  overdueMs(): number {
    return this.#oldestMs() + BLIND_AFTER_MS;
  }

  #oldestMs(): number {
    for (const sentMs of this.#open.values()) return sentMs;
    return Infinity;
  }
}
