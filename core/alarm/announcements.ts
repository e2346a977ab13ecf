/** The nodes for which the buzzer sounds, and from when on. */

import { PassingInstants } from "../structures/instants_by_id.ts";
import { NO_SILENCE, quietUntilMs, type Silence } from "./silence.ts";

/** A dead node for which the buzzer sounds. */
export interface Announced {
  /** When the tracker learned of the death; -Infinity if it did not see it happen. */
  readonly learnedMs: number;
  /** The instant from which the hold counts. */
  readonly waitsFromMs: number;
  readonly holdMs: number;
}

/**
 * Thousands of nodes may die at once, so a change of one node looks at that node alone. Only another
 * silence looks at all of them.
 */
export class Announcements {
  readonly #byNode = new Map<string, Announced>();
  readonly #sounds = new PassingInstants();
  #silence: Silence = NO_SILENCE;

  get size(): number {
    return this.#byNode.size;
  }

  set(node: string, announced: Announced): void {
    this.#byNode.set(node, announced);
    this.#schedule(node, announced);
  }

  delete(node: string): void {
    this.#byNode.delete(node);
    this.#sounds.delete(node);
  }

  /** Restarts the hold of every node. */
  restart(nowMs: number): void {
    for (const [node, announced] of this.#byNode) {
      this.set(node, { ...announced, waitsFromMs: nowMs });
    }
  }

  /** Whether the hold of a node is over, and the silence that covers it; and when the next one is. */
  look(silence: Silence, nowMs: number): ReturnType<PassingInstants["look"]> {
    if (silence !== this.#silence) {
      this.#silence = silence;
      for (const [node, announced] of this.#byNode) this.#schedule(node, announced);
    }
    return this.#sounds.look(nowMs);
  }

  #schedule(node: string, { learnedMs, waitsFromMs, holdMs }: Announced): void {
    const quietMs = quietUntilMs(this.#silence, node, learnedMs);
    this.#sounds.set(node, Math.max(waitsFromMs + holdMs, quietMs));
  }
}
