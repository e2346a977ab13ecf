/** How long a broker may take from the TCP connection to its greeting. */

import type { Clock } from "../time/clock.ts";
import { LinkedAbort } from "../time/linked_abort.ts";
import { callAfterRunning } from "../time/patient_timer.ts";
import { LinkError } from "./link_error.ts";

export interface GreetingOptions {
  readonly withinMs: number;
  readonly clock: Clock;
  /** Nobody waits any more. */
  readonly stop: AbortSignal;
}

/** Runs from its construction until it is disposed. */
export class Greeting implements Disposable {
  readonly #withinMs: number;
  readonly #ending: LinkedAbort;
  readonly #limit: Disposable;
  #error: LinkError | undefined;
  #onLate: (error: LinkError) => void = () => {};

  constructor({ withinMs, clock, stop }: GreetingOptions) {
    this.#withinMs = withinMs;
    this.#ending = new LinkedAbort(stop);
    this.#limit = callAfterRunning(clock, withinMs, () => this.#end());
  }

  /** Aborts when the greeting is late or not wanted any more. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** What says that it is late; `undefined` while it is in time. */
  get error(): LinkError | undefined {
    return this.#error;
  }

  onLate(callback: (error: LinkError) => void): void {
    this.#onLate = callback;
  }

  [Symbol.dispose](): void {
    this.#limit[Symbol.dispose]();
    this.#ending[Symbol.dispose]();
  }

  #end(): void {
    const error = new LinkError({ code: "no_greeting", withinMs: this.#withinMs });
    this.#error = error;
    this.#ending.abort();
    this.#onLate(error);
  }
}
