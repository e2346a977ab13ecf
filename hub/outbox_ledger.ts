/** Writes down what becomes of promised messages, each step in one transaction. */

import type { Alert } from "../core/alert.ts";
import { mergedAlert } from "../core/merged_alert.ts";
import { checkDelayMs, type Delivery, retryDelayMs } from "../core/retry.ts";
import { tellsAll } from "../core/told_alert.ts";
import type { Clock } from "../io/clock.ts";
import type { RouteTarget } from "./audience.ts";
import type { OutboxRow } from "./store/outbox_row.ts";
import type { Store } from "./store/store.ts";
import { wordingOf } from "./wording.ts";

/** What was told so long ago may be told again. */
const TOLD_MS = 60 * 60_000;

export interface LedgerOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Where a route's messages go when `channel` fails; `undefined` after the last one. */
  readonly next: (route: string, channel: string) => RouteTarget | undefined;
  /** A row changed, and perhaps the incidents that it tells of. */
  readonly onChange: (row: OutboxRow) => void;
}

/** What follows an attempt, beside its outcome. */
export interface Sequel {
  /** The provider can be asked what became of the message. */
  readonly canCheck: boolean;
  /** A message that was deferred goes on to the next channel as soon as that is certain. */
  readonly isHasty: boolean;
}

export class OutboxLedger {
  readonly #options: LedgerOptions;

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /** An attempt to send a message that the provider certainly has not got: worded for this moment. */
  begin(row: OutboxRow): OutboxRow {
    return this.#write(() => {
      const changed = this.#word(row);
      this.#options.store.outbox.beginAttempt(row.id);
      return changed;
    }, row);
  }

  /** Without an attempt: what waits behind the message goes with it, wherever that is. */
  word(row: OutboxRow): OutboxRow {
    return this.#write(() => this.#word(row), row);
  }

  settle(row: OutboxRow, delivery: Delivery, sequel: Sequel): void {
    const { store } = this.#options;
    const nowMs = this.wallMs();
    switch (delivery.kind) {
      case "refused":
        return this.passOn(row, delivery.why);
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
          store.incidents.tell(row.incidentIds, nowMs);
        });
      }
      case "deferred": {
        const delayMs = retryDelayMs(row.attempts, Math.random(), delivery.retryAfterMs);
        return this.#change(row, () =>
          store.outbox.settle(row.id, {
            state: "pending",
            isUncertain: delivery.isUncertain ?? row.isUncertain,
            dueAtMs: nowMs + (sequel.isHasty ? 0 : delayMs),
            lastError: delivery.why,
          }));
      }
    }
  }

  /** The provider says that an accepted message arrived, or will never say whether it did. */
  confirm(row: OutboxRow, state: "delivered" | "expired", lastError?: string): void {
    this.#change(row, () =>
      this.#options.store.outbox.settle(row.id, {
        state,
        isUncertain: false,
        dueAtMs: undefined,
        lastError,
      }));
  }

  /** This channel will not deliver it: the next one of the route is to, if there is one. */
  passOn(row: OutboxRow, why: string): void {
    const { store, next } = this.#options;
    const target = next(row.route, row.channel);
    this.#write(() => {
      store.outbox.settle(row.id, {
        state: "refused",
        isUncertain: false,
        dueAtMs: undefined,
        lastError: why,
      });
      return [row.id, ...(target === undefined ? [] : this.#promise(row, target))];
    }, row);
  }

  wallMs(): number {
    const { clock } = this.#options;
    return clock.wallMs(clock.nowMs());
  }

  /** Merges what waits behind a message into it, and words it anew; answers the ids of what changed. */
  #word(row: OutboxRow): readonly number[] {
    const { outbox } = this.#options.store;
    const younger = mergeable(row, outbox.after(row));
    const alert = younger.reduce(merged, row.alert);
    if (alert === undefined) return [];
    const oldestMs = Math.min(row.createdAtMs, row.alert?.atMs ?? Infinity);
    outbox.word(row.id, { alert, text: wordingOf(alert, this.wallMs(), oldestMs) });
    for (const one of younger) outbox.merge(row.id, one);
    return younger.map(({ id }) => id);
  }

  /** Promises what failed to the recipients of another channel who are not told of it anyway. */
  #promise(failed: OutboxRow, { channel, recipients }: RouteTarget): readonly number[] {
    const { outbox } = this.#options.store;
    const atMs = this.wallMs();
    const { route } = failed;
    // What has come out since is told as well: a death alone would be old news.
    const later = failed.alert === undefined ? [] : outbox.after(failed).filter(isOut);
    const alert = later.reduce(merged, failed.alert);
    const text = alert === undefined ? failed.text : wordingOf(alert, atMs, failed.createdAtMs);
    const incidentIds = [...new Set([failed, ...later].flatMap((one) => one.incidentIds))];
    return recipients.flatMap((recipient) => {
      const told = outbox.hopeful({ route, channel, recipient }, atMs - TOLD_MS);
      if (told.some((one) => tells(one, { alert, text }))) return [];
      return outbox.add({ route, channel, recipient, text, alert, incidentIds, atMs });
    });
  }

  #change(row: OutboxRow, write: () => void): void {
    this.#write(() => {
      write();
      return [row.id];
    }, row);
  }

  /** Tells of what changed once it is on disk; answers the row as it is then. */
  #write(write: () => readonly number[], row: OutboxRow): OutboxRow {
    const { store, onChange } = this.#options;
    for (const id of store.transaction(write)) {
      const changed = store.outbox.get(id);
      if (changed !== undefined) onChange(changed);
    }
    return store.outbox.get(row.id) ?? row;
  }
}

/** Those of the `younger` messages that can be told together with `row`, in the order of the promises. */
function mergeable(row: OutboxRow, younger: readonly OutboxRow[]): readonly OutboxRow[] {
  if (row.alert === undefined) return [];
  const waiting = younger.filter(({ state }) => state === "pending");
  const end = waiting.findIndex(({ alert, isUncertain }) => isUncertain || alert === undefined);
  return end < 0 ? waiting : waiting.slice(0, end);
}

function merged(alert: Alert | undefined, { alert: later }: OutboxRow): Alert | undefined {
  return alert === undefined || later === undefined ? alert : mergedAlert(alert, later);
}

function isOut({ state, isUncertain }: OutboxRow): boolean {
  return state !== "pending" || isUncertain;
}

function tells(
  row: OutboxRow,
  { alert, text }: { readonly alert: Alert | undefined; readonly text: string },
): boolean {
  if (row.alert === undefined || alert === undefined) return row.text === text;
  return tellsAll(row.alert, alert);
}
