/** Holds the latest minutes of vitals of each node, so that one row on disk has many samples. */

import type { Readings, Sample } from "../../core/history/downsample.ts";

/** The limit for all nodes together. Further samples are dropped, because the disk accepts nothing. */
const SAMPLES_MAX = 1_000_000;

interface Waiting {
  /** Monotonic, so that a later correction of the wall clock also corrects these instants. */
  readonly atMs: number[];
  readonly readings: Readings[];
}

export class WaitingVitals {
  readonly #nodes = new Map<string, Waiting>();
  #count = 0;
  #firstMs = Infinity;

  /** The number of samples. */
  get count(): number {
    return this.#count;
  }

  /** When the first sample was taken; Infinity when none waits. Monotonic. */
  get firstMs(): number {
    return this.#firstMs;
  }

  /** When the last sample of a node was taken, if one waits. */
  lastMs(node: string): number | undefined {
    return this.#nodes.get(node)?.atMs.at(-1);
  }

  add(node: string, atMs: number, readings: Readings): void {
    if (this.#count >= SAMPLES_MAX) return;
    const waiting = this.#nodes.get(node) ?? { atMs: [], readings: [] };
    waiting.atMs.push(atMs);
    waiting.readings.push(readings);
    this.#nodes.set(node, waiting);
    this.#count++;
    this.#firstMs = Math.min(this.#firstMs, atMs);
  }

  /** Samples of one node, oldest first. `seconds` converts an instant. */
  of(node: string, seconds: (atMs: number) => number): readonly Sample[] {
    const { atMs, readings } = this.#nodes.get(node) ?? { atMs: [], readings: [] };
    return readings.map((one, index) => ({ atS: seconds(atMs[index] ?? 0), readings: one }));
  }

  /** The nodes with waiting samples, in their order on disk. */
  nodes(): readonly string[] {
    return [...this.#nodes.keys()].toSorted();
  }

  /** Takes all samples of one node, oldest first. */
  take(node: string, seconds: (atMs: number) => number): readonly Sample[] {
    const samples = this.of(node, seconds);
    this.#nodes.delete(node);
    this.#count -= samples.length;
    if (this.#nodes.size === 0) this.#firstMs = Infinity;
    return samples;
  }
}
