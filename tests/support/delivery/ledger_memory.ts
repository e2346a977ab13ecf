/** The outbox reduced to its rows: attempts are made by hand, with every end that a real one can have. */

import type { AlertItem } from "../../../core/alerting/alert.ts";
import type { Delivery } from "../../../core/alerting/retry.ts";
import { Failover } from "../../../hub/delivery/failover.ts";
import { OutboxLedger } from "../../../hub/delivery/outbox_ledger.ts";
import type { Recipients } from "../../../hub/delivery/recipients.ts";
import type { OutboxRow } from "../../../hub/store/outbox/outbox_row.ts";
import type { HubMemory } from "../store/hub_memory.ts";

/** How an attempt ends. */
export const ENDS = [
  "accepted",
  "deferred",
  /** The provider says no, for good. */
  "refused",
  /** The provider took it, and says later that it never arrived. */
  "undelivered",
  /** The provider took it, and says later that the account was suspended. */
  "suspended",
  /** The hub is killed before the provider hears of it, ... */
  "killed_before",
  /** ... or when the provider has it already. */
  "killed_after",
] as const;
export type End = typeof ENDS[number];

/** What a recipient read, in this order. */
export interface Reading {
  readonly route: string;
  readonly channel: string;
  readonly text: string;
  readonly items: readonly AlertItem[];
  /** It is told once more, with what came of it: the account was suspended when it was taken. */
  readonly isRepeated: boolean;
}

const WHY = { why: "no" } as const;
const ACCEPTED: Delivery = { kind: "accepted", reference: "SM1" };
const DEFERRED: Delivery = { kind: "deferred", ...WHY, isUncertain: false };
const SEQUEL = { canCheck: true, isHasty: false, untilDownMs: Infinity } as const;

export class LedgerMemory {
  readonly readings: Reading[] = [];
  /** Channels whose provider takes no messages. */
  readonly down = new Set<string>();
  readonly #memory: HubMemory;
  readonly #ledger: OutboxLedger;
  /** Messages that the provider has though the hub does not know it. */
  readonly #taken = new Set<number>();
  readonly #undelivered: OutboxRow[] = [];
  readonly #suspended: OutboxRow[] = [];
  readonly #repeated = new Set<number>();

  constructor(memory: HubMemory, recipients: Recipients) {
    const { store, clock } = memory;
    const isDown = (channel: string) => this.down.has(channel);
    const failover = new Failover({ store, next: recipients.next, isDown });
    this.#memory = memory;
    this.#ledger = new OutboxLedger({ store, clock, failover, onChange: () => {} });
  }

  /** An attempt for everybody who waits, each with the end that is asked for by channel. */
  attempt(endOf: (channel: string) => End): void {
    for (const row of this.#memory.store.outbox.next()) this.#attempt(row, endOf(row.channel));
  }

  /** Providers say what became of the messages that never arrived. */
  confess(): void {
    for (const row of this.#undelivered.splice(0)) this.#ledger.passOn(row, WHY);
    for (const row of this.#suspended.splice(0)) {
      this.#repeated.add(row.id);
      this.#ledger.settle(row, DEFERRED, SEQUEL);
    }
  }

  #attempt(row: OutboxRow, end: End): void {
    const { outbox } = this.#memory.store;
    if (row.isUncertain) {
      outbox.beginAttempt(row.id);
      if (this.#taken.delete(row.id)) return this.#ledger.settle(row, ACCEPTED, SEQUEL);
    }
    const isDown = this.down.has(row.channel);
    if (isDown && this.#ledger.detour(row) !== undefined) {
      return this.#ledger.moveOn(this.#ledger.merge(row), WHY);
    }
    const begun = this.#ledger.begin(row);
    if (begun !== undefined) this.#end({ ...begun, isUncertain: false }, isDown ? "deferred" : end);
  }

  #end(row: OutboxRow, end: End): void {
    switch (end) {
      case "accepted":
        this.#read(row);
        return this.#ledger.settle(row, ACCEPTED, SEQUEL);
      case "deferred":
        return this.#ledger.settle(row, DEFERRED, SEQUEL);
      case "refused":
        return this.#ledger.settle(row, { kind: "refused", ...WHY }, SEQUEL);
      case "undelivered":
        this.#undelivered.push(row);
        return this.#ledger.settle(row, ACCEPTED, SEQUEL);
      case "suspended":
        this.#suspended.push(row);
        return this.#ledger.settle(row, ACCEPTED, SEQUEL);
      case "killed_before":
        return this.#memory.restart();
      case "killed_after":
        this.#read(row);
        this.#taken.add(row.id);
        return this.#memory.restart();
    }
  }

  #read({ id, route, channel, text, alert }: OutboxRow): void {
    if (alert === undefined) throw new Error(`a message without an alert: ${text}`);
    const { items: items } = alert;
    this.readings.push({ route, channel, text, items, isRepeated: this.#repeated.has(id) });
  }
}
