/** Asks providers for the state of accepted messages, because accepted is not delivered. */

import { channelTitle } from "../../core/alerting/channel_title.ts";
import { UNKNOWN_FAILURE } from "../../core/alerting/provider_failure.ts";
import { checkDelayMs, type Refusal, RETRY_AFTER_MS_MAX } from "../../core/alerting/retry.ts";
import type { Clock } from "../../io/time/clock.ts";
import type { Channel } from "../notify/channel/channel.ts";
import type { OutboxRow } from "../store/outbox/outbox_row.ts";
import type { Store } from "../store/store.ts";
import type { OutboxLedger } from "./outbox_ledger.ts";
import type { ProviderMonitor } from "./provider_monitor.ts";
import { TaskLoop } from "./task_loop.ts";

/** The number of simultaneous questions. Attempts to send do not count, because they must never wait for them. */
const CHECKS_MAX = 2;
/** Without a question the loop checks again this often, because the wall clock may step. */
const IDLE_MS = 60_000;
/** The longest wait. A check that is due later was planned before the wall clock stepped back. */
const WAIT_MS_MAX = 2 * RETRY_AFTER_MS_MAX;

export interface DeliveryChecksOptions {
  readonly store: Store;
  readonly channels: readonly Channel[];
  readonly clock: Clock;
  readonly ledger: OutboxLedger;
  readonly providers: ProviderMonitor;
  /** A message was passed on to another channel. */
  readonly onPassedOn: () => void;
}

export class DeliveryChecks {
  readonly #options: DeliveryChecksOptions;
  readonly #loop: TaskLoop;

  constructor(options: DeliveryChecksOptions) {
    this.#options = options;
    this.#loop = new TaskLoop(options.clock, CHECKS_MAX);
  }

  /** A message was accepted. */
  wake(): void {
    this.#loop.wake();
  }

  /** Runs until `stop` aborts. The times of the next questions are on disk for the next run. */
  async run(stop: AbortSignal): Promise<void> {
    this.#options.store.unconfirmed.forgetOld();
    await this.#loop.run(() => this.#beginChecks(stop), stop);
  }

  #beginChecks(stop: AbortSignal): number {
    const { store, ledger } = this.#options;
    const wallMs = ledger.wallMs();
    let waitMs = IDLE_MS;
    // Those in progress are due, so they come first.
    for (const row of store.unconfirmed.due(2 * CHECKS_MAX)) {
      if (this.#loop.isUnderWay(row.id)) continue;
      const restMs = row.dueAtMs - wallMs;
      if (restMs > 0 && restMs <= WAIT_MS_MAX) waitMs = Math.min(waitMs, restMs);
      else this.#loop.begin(row.id, () => this.#check(row, stop));
    }
    return waitMs;
  }

  async #check(row: OutboxRow, stop: AbortSignal): Promise<void> {
    const { store, channels, ledger, providers, onPassedOn } = this.#options;
    const { recipient, reference } = row;
    const channel = channels.find(({ name }) => name === row.channel);
    if (channel?.status === undefined || reference === undefined) {
      return store.unconfirmed.countCheck(row.id, undefined);
    }
    const status = await channel.status({ recipient, reference }, stop);
    if (stop.aborted) return;
    providers.note(channel.name, "question", status);
    switch (status.kind) {
      case "waiting":
        return this.#wait(row, 0);
      case "deferred":
        return this.#wait(row, Math.min(status.retryAfterMs ?? 0, RETRY_AFTER_MS_MAX));
      case "delivered":
        return ledger.confirm(row, "delivered");
      case "failed":
        if (status.isBlocked) this.#sendAgain(row, status);
        else ledger.passOn(row, status);
        return onPassedOn();
      case "unknown":
        return store.unconfirmed.countCheck(row.id, undefined);
    }
  }

  /** The provider refuses every message of this channel, so another channel must be used. */
  #sendAgain(row: OutboxRow, { why, failure = UNKNOWN_FAILURE }: Refusal): void {
    const { ledger } = this.#options;
    ledger.settle(row, { kind: "deferred", why, failure, isUncertain: false }, {
      canCheck: true,
      isHasty: ledger.detour(row) !== undefined,
      untilDownMs: Infinity,
    });
  }

  #wait(row: OutboxRow, atLeastMs: number): void {
    const { store, ledger } = this.#options;
    const delayMs = checkDelayMs(row.checks + 1);
    if (delayMs === undefined) {
      const why = `${channelTitle(row.channel)} never said whether it arrived`;
      return ledger.confirm(row, "expired", { why, failure: { code: "unconfirmed" } });
    }
    store.unconfirmed.countCheck(row.id, ledger.wallMs() + Math.max(delayMs, atLeastMs));
  }
}
