/** Tests that a person requests: a message to everybody, or LED and buzzer of a Pi. */

import type { Delivery } from "../../core/alerting/retry.ts";
import { getLog } from "../../io/log/log.ts";
import type { Clock } from "../../io/time/clock.ts";
import { PRINT } from "../notify/channel/channel.ts";
import type { Target } from "./channels.ts";
import { TestMessage, type TestOutcome } from "./test_message.ts";

/** Each message may cost something. */
const MESSAGES_EVERY_MS = 60_000;
/** An alarm plays for 5 s. */
const ALARMS_EVERY_MS = 5000;
/** The HTTP response is delayed by at most this long. */
const FOLLOW_MS = 5000;

export interface TestActionsOptions {
  readonly targets: readonly Target[];
  readonly clock: Clock;
  readonly stop: AbortSignal;
  /** Asks a tracker to test its alarm. Returns false if the request could not be sent. */
  readonly publish: (payload: string) => Promise<boolean>;
  /** The outcome of a test message at its provider. */
  readonly onDelivery: (channel: string, delivery: Delivery) => void;
}

/** Done, or the time until the next request is allowed. */
export type TestResult<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "too_soon"; readonly waitMs: number };

const log = getLog("hub");

export class TestActions {
  readonly #options: TestActionsOptions;
  #messagesFromMs = -Infinity;
  /** By node: from when on its alarm may be tested again. */
  readonly #alarmsFromMs = new Map<string, number>();

  constructor(options: TestActionsOptions) {
    this.#options = options;
  }

  /**
   * Sends one test message through every channel. Returns the outcomes in the order of the
   * configuration.
   */
  async sendMessages(): Promise<TestResult<readonly TestOutcome[]>> {
    const { targets, clock, stop, onDelivery } = this.#options;
    const nowMs = clock.nowMs();
    if (nowMs < this.#messagesFromMs) {
      return { kind: "too_soon", waitMs: this.#messagesFromMs - nowMs };
    }
    // Free messages need no pause.
    if (targets.some(({ channel }) => channel.name !== PRINT)) {
      this.#messagesFromMs = nowMs + MESSAGES_EVERY_MS;
    }
    const outcomes = new Map<Target, TestOutcome>();
    const messages = targets.map((target) => {
      const tell = (outcome: TestOutcome) => void outcomes.set(target, outcome);
      return new TestMessage(target, { clock, stop, followMs: FOLLOW_MS, tell, onDelivery });
    });
    // One after the other, as providers prefer.
    for (const message of messages) await message.send();
    await Promise.all(messages.map((message) => message.follow()));
    for (const { channel, state } of outcomes.values()) {
      log.info("test message", { channel, state });
    }
    return { kind: "done", value: [...outcomes.values()] };
  }

  /** Makes the tracker of a node play its alarm. Returns false if the broker is unreachable. */
  async playAlarm(node: string): Promise<TestResult<boolean>> {
    const { clock, publish } = this.#options;
    const nowMs = clock.nowMs();
    for (const [id, fromMs] of this.#alarmsFromMs) {
      if (fromMs <= nowMs) this.#alarmsFromMs.delete(id);
    }
    const fromMs = this.#alarmsFromMs.get(node);
    if (fromMs !== undefined) return { kind: "too_soon", waitMs: fromMs - nowMs };
    this.#alarmsFromMs.set(node, nowMs + ALARMS_EVERY_MS);
    log.info("test of an alarm", { node });
    return { kind: "done", value: await publish(JSON.stringify({ node })) };
  }
}
