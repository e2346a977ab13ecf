/** Lists the Pis with a tracker, and so with LED and buzzer. The hub knows them by their echoes. */

import { type Echo, NODES_MAX } from "../../core/protocol/wire.ts";
import type { Clock } from "../../io/time/clock.ts";

/**
 * A tracker sends an echo to itself at least every 5 s. One without echoes for this long is gone.
 */
const SILENT_MS = 60_000;

export interface TrackersOptions {
  readonly clock: Clock;
  /** A tracker was added or removed. */
  readonly onChange: () => void;
}

export class Trackers implements Disposable {
  readonly #options: TrackersOptions;
  /** When each tracker was last heard, oldest first. Monotonic. */
  readonly #heardMs = new Map<string, number>();
  #timer: Disposable | undefined;

  constructor(options: TrackersOptions) {
    this.#options = options;
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
  }

  /** The ids of their Pis, sorted. */
  get nodes(): readonly string[] {
    return [...this.#heardMs.keys()].sort();
  }

  /** Records an echo. The hub's own echoes do not count. */
  hear({ node }: Echo): void {
    if (node === undefined) return;
    const isNew = !this.#heardMs.has(node);
    if (isNew && this.#heardMs.size >= NODES_MAX) return;
    this.#heardMs.delete(node);
    this.#heardMs.set(node, this.#options.clock.nowMs());
    if (!isNew) return;
    if (this.#timer === undefined) this.#wait();
    this.#options.onChange();
  }

  /** Waits until the least recently heard tracker would be gone. */
  #wait(): void {
    const { clock } = this.#options;
    const [oldestMs] = this.#heardMs.values();
    this.#timer?.[Symbol.dispose]();
    this.#timer = oldestMs === undefined
      ? undefined
      : clock.callAt(oldestMs + SILENT_MS, () => this.#drop());
  }

  #drop(): void {
    const { clock, onChange } = this.#options;
    const sinceMs = clock.nowMs() - SILENT_MS;
    const before = this.#heardMs.size;
    for (const [node, heardMs] of this.#heardMs) {
      if (heardMs > sinceMs) break;
      this.#heardMs.delete(node);
    }
    this.#wait();
    if (this.#heardMs.size < before) onChange();
  }
}
