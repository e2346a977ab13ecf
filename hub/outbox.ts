/** Delivers what was promised: at least once, however long it takes, across restarts. */

import { durationText } from "../core/message/duration_text.ts";
import { type Delivery, RETRY_AFTER_MS_MAX } from "../core/retry.ts";
import type { Clock } from "../io/clock.ts";
import type { RouteTarget } from "./audience.ts";
import { DeliveryChecks } from "./delivery_checks.ts";
import { type Channel, type Finding, titleOf } from "./notify/channel.ts";
import { OutboxLedger } from "./outbox_ledger.ts";
import type { OutboxRow } from "./store/outbox_row.ts";
import type { Store } from "./store/store.ts";
import { TaskLoop } from "./task_loop.ts";
import type { UplinkReport } from "./uplink.ts";
import { Uplinks } from "./uplinks.ts";

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
  /** Where a route's messages go when `channel` fails; `undefined` after the last one. */
  readonly next: (route: string, channel: string) => RouteTarget | undefined;
  /** A channel whose provider cannot be reached for so long counts as down. */
  readonly downAfterMs: number;
  /** A channel went down or came back; the first success of a run is reported, too. */
  readonly onUplink: (report: UplinkReport) => void;
  /** A row changed, and perhaps the incidents that it tells of. */
  readonly onChange: (row: OutboxRow) => void;
}

/** Several recipients at a time, each told everything in the order of the promises. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #ledger: OutboxLedger;
  readonly #uplinks: Uplinks;
  readonly #checks: DeliveryChecks;
  readonly #loop: TaskLoop;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#loop = new TaskLoop(options.clock, ATTEMPTS_MAX);
    this.#ledger = new OutboxLedger(options);
    this.#uplinks = new Uplinks({ ...options, onUplink: (report) => this.#onUplink(report) });
    this.#checks = new DeliveryChecks({
      ...options,
      ledger: this.#ledger,
      uplinks: this.#uplinks,
      onPassedOn: () => this.wake(),
    });
  }

  /** Something was promised: look at once. */
  wake(): void {
    this.#loop.wake();
  }

  /** Until `stop` aborts. An attempt that it interrupts is made again by the next run. */
  async run(stop: AbortSignal): Promise<void> {
    const { store, channels } = this.#options;
    for (const channel of channels) void channel.prepare();
    // Whatever hindered an earlier run, its configuration perhaps, may be mended.
    store.outbox.hasten(this.#ledger.wallMs());
    await Promise.all([
      this.#loop.run(() => this.#beginAttempts(stop), stop),
      this.#checks.run(stop),
      this.#uplinks.run(stop),
    ]);
  }

  /** Answers how long to wait. Promised instants are calendar time, for they outlive the process. */
  #beginAttempts(stop: AbortSignal): number {
    const wallMs = this.#ledger.wallMs();
    let waitMs = IDLE_MS;
    for (const row of this.#options.store.outbox.next()) {
      if (this.#loop.isUnderWay(row.id)) continue;
      const restMs = row.dueAtMs - wallMs;
      if (restMs > 0 && restMs <= WAIT_MS_MAX) waitMs = Math.min(waitMs, restMs);
      else this.#loop.begin(row.id, () => this.#attempt(row, stop));
    }
    return waitMs;
  }

  async #attempt(row: OutboxRow, stop: AbortSignal): Promise<void> {
    const channel = this.#options.channels.find(({ name }) => name === row.channel);
    if (channel === undefined) {
      const why = `the channel "${row.channel}" is no longer configured`;
      const deferral = { kind: "deferred", why, retryAfterMs: RETRY_AFTER_MS_MAX } as const;
      return this.#ledger.settle(row, deferral, { canCheck: false, isHasty: false });
    }
    const found = await this.#search(channel, row, stop);
    const counted = row.isUncertain ? { ...row, attempts: row.attempts + 1 } : row;
    if (found.kind === "accepted") return this.#settle(channel, counted, found);
    if (stop.aborted) return;
    const isAbsent = found.kind === "absent";
    const why = this.#whyPassOn(row);
    if (why !== undefined) {
      this.#ledger.passOn(isAbsent ? this.#ledger.word(row) : row, why);
      return this.wake();
    }
    if (!isAbsent && this.#ledger.wallMs() - row.createdAtMs < ASK_MS_MAX) {
      return this.#settle(channel, counted, { ...found, isUncertain: true });
    }
    await this.#send(channel, isAbsent ? this.#begun(row) : counted, stop);
  }

  /** An earlier attempt has no known end: what the provider has already must not be sent twice. */
  async #search(channel: Channel, row: OutboxRow, stop: AbortSignal): Promise<Finding> {
    if (!row.isUncertain) return { kind: "absent" };
    this.#options.store.outbox.beginAttempt(row.id);
    const found = await channel.find(row, stop);
    if (!stop.aborted) this.#uplinks.note(channel.name, "question", found);
    return found;
  }

  /**
   * Written first: a crash from here on leaves a trace, and the next run asks before it sends. What
   * the provider certainly has not got is worded anew.
   */
  #begun(row: OutboxRow): OutboxRow {
    const begun = row.isUncertain ? this.#ledger.word(row) : this.#ledger.begin(row);
    return { ...begun, isUncertain: false };
  }

  async #send(channel: Channel, row: OutboxRow, stop: AbortSignal): Promise<void> {
    const delivery = await channel.send(row, stop);
    if (stop.aborted && delivery.kind !== "accepted") return;
    this.#uplinks.note(channel.name, "message", delivery);
    this.#settle(channel, row, delivery);
  }

  #settle(channel: Channel, row: OutboxRow, delivery: Delivery): void {
    this.#ledger.settle(row, delivery, {
      canCheck: channel.status !== undefined,
      isHasty: this.#whyPassOn(row) !== undefined,
    });
    if (delivery.kind === "accepted") this.#checks.wake();
  }

  /** Why a message has to go to the next channel of its route, if there is one and this one is down. */
  #whyPassOn({ route, channel }: OutboxRow): string | undefined {
    const downForMs = this.#uplinks.downForMs(channel);
    const next = this.#options.next(route, channel);
    if (downForMs === undefined || next === undefined) return undefined;
    const what = `could not reach ${titleOf(channel)} for ${durationText(downForMs)}`;
    return `${what}: passed on to ${titleOf(next.channel)}`;
  }

  /** Whatever waits for its next attempt is looked at: to be sent, or to be passed on. */
  #onUplink(report: UplinkReport): void {
    const { store, onUplink } = this.#options;
    store.outbox.hasten(this.#ledger.wallMs(), report.channel);
    this.wake();
    onUplink(report);
  }
}
