/** Limits the time from the TCP connection to the broker's greeting. */

import type { Clock } from "../time/clock.ts";
import { LinkedAbort } from "../time/linked_abort.ts";
import { callAfterRunning } from "../time/patient_timer.ts";
import { LinkError } from "./link_error.ts";

export interface GreetingOptions {
  readonly withinMs: number;
  readonly clock: Clock;
  /** Aborted when nobody waits for the greeting any more. */
  readonly stop: AbortSignal;
}

/** The limit runs from construction to disposal. */
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

  /** The error for a late greeting; `undefined` while it is in time. */
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
