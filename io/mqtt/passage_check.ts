/** Whether the broker passes on what is said: brokers drop in silence what a user may not write. */

import { type Adviser, echoAdvice } from "../../core/doctor/broker_advice.ts";
import type { Log } from "../log/log.ts";
import type { Clock } from "../time/clock.ts";
import { callAfterRunning } from "../time/patient_timer.ts";

/** A broker that passes anything on has done so by then. */
const BACK_MS = 10_000;
/** Each new connection finds it out anew; so often it is told. */
const TELL_EVERY_MS = 3_600_000;

export interface PassageCheckOptions extends Adviser {
  readonly clock: Clock;
  readonly log: Log;
  /** Whether it would come back at all: the broker has granted the subscription. */
  readonly isListening: () => boolean;
}

/** Waits in each connection for the first word of one's own to come back. */
export class PassageCheck implements Disposable {
  readonly #options: PassageCheckOptions;
  #waiting: Disposable | undefined;
  #hasHeard = false;
  #reportedMs = -Infinity;

  constructor(options: PassageCheckOptions) {
    this.#options = options;
  }

  /** Whether something came back in the present connection. */
  get hasHeard(): boolean {
    return this.#hasHeard;
  }

  /** Something was said that should come back. */
  sent(): void {
    if (this.#hasHeard || this.#waiting !== undefined) return;
    this.#waiting = callAfterRunning(this.#options.clock, BACK_MS, () => this.#tell());
  }

  /** It came back. */
  heard(): void {
    if (this.#hasHeard) return;
    this.#hasHeard = true;
    this.#stopWaiting();
    if (this.#reportedMs === -Infinity) return;
    this.#reportedMs = -Infinity;
    this.#options.log.info("the broker passes on what is said here again");
  }

  /** The connection has ended: what was said before proves nothing about the next one. */
  lost(): void {
    this.#hasHeard = false;
    this.#stopWaiting();
  }

  [Symbol.dispose](): void {
    this.#stopWaiting();
  }

  #stopWaiting(): void {
    this.#waiting?.[Symbol.dispose]();
    this.#waiting = undefined;
  }

  #tell(): void {
    const { clock, log, isListening } = this.#options;
    const nowMs = clock.nowMs();
    if (!isListening() || nowMs - this.#reportedMs < TELL_EVERY_MS) return;
    this.#reportedMs = nowMs;
    log.warning("the broker does not pass on what is said here: nobody hears it", {
      advice: echoAdvice(this.#options),
    });
  }
}
