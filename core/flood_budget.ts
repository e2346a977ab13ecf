/**
 * How much of each sender is looked at in what a broker hands on. It lies far above what `intake.ts` lets
 * in: here only a flood is left out, before its messages cost more than a look at their topics.
 */

import { NODES_MAX } from "./membership.ts";

/** A message takes one unit, and one more for each further so many bytes. */
const UNIT_BYTES = 512;
/** What is longer is thrown away unread: one such message must not cost the node's next word. */
const BYTES_COUNTED_MAX = 8 * 1024;
/** A healthy node says less than 10 units a second; an observer that stalled reads 15 s of it at once. */
const BURST_UNITS = 1000;
const UNIT_MS = 5;
/** Ids can be made up where a broker has no rules. */
const SENDERS_MAX = 4 * NODES_MAX;

/** All instants are monotonic milliseconds. */
export class FloodBudget {
  /** When the budget of a sender is whole again. */
  readonly #wholeMs = new Map<string, number>();

  /** Whether a message of so many bytes is to be looked at. What is left out costs nothing. */
  takes(sender: string, bytes: number, nowMs: number): boolean {
    const spentMs = Math.max(0, (this.#wholeMs.get(sender) ?? 0) - nowMs);
    if (spentMs > BURST_UNITS * UNIT_MS) return false;
    if (!this.#wholeMs.has(sender) && this.#wholeMs.size >= SENDERS_MAX) this.#wholeMs.clear();
    const units = 1 + Math.floor(Math.min(bytes, BYTES_COUNTED_MAX) / UNIT_BYTES);
    this.#wholeMs.set(sender, nowMs + spentMs + units * UNIT_MS);
    return true;
  }
}
