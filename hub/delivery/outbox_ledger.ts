/** Records the progress of messages in the outbox, each step in one transaction of the memory. */

import type { Alert } from "../../core/alerting/alert.ts";
import { pendingAlert } from "../../core/alerting/pending_alert.ts";
import { UNKNOWN_FAILURE } from "../../core/alerting/provider_failure.ts";
import {
  checkDelayMs,
  type Delivery,
  type Refusal,
  retryDelayMs,
} from "../../core/alerting/retry.ts";
import type { Clock } from "../../io/time/clock.ts";
import { renderAlert } from "../live/message_text.ts";
import type { OutboxRow } from "../store/outbox/outbox_row.ts";
import type { Store } from "../store/store.ts";
import type { Failed, Failover, FailoverStep } from "./failover.ts";

export interface LedgerOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly failover: Failover;
  /** A row has changed, and perhaps its incidents. */
  readonly onChange: (row: OutboxRow) => void;
}

/** The consequences of an attempt, apart from its outcome. */
export interface Sequel {
  /** The provider can be asked for the state of the message. */
  readonly canCheck: boolean;
  /** A deferred message moves to the next channel as soon as that is certain. */
  readonly isHasty: boolean;
  /** A message that was deferred is tried again by then, in ms, unless the provider asked for more. */
  readonly untilDownMs: number;
}

export class OutboxLedger {
  readonly #options: LedgerOptions;

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /**
   * Begins an attempt to send a message that the provider certainly does not have, and renders it
   * for this moment. If this is uncertain, the caller has asked the provider before. Returns
   * `undefined` if the message became unnecessary after it was read.
   */
  begin(row: OutboxRow): OutboxRow | undefined {
    const { outbox } = this.#options.store;
    const waiting = outbox.get(row.id);
    if (waiting?.state !== "pending") return undefined;
    const oldestMs = oldestOf(waiting);
    const begun = this.#write(() => {
      const { changed, alert } = this.#merge(waiting);
      if (changed.includes(row.id)) return changed;
      if (alert !== undefined) this.#render(row.id, alert, oldestMs);
      if (!row.isUncertain) outbox.beginAttempt(row.id);
      return changed;
    }, waiting);
    return begun.state === "pending" ? begun : undefined;
  }

  /**
   * The disk has not answered since the attempt began, so the message is rendered again and says
   * so.
   */
  renderAgain(row: OutboxRow): OutboxRow {
    const { alert } = row;
    return this.#write(() => {
      if (alert !== undefined) this.#render(row.id, alert, oldestOf(row));
      return [];
    }, row);
  }

  /** Merges later messages into this one without an attempt, so that they move with it. */
  merge(row: OutboxRow): OutboxRow {
    const { outbox } = this.#options.store;
    return this.#write(() => this.#merge(outbox.get(row.id) ?? row).changed, row);
  }

  settle(row: OutboxRow, delivery: Delivery, sequel: Sequel): void {
    const { store } = this.#options;
    const nowMs = this.wallMs();
    switch (delivery.kind) {
      case "refused":
        return this.passOn(row, delivery);
      case "accepted": {
        const { reference } = delivery;
        const checkMs = sequel.canCheck && reference !== "" ? checkDelayMs(0) : undefined;
        return this.#change(row, () => {
          store.outbox.settle(row.id, {
            state: "accepted",
            isUncertain: false,
            dueAtMs: checkMs === undefined ? undefined : nowMs + checkMs,
            acceptedAtMs: nowMs,
            reference,
          });
          store.incidents.notify(row.incidentIds, nowMs);
        });
      }
      case "deferred": {
        const { retryAfterMs } = delivery;
        const askedMs = retryDelayMs(row.attempts, Math.random(), retryAfterMs);
        const delayMs = Math.min(askedMs, Math.max(sequel.untilDownMs, retryAfterMs ?? 0));
        return this.#change(row, () =>
          store.outbox.settle(row.id, {
            state: "pending",
            isUncertain: delivery.isUncertain ?? row.isUncertain,
            dueAtMs: nowMs + (sequel.isHasty ? 0 : delayMs),
            lastError: delivery.why,
            failure: delivery.failure ?? UNKNOWN_FAILURE,
          }));
      }
    }
  }

  /** The provider reports that an accepted message arrived, or will never report whether it did. */
  confirm(row: OutboxRow, state: "delivered" | "expired", doubt?: Refusal): void {
    this.#change(row, () =>
      this.#options.store.outbox.settle(row.id, {
        state,
        isUncertain: false,
        dueAtMs: undefined,
        lastError: doubt?.why,
        failure: doubt?.failure,
      }));
  }

  /** This channel will never deliver it. Another channel of the route takes it, if there is one. */
  passOn(row: OutboxRow, refusal: Refusal): void {
    this.#write(() => {
      const failed = this.#failed(row);
      this.#refuse(row, refusal);
      const failOver = this.#options.failover.afterRefusal(failed);
      return [row.id, ...(failOver === undefined ? [] : this.#enqueue(failed, failOver))];
    }, row);
  }

  /** The other channel for a message of a channel that is down, if there is one. */
  detour(row: OutboxRow): FailoverStep | undefined {
    return this.#options.failover.whileDown(this.#failed(row));
  }

  /** This channel cannot deliver it now, so another one does. */
  moveOn(row: OutboxRow, { why, failure }: Refusal): void {
    this.#write(() => {
      const failed = this.#failed(row);
      const detour = this.#options.failover.whileDown(failed);
      if (detour === undefined || failed.row.state !== "pending") return [];
      this.#options.store.outbox.settle(row.id, {
        state: "refused",
        isUncertain: false,
        // It was not refused, so it may come back to this channel if the other one fails.
        dueAtMs: failed.wallMs,
        lastError: why,
        failure,
      });
      return [row.id, ...this.#enqueue(failed, detour)];
    }, row);
  }

  /** A message that no channel of this hub can send stays unsent. */
  refuseBeside(channels: readonly string[]): void {
    for (const row of this.#options.store.outbox.pendingBeside(channels)) {
      const why = `the channel "${row.channel}" is no longer configured`;
      this.#change(row, () => this.#refuse(row, { why, failure: { code: "removed" } }));
    }
  }

  wallMs(): number {
    const { clock } = this.#options;
    return clock.wallMs(clock.nowMs());
  }

  /**
   * Merges messages that wait behind a message, and later decisions, into it, without news that the
   * recipient already has. Drops the message if nothing remains. Returns the ids of messages that
   * are not sent any more, and the alert of this one. `row` is as on disk. It is read once, because
   * a message may report thousands of nodes.
   */
  #merge(
    row: OutboxRow,
  ): { readonly changed: readonly number[]; readonly alert?: Alert | undefined } {
    const { items, outbox } = this.#options.store;
    if (row.alert === undefined) return { changed: [] };
    const { id } = row;
    const younger = mergeable(outbox.after(row));
    const gone = younger.map((one) => one.id);
    const current = items.untold(items.current([id, ...gone]), row);
    items.link(id, current.map((item) => item.id));
    for (const one of younger) outbox.merge(id, one);
    const alert = pendingAlert(row, current);
    if (alert !== undefined) return { changed: gone, alert };
    outbox.drop(id, "nothing is left to tell");
    return { changed: [...gone, id] };
  }

  /** The content of a message that must be sent elsewhere, as it is on disk. */
  #failed(read: OutboxRow): Failed {
    const { items, outbox } = this.#options.store;
    const row = outbox.get(read.id) ?? read;
    return { row, items: items.current([row.id]), wallMs: this.wallMs() };
  }

  #refuse({ id }: OutboxRow, { why, failure = UNKNOWN_FAILURE }: Refusal): void {
    const outcome = {
      state: "refused",
      isUncertain: false,
      dueAtMs: undefined,
      lastError: why,
      failure,
    } as const;
    this.#options.store.outbox.settle(id, outcome);
  }

  /**
   * Enqueues a failed message for those recipients of another channel who are not notified
   * otherwise.
   */
  #enqueue({ row, wallMs }: Failed, { channel, offers, quietMs }: FailoverStep): readonly number[] {
    const { outbox } = this.#options.store;
    const { route, incidentIds } = row;
    const text = row.alert === undefined ? row.text : "";
    return offers.map((offer) => {
      const items = offer.items.map(({ id }) => id);
      const message = { route, channel, recipient: offer.recipient, text, items, incidentIds };
      return outbox.add({ ...message, atMs: wallMs, dueAtMs: wallMs + quietMs });
    });
  }

  /** Call this in a transaction. Messages are only rendered here. */
  #render(id: number, alert: Alert, oldestMs: number): void {
    const { store } = this.#options;
    const options = { oldestMs, isUnsaved: !store.answers };
    store.outbox.freeze(id, renderAlert(alert, this.wallMs(), options));
  }

  #change(row: OutboxRow, write: () => void): void {
    this.#write(() => {
      write();
      return [row.id];
    }, row);
  }

  /** Reports the change, and returns the row after it. */
  #write(write: () => readonly number[], row: OutboxRow): OutboxRow {
    const { store, onChange } = this.#options;
    let own: OutboxRow | undefined;
    for (const id of store.transaction(write)) {
      const changed = store.outbox.get(id);
      if (changed !== undefined) onChange(changed);
      if (id === row.id) own = changed;
    }
    return own ?? store.outbox.get(row.id) ?? row;
  }
}

/** A message is as late as its oldest item. */
function oldestOf({ createdAtMs, alert }: OutboxRow): number {
  return Math.min(createdAtMs, alert?.atMs ?? Infinity);
}

/** Returns the `younger` messages that can be merged into an older one, the oldest first. */
function mergeable(younger: readonly OutboxRow[]): readonly OutboxRow[] {
  const end = younger.findIndex(({ alert, isUncertain }) => isUncertain || alert === undefined);
  return end < 0 ? younger : younger.slice(0, end);
}
