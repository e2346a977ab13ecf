/**
 * The fence: before an observer believes a silence it sends an echo to itself through the broker.
 *
 * Everything that the broker routed to this observer before the echo stands before it in one FIFO and
 * one TCP stream. So when the echo is back and a heartbeat still is not, the broker had none: whatever
 * delayed the observer (a stall, its Wi-Fi, the broker) would have delayed the echo too.
 */

/** An echo that takes longer came through a path that was stalled: it proves nothing yet. */
const SLOW_MS = 1000;
/** An echo unanswered for this long makes the observer blind. */
const BLIND_AFTER_MS = 2000;
/** In a quiet cluster an echo is sent this often, so that blindness is noticed without a death. */
const ECHO_EVERY_MS = 5000;
/** Echoes under way that are remembered: a broker may never answer. */
const UNDER_WAY_MAX = 1000;

/** What an echo that came back says. */
export type EchoVerdict =
  /** It was not one of ours, or it was counted as lost before. */
  | { readonly kind: "unknown" }
  /** The path is quick: silences that were due at `sentMs` are real. */
  | { readonly kind: "proof"; readonly sentMs: number }
  /** The path was stalled: ask again. `inRow` counts such answers without a quick one in between. */
  | { readonly kind: "slow"; readonly inRow: number };

/** The echoes under way. Instants are monotonic milliseconds. */
export class EchoBarrier {
  #seq = 0;
  #lastSentMs = -Infinity;
  #slowInRow = 0;
  /** Number to instant, in the order sent. */
  readonly #open = new Map<number, number>();

  /** The number of a new echo, which the caller sends. */
  send(nowMs: number): number {
    this.#seq++;
    this.#lastSentMs = nowMs;
    this.#open.set(this.#seq, nowMs);
    if (this.#open.size > UNDER_WAY_MAX) this.#open.delete(this.#seq - UNDER_WAY_MAX);
    return this.#seq;
  }

  /** How many echoes are neither back nor counted as lost. */
  get underWay(): number {
    return this.#open.size;
  }

  /** An echo is back. Older ones were lost, for the broker keeps the order. */
  returned(seq: number, nowMs: number): EchoVerdict {
    const sentMs = this.#open.get(seq);
    if (sentMs === undefined) return { kind: "unknown" };
    for (const number of this.#open.keys()) if (number <= seq) this.#open.delete(number);
    if (nowMs - sentMs > SLOW_MS) return { kind: "slow", inRow: ++this.#slowInRow };
    this.#slowInRow = 0;
    return { kind: "proof", sentMs };
  }

  /** The connection is gone, and with it every echo under way. */
  reset(): void {
    this.#slowInRow = 0;
    this.#open.clear();
    this.#lastSentMs = -Infinity;
  }

  /** An echo has been unanswered for too long. */
  isOverdue(nowMs: number): boolean {
    return nowMs >= this.#oldestMs() + BLIND_AFTER_MS;
  }

  /** When the next echo is to be sent if nothing else asks for one. */
  nextSendMs(): number {
    return this.#lastSentMs + (this.#open.size > 0 ? BLIND_AFTER_MS : ECHO_EVERY_MS);
  }

  /** When an echo under way becomes overdue, or `Infinity`. */
  overdueMs(): number {
    return this.#oldestMs() + BLIND_AFTER_MS;
  }

  #oldestMs(): number {
    for (const sentMs of this.#open.values()) return sentMs;
    return Infinity;
  }
}
