/** Delivers what was promised: at least once, however long it takes, across restarts. */

import { type Delivery, RETRY_AFTER_MS_MAX, retryDelayMs } from "../core/retry.ts";
import { type Clock, sleepUntil } from "../io/clock.ts";
import type { Channel } from "./notify/channel.ts";
import type { OutboxRow, Outcome } from "./store/outbox_rows.ts";
import type { Store } from "./store/store.ts";

/** With nothing pending the outbox looks again this often, in case the calendar leapt. */
const IDLE_MS = 60_000;
/** Attempts at the same time: one recipient whose attempt hangs keeps nobody else waiting. */
const ATTEMPTS_MAX = 4;
/** No wait is longer than this: a message that is due later was promised before the calendar leapt back. */
const WAIT_MS_MAX = 2 * RETRY_AFTER_MS_MAX;
/** A provider that cannot say for so long what it has is sent the message again. */
const ASK_MS_MAX = 10 * 60_000;

export interface OutboxOptions {
  readonly store: Store;
  readonly channels: readonly Channel[];
  readonly clock: Clock;
  /** A row changed, and perhaps the incidents that it tells of. */
  readonly onChange: (row: OutboxRow) => void;
}

/** Several recipients at a time, each told everything in the order of the promises. */
export class Outbox {
  readonly #options: OutboxOptions;
  /** Attempts under way, by the message's id. */
  readonly #underWay = new Map<number, Promise<void>>();
  #wake = new AbortController();

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Something was promised: look at once. */
  wake(): void {
    this.#wake.abort();
  }

  /** Until `stop` aborts. An attempt that it interrupts is made again by the next run. */
  async run(stop: AbortSignal): Promise<void> {
    const { store, clock, channels } = this.#options;
    for (const channel of channels) void channel.prepare();
    // Whatever hindered an earlier run, its configuration perhaps, may be mended.
    store.outbox.hasten(this.#wallMs());
    const onStop = () => this.wake();
    stop.addEventListener("abort", onStop, { once: true });
    while (!stop.aborted) {
      this.#wake = new AbortController();
      const nextMs = this.#beginAttempts(stop);
      const sleep = sleepUntil(clock, nextMs, this.#wake.signal);
      await Promise.race([sleep, ...this.#underWay.values()]);
      this.#wake.abort();
    }
    stop.removeEventListener("abort", onStop);
    await Promise.all(this.#underWay.values());
  }

  /** Answers when to look again. Promised instants are calendar time, for they outlive the process. */
  #beginAttempts(stop: AbortSignal): number {
    const { store, clock } = this.#options;
    const wallMs = this.#wallMs();
    let waitMs = IDLE_MS;
    for (const row of store.outbox.next()) {
      if (this.#underWay.has(row.id)) continue;
      const restMs = row.dueAtMs - wallMs;
      if (restMs > 0 && restMs <= WAIT_MS_MAX) waitMs = Math.min(waitMs, restMs);
      else if (this.#underWay.size < ATTEMPTS_MAX) this.#begin(row, stop);
    }
    return clock.nowMs() + waitMs;
  }

  #begin(row: OutboxRow, stop: AbortSignal): void {
    const attempt = this.#attempt(row, stop).finally(() => this.#underWay.delete(row.id));
    this.#underWay.set(row.id, attempt);
  }

  async #attempt(row: OutboxRow, stop: AbortSignal): Promise<void> {
    const { store, channels } = this.#options;
    const channel = channels.find(({ name }) => name === row.channel);
    if (channel === undefined) {
      const why = `the channel "${row.channel}" is no longer configured`;
      return this.#settle(row, { kind: "deferred", why, retryAfterMs: RETRY_AFTER_MS_MAX });
    }
    // Written first: a crash from here on leaves a trace, and the next run asks before it sends.
    store.outbox.beginAttempt(row.id);
    const delivery = await this.#deliver(channel, row, stop);
    if (stop.aborted && delivery.kind !== "accepted") return;
    this.#settle({ ...row, attempts: row.attempts + 1 }, delivery);
  }

  async #deliver(channel: Channel, row: OutboxRow, stop: AbortSignal): Promise<Delivery> {
    if (!row.isUncertain) return await channel.send(row, stop);
    // An earlier attempt has no known end: what the provider has already must not be sent twice.
    const found = await channel.find(row, stop);
    switch (found.kind) {
      case "accepted":
        return found;
      case "deferred":
        if (this.#wallMs() - row.createdAtMs < ASK_MS_MAX) return { ...found, isUncertain: true };
        return await channel.send(row, stop);
      case "absent":
        return await channel.send(row, stop);
    }
  }

  #settle(row: OutboxRow, delivery: Delivery): void {
    const { store, onChange } = this.#options;
    const nowMs = this.#wallMs();
    store.transaction(() => {
      store.outbox.settle(row.id, outcomeOf(row, delivery, nowMs));
      if (delivery.kind === "accepted") store.incidents.tell(row.incidentIds, nowMs);
    });
    onChange(store.outbox.get(row.id) ?? row);
  }

  #wallMs(): number {
    const { clock } = this.#options;
    return clock.wallMs(clock.nowMs());
  }
}

function outcomeOf(row: OutboxRow, delivery: Delivery, nowMs: number): Outcome {
  switch (delivery.kind) {
    case "accepted":
      return {
        state: "accepted",
        dueAtMs: nowMs,
        isUncertain: false,
        reference: delivery.reference,
      };
    case "refused":
      return { state: "refused", dueAtMs: nowMs, isUncertain: false, lastError: delivery.why };
    case "deferred": {
      const delayMs = retryDelayMs(row.attempts, Math.random(), delivery.retryAfterMs);
      return {
        state: "pending",
        dueAtMs: nowMs + delayMs,
        isUncertain: delivery.isUncertain ?? row.isUncertain,
        lastError: delivery.why,
      };
    }
  }
}
