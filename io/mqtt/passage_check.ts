/**
 * Checks whether the broker passes on our messages: brokers silently drop messages that a user may
 * not publish.
 */

import { type Adviser, echoAdvice } from "../../core/doctor/broker_advice.ts";
import type { Log } from "../log/log.ts";
import type { Clock } from "../time/clock.ts";
import { brokerField, type LoggedBroker } from "./broker_field.ts";
import { callAfterRunning } from "../time/patient_timer.ts";

/** A broker that passes messages on does so within this time. */
const BACK_MS = 10_000;
/** Each connection repeats the check; the warning is logged at most this often. */
const WARN_EVERY_MS = 3_600_000;

export interface PassageCheckOptions extends Adviser, Pick<LoggedBroker, "isOneOfSeveral"> {
  readonly clock: Clock;
  readonly log: Log;
  /** Whether a message can come back: the broker has granted the subscription. */
  readonly isListening: () => boolean;
}

/** Waits in each connection for the first of our own messages to come back. */
export class PassageCheck implements Disposable {
  readonly #options: PassageCheckOptions;
  #waiting: Disposable | undefined;
  #hasHeard = false;
  #reportedMs = -Infinity;

  constructor(options: PassageCheckOptions) {
    this.#options = options;
  }

  /** Whether a message came back in the current connection. */
  get hasHeard(): boolean {
    return this.#hasHeard;
  }

  /** A message was published that should come back. */
  sent(): void {
    if (this.#hasHeard || this.#waiting !== undefined) return;
    this.#waiting = callAfterRunning(this.#options.clock, BACK_MS, () => this.#warn());
  }

  /** The message came back. */
  heard(): void {
    if (this.#hasHeard) return;
    this.#hasHeard = true;
    this.#stopWaiting();
    if (this.#reportedMs === -Infinity) return;
    this.#reportedMs = -Infinity;
    this.#options.log.info(
      "the broker passes on this program's messages again",
      brokerField(this.#options),
    );
  }

  /** The connection has ended. Messages that were sent in it say nothing about the next one. */
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

  #warn(): void {
    const { clock, log, isListening } = this.#options;
    const nowMs = clock.nowMs();
    if (!isListening() || nowMs - this.#reportedMs < WARN_EVERY_MS) return;
    this.#reportedMs = nowMs;
    log.warning("the broker does not pass on this program's messages: nobody receives them", {
      ...brokerField(this.#options),
      advice: echoAdvice(this.#options),
    });
  }
}
