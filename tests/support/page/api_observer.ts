/** Observes the nodes through the hub's API. */

import type { Liveness } from "../../../core/detection/liveness.ts";
import type { Hub } from "../program/programs.ts";
import { nowMs, type Observed, type Observer } from "./observation.ts";

/** Shorter than any state that matters. */
const ASK_EVERY_MS = 50;

/** Polls until it is disposed; `await using api = new ApiSight(hub);` */
export class ApiObserver implements Observer, AsyncDisposable {
  readonly name = "the API";
  readonly #seen: Observed[] = [];
  readonly #last = new Map<string, Liveness>();
  readonly #asking: Promise<void>;
  #done = false;
  #failure: Error | undefined;

  constructor(hub: Hub) {
    this.#asking = this.#ask(hub).catch((error) => {
      this.#failure = new Error("the API did not answer", { cause: error });
    });
  }

  /** Throws when the API has failed to answer. */
  observations(): readonly Observed[] {
    if (this.#failure !== undefined) throw this.#failure;
    return this.#seen;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#done = true;
    await this.#asking;
  }

  async #ask(hub: Hub): Promise<void> {
    while (!this.#done) {
      for (const { id, liveness } of await hub.nodes()) this.#note(id, liveness);
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
  }

  #note(node: string, liveness: Liveness): void {
    if (this.#last.get(node) === liveness) return;
    this.#last.set(node, liveness);
    this.#seen.push({ node, liveness, atMs: nowMs() });
  }
}
