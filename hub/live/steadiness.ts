/**
 * Which nodes are heard so steadily that their heartbeats need not be sent to viewers one by one.
 */

/**
 * A steady node was heard within this time. It exceeds the usual interval of a second by more than a
 * network's jitter, and is below the time until a node is suspect.
 */
const FRESH_MS = 2500;
/** The interval between two looks at all nodes. */
export const LOOK_MS = 1000;
/** One heartbeat is fresh in three looks at most, so a node with this many was heard twice. */
const LOOKS_MIN = 4;

/** The last heartbeat of a node, as a monotonic instant in milliseconds. */
export type LastHeard = readonly [id: string, atMs: number];

/** What a look has found. Every fresh heartbeat is in one of the two. */
export interface SteadinessChange {
  /** Nodes that are steady from now on. */
  readonly became: readonly string[];
  /** Other nodes that were heard, or that are no longer steady: id to the age of the heartbeat. */
  readonly ages: Readonly<Record<string, number>>;
}

export class Steadiness {
  readonly #steady = new Set<string>();
  /** By node: the number of consecutive looks that found it fresh. */
  readonly #looks = new Map<string, number>();
  #lookedMs = -Infinity;

  get steady(): readonly string[] {
    return [...this.#steady];
  }

  has(id: string): boolean {
    return this.#steady.has(id);
  }

  /** From now on the node's heartbeats are sent one by one again. */
  drop(id: string): void {
    this.#steady.delete(id);
    this.#looks.delete(id);
  }

  clear(): void {
    this.#steady.clear();
    this.#looks.clear();
    this.#lookedMs = -Infinity;
  }

  isDue(nowMs: number): boolean {
    return nowMs - this.#lookedMs >= LOOK_MS;
  }

  look(heard: Iterable<LastHeard>, nowMs: number): SteadinessChange {
    const became: string[] = [];
    const ages: Record<string, number> = {};
    for (const [id, atMs] of heard) {
      const isFresh = nowMs - atMs < FRESH_MS;
      const wasSteady = this.#steady.has(id);
      if (wasSteady && isFresh) continue;
      if (isFresh && this.#countLook(id)) {
        became.push(id);
        continue;
      }
      if (!isFresh) this.drop(id);
      if (wasSteady || atMs > this.#lookedMs) ages[id] = Math.round(nowMs - atMs);
    }
    this.#lookedMs = nowMs;
    return { became, ages };
  }

  /** Returns whether the node has become steady. */
  #countLook(id: string): boolean {
    const looks = (this.#looks.get(id) ?? 0) + 1;
    this.#looks.set(id, looks);
    if (looks < LOOKS_MIN) return false;
    this.#looks.delete(id);
    this.#steady.add(id);
    return true;
  }
}
