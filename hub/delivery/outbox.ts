/**
 * Delivers the messages in the outbox: at least once, even if it takes long, and across restarts.
 */

import { channelTitle } from "../../core/alerting/channel_title.ts";
import { durationText } from "../../core/alerting/message/duration_text.ts";
import { UNKNOWN_FAILURE } from "../../core/alerting/provider_failure.ts";
import { type Delivery, type Refusal, RETRY_AFTER_MS_MAX } from "../../core/alerting/retry.ts";
import type { WallClock } from "../host/wall_clock.ts";
import { outgoingMessage } from "../live/message_text.ts";
import type { Channel, Finding } from "../notify/channel/channel.ts";
import type { OutboxRow } from "../store/outbox/outbox_row.ts";
import type { Store } from "../store/store.ts";
import { DeliveryChecks } from "./delivery_checks.ts";
import { Failover } from "./failover.ts";
import { OutboxLedger } from "./outbox_ledger.ts";
import type { ProviderHealthReport } from "./provider_health.ts";
import { ProviderMonitor } from "./provider_monitor.ts";
import { quietForMsOf, type Recipients } from "./recipients.ts";
import { TaskLoop } from "./task_loop.ts";

/** Without pending messages the outbox checks again this often, because the wall clock may step. */
const IDLE_MS = 60_000;
/** The number of simultaneous attempts, so that a hanging attempt does not delay other recipients. */
const ATTEMPTS_MAX = 4;
/** The longest wait. A message that is due later was dated before the wall clock stepped back. */
const WAIT_MS_MAX = 2 * RETRY_AFTER_MS_MAX;
/** If a provider cannot say for this long whether it has a message, the message is sent again. */
const ASK_MS_MAX = 10 * 60_000;
/** How long the items of messages are kept after the decision. Texts are kept for good. */
const ALERT_MS = 2 * 60 * 60_000;
/** The interval at which older items are removed. */
const FORGET_EVERY_MS = 60 * 60_000;

export interface OutboxOptions {
  readonly store: Store;
  readonly channels: readonly Channel[];
  readonly wallClock: WallClock;
  /** The other channels of a route. */
  readonly next: Recipients["next"];
  /** A channel whose provider accepts no message for this long counts as down. */
  readonly downAfterMs: number;
  /** A channel went down or came back; the first success of a run is reported, too. */
  readonly onProviderHealth: (report: ProviderHealthReport) => void;
  /** A row has changed, and perhaps its incidents. */
  readonly onChange: (row: OutboxRow) => void;
}

/** Serves several recipients at a time. Each gets its messages in the order of enqueueing. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #ledger: OutboxLedger;
  readonly #providers: ProviderMonitor;
  readonly #checks: DeliveryChecks;
  readonly #loop: TaskLoop;
  #forgetAtMs = -Infinity;

  constructor(options: OutboxOptions) {
    this.#options = options;
    const parts = { ...options, clock: options.wallClock };
    // Waiting messages have corrected times by now. A wrong time of an earlier boot must not delay them.
    options.wallClock.onStep(() => {
      this.#hasten();
      this.wake();
    });
    this.#loop = new TaskLoop(options.wallClock, ATTEMPTS_MAX);
    this.#providers = new ProviderMonitor({
      ...parts,
      onProviderHealth: (report) => this.#onProviderHealth(report),
    });
    const isDown = (channel: string) => this.#providers.fallOf(channel) !== undefined;
    this.#ledger = new OutboxLedger({ ...parts, failover: new Failover({ ...options, isDown }) });
    this.#checks = new DeliveryChecks({
      ...parts,
      ledger: this.#ledger,
      providers: this.#providers,
      onPassedOn: () => this.wake(),
    });
  }

  /** A message was enqueued: checks at once. */
  wake(): void {
    this.#loop.wake();
  }

  /** A message that is not in the outbox was sent. Its outcome also shows whether the channel works. */
  note(channel: string, delivery: Delivery): void {
    this.#providers.note(channel, "message", delivery);
  }

  /** Runs until `stop` aborts. The next run repeats an interrupted attempt. */
  async run(stop: AbortSignal): Promise<void> {
    for (const channel of this.#options.channels) void channel.prepare();
    this.#refuseUnsendable();
    // The cause of an earlier run's failures, such as its configuration, may be repaired.
    this.#hasten();
    await Promise.all([
      this.#loop.run(() => this.#beginAttempts(stop), stop),
      this.#checks.run(stop),
      this.#providers.run(stop),
    ]);
  }

  /** Returns how long to wait. Instants are wall-clock time, because they outlive the process. */
  #beginAttempts(stop: AbortSignal): number {
    this.#forgetAlerts();
    this.#options.wallClock.look();
    const wallMs = this.#ledger.wallMs();
    let waitMs = IDLE_MS;
    for (const row of this.#options.store.outbox.next()) {
      if (this.#loop.isUnderWay(row.id)) continue;
      const restMs = row.dueAtMs - wallMs;
      const restMsMax = WAIT_MS_MAX + this.#quietForMs(row);
      if (restMs > 0 && restMs <= restMsMax) waitMs = Math.min(waitMs, restMs);
      else this.#loop.begin(row.id, () => this.#attempt(row, stop));
    }
    return waitMs;
  }

  async #attempt(row: OutboxRow, stop: AbortSignal): Promise<void> {
    const channel = this.#options.channels.find(({ name }) => name === row.channel);
    if (channel === undefined) return this.#refuseUnsendable();
    const found = await this.#search(channel, row, stop);
    const counted = row.isUncertain ? { ...row, attempts: row.attempts + 1 } : row;
    if (found.kind === "accepted") return this.#settle(channel, counted, found);
    if (stop.aborted) return;
    const isAbsent = found.kind === "absent";
    const why = this.#whyMoveOn(row);
    if (why !== undefined) {
      this.#ledger.moveOn(isAbsent ? this.#ledger.merge(row) : row, why);
      return this.wake();
    }
    if (!isAbsent && this.#ledger.wallMs() - row.createdAtMs < ASK_MS_MAX) {
      return this.#settle(channel, counted, { ...found, isUncertain: true });
    }
    const begun = isAbsent ? await this.#begin(row) : counted;
    if (begun === undefined || stop.aborted) return;
    await this.#send(channel, isAbsent ? { ...begun, isUncertain: false } : begun, stop);
  }

  /**
   * Written first: a crash from here on leaves a trace, and the next run asks before it sends. A disk
   * that does not answer keeps no message for long.
   */
  async #begin(row: OutboxRow): Promise<OutboxRow | undefined> {
    const { store } = this.#options;
    const begun = this.#ledger.begin(row);
    const couldAnswer = store.answers;
    store.flush();
    await store.written();
    const isSilent = couldAnswer && !store.answers;
    return begun !== undefined && isSilent ? this.#ledger.renderAgain(begun) : begun;
  }

  /**
   * The end of an earlier attempt is unknown. A message that the provider has must not be sent
   * twice.
   */
  async #search(channel: Channel, row: OutboxRow, stop: AbortSignal): Promise<Finding> {
    if (!row.isUncertain) return { kind: "absent" };
    this.#options.store.outbox.beginAttempt(row.id);
    const found = await channel.find(row, stop);
    if (!stop.aborted) this.#providers.note(channel.name, "question", found);
    return found;
  }

  async #send(channel: Channel, row: OutboxRow, stop: AbortSignal): Promise<void> {
    const delivery = await channel.send(outgoingMessage(row), stop);
    if (stop.aborted && delivery.kind !== "accepted") return;
    this.#providers.note(channel.name, "message", delivery);
    this.#settle(channel, row, delivery);
  }

  #settle(channel: Channel, row: OutboxRow, delivery: Delivery): void {
    this.#ledger.settle(row, delivery, {
      canCheck: channel.status !== undefined,
      isHasty: delivery.kind === "deferred" && this.#whyMoveOn(row) !== undefined,
      untilDownMs: this.#providers.untilDownMs(channel.name),
    });
    // If the hub is killed before this is on disk, it must ask the provider, and some cannot answer.
    this.#options.store.flush();
    if (delivery.kind === "accepted") this.#checks.wake();
  }

  /** Why a message has to go to another channel of its route, if it can and this one is down. */
  #whyMoveOn(row: OutboxRow): Refusal | undefined {
    const fall = this.#providers.fallOf(row.channel);
    const detour = fall && this.#ledger.detour(row);
    if (fall === undefined || detour === undefined) return undefined;
    const { why, failure = UNKNOWN_FAILURE, isBlocked, forMs } = fall;
    const name = channelTitle(row.channel);
    const what = isBlocked ? why : `${name} took no message for ${durationText(forMs)} (${why})`;
    return {
      why: `${what}: passed on to ${channelTitle(detour.channel)}`,
      failure: { ...failure, passed_on_to: detour.channel },
    };
  }

  /** Checks all messages that wait for their next attempt: they are sent, or moved to a working channel. */
  #onProviderHealth(report: ProviderHealthReport): void {
    this.#hasten();
    this.wake();
    this.#options.onProviderHealth(report);
  }

  /** Makes messages due that wait for their next attempt. Messages in quiet hours were never tried. */
  #hasten(): void {
    const { outbox } = this.#options.store;
    const nowMs = this.#ledger.wallMs();
    for (const way of outbox.waiting()) {
      outbox.hasten(way, { nowMs, attemptsMin: this.#quietForMs(way) > 0 ? 1 : 0 });
    }
  }

  #quietForMs(way: Pick<OutboxRow, "route" | "channel">): number {
    return quietForMsOf(this.#options.next, way, this.#ledger.wallMs());
  }

  /** Messages whose channel is not configured any more. */
  #refuseUnsendable(): void {
    this.#ledger.refuseBeside(this.#options.channels.map(({ name }) => name));
  }

  #forgetAlerts(): void {
    const { store, wallClock } = this.#options;
    if (wallClock.nowMs() < this.#forgetAtMs) return;
    this.#forgetAtMs = wallClock.nowMs() + FORGET_EVERY_MS;
    store.items.forget(this.#ledger.wallMs() - ALERT_MS);
  }
}
