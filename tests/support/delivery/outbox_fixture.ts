/** What the stories of the outbox share: a database on disk, Twilio's double, and people to tell. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { type Alert, type AlertItem, subjectKey } from "../../../core/alerting/alert.ts";
import { Outbox } from "../../../hub/delivery/outbox.ts";
import type { ProviderHealthReport } from "../../../hub/delivery/provider_health.ts";
import type { RouteTarget } from "../../../hub/delivery/recipients.ts";
import { WallClock } from "../../../hub/host/wall_clock.ts";
import type { Channel } from "../../../hub/notify/channel/channel.ts";
import { TwilioChannel } from "../../../hub/notify/twilio/twilio_channel.ts";
import type { OutboxRow } from "../../../hub/store/outbox/outbox_row.ts";
import { Store } from "../../../hub/store/store.ts";
import { TemporaryFolder } from "../program/temporary_folder.ts";
import { FastClock } from "../time/fast_clock.ts";
import { bootOf } from "../time/hand_clock.ts";
import { until, within } from "../time/until.ts";
import { scaled } from "../time/patience.ts";
import { TwilioDouble } from "./twilio_double.ts";

export const TO = "+4915112345678";
export const OTHER = "+4915187654321";
/** The route of whoever has no other. */
const ROUTE = "people";
export const SECOND_MS = 1000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
/** How long the channel waits for an answer, in the world's time: no busy machine takes longer. */
const TIMEOUT_MS = scaled(10_000);
/** The same for stories of servers that hang. */
export const HANG_MS = scaled(150);

/** An answer that is on its way is read within this time of the world. */
const ANSWERED_MS = 20;

export interface RunOptions {
  /** Twilio's, unless others are named. */
  readonly channels?: readonly Channel[];
  readonly timeoutMs?: number;
  /** The channel that takes turns with Twilio's on every route. */
  readonly second?: Target;
  /** How long Twilio's quiet hours still last, in ms. */
  readonly quietForMs?: () => number;
  readonly onProvider?: (report: ProviderHealthReport) => void;
  /** How long a provider takes no message until it counts as down; a minute, unless it is named. */
  readonly downAfterMs?: number;
}

/** A channel and its people; without a word of them it has no quiet hours. */
export type Target = Omit<RouteTarget, "quietForMs"> & Partial<Pick<RouteTarget, "quietForMs">>;

interface Address {
  readonly recipient?: string;
  readonly channel?: string;
  readonly route?: string;
  /** When it was decided, in calendar time; now, unless it is named. */
  readonly atMs?: number;
}

/** An outbox that can be restarted. */
export class OutboxFixture implements AsyncDisposable {
  readonly clock = new FastClock();
  readonly double = new TwilioDouble();
  /** Rows as they were told to change, with the wait until they are due again. */
  readonly changes: (OutboxRow & { readonly waitMs: number })[] = [];
  readonly providerReports: ProviderHealthReport[] = [];
  readonly #folder = new TemporaryFolder();
  #store = this.#open();
  #stop = new AbortController();
  #running: Promise<void> | undefined;
  /** By alert, the ids of its items. */
  readonly #decided = new Map<string, readonly number[]>();

  get store(): Store {
    return this.#store;
  }

  wallMs(): number {
    return this.clock.wallMs(this.clock.nowMs());
  }

  /** Promises a text of its own about an incident of its own; answers its id. */
  promise(recipient: string, text: string, channel = "twilio"): number {
    const node = text.toLowerCase().replace(/[^a-z]+/g, "-");
    return this.#add({ recipient, channel }, { nodes: [node], text, alert: undefined });
  }

  /** Promises an alert; answers its id. What is told alike at one instant was decided once for all. */
  tell(items: readonly AlertItem[], address: Address = {}): number {
    const { route = ROUTE, channel = "twilio", atMs = this.wallMs() } = address;
    const alert: Alert = { kind: "alert", route, channel, items, common: undefined, atMs };
    const nodes = items.flatMap((item) => "node" in item ? item.node : []);
    return this.#add({ ...address, atMs }, { nodes, text: "", alert });
  }

  /** A death of now. */
  down(name: string): Extract<AlertItem, { readonly kind: "down" }> {
    const diedAtMs = this.wallMs();
    const lastHeardMs = diedAtMs - 5 * SECOND_MS;
    const node = name.toLowerCase().replace(/[^a-z]+/g, "-");
    return { kind: "down", node, name, diedAtMs, lastHeardMs, cause: "silence" };
  }

  /** The end, now, of a death that people were promised to hear of. */
  recovered(
    { node, name, diedAtMs, lastHeardMs }: Extract<AlertItem, { readonly kind: "down" }>,
  ): Extract<AlertItem, { readonly kind: "recovered" }> {
    const recoveredAtMs = this.wallMs();
    const end = { recoveredAtMs, now: "alive", rebooted: false, wasTold: true } as const;
    return { kind: "recovered", node, name, diedAtMs, lastHeardMs, ...end };
  }

  /** The message as the database has it. */
  row(id: number): OutboxRow {
    const row = this.#store.outbox.get(id);
    assert.ok(row, `there is no message ${id}`);
    return row;
  }

  /** All messages by a channel, the oldest first. */
  rowsBy(channel: string): readonly OutboxRow[] {
    return this.#store.outbox.newest(100).filter((row) => row.channel === channel).toReversed();
  }

  run({ timeoutMs = TIMEOUT_MS, channels, second, onProvider, ...rest }: RunOptions = {}): Outbox {
    const awake = () => 0;
    const first = { channel: "twilio", recipients: [TO], quietForMs: rest.quietForMs ?? awake };
    const { clock } = this;
    const outbox = new Outbox({
      store: this.#store,
      channels: channels ?? [this.twilio(timeoutMs)],
      wallClock: new WallClock({ clock, boot: bootOf(clock), store: this.#store }),
      downAfterMs: rest.downAfterMs ?? MINUTE_MS,
      next: (_route, channel) =>
        second && (channel === "twilio" ? { quietForMs: awake, ...second } : first),
      onProviderHealth: (report) => {
        this.providerReports.push(report);
        onProvider?.(report);
      },
      onChange: (row) => this.changes.push({ ...row, waitMs: row.dueAtMs - this.wallMs() }),
    });
    this.#stop = new AbortController();
    this.#running = outbox.run(this.#stop.signal);
    return outbox;
  }

  twilio(timeoutMs: number = TIMEOUT_MS): Channel {
    const { accountSid, authToken, url: apiUrl } = this.double;
    const sender = { kind: "number", from: "+15005550006" } as const;
    return new TwilioChannel({ accountSid, authToken, sender, apiUrl, timeoutMs });
  }

  /** Ends the outbox and closes the database, as a hub that stops; opens it again, as the next one. */
  async restart(): Promise<void> {
    await this.#end();
    this.#store = this.#open();
  }

  async untilState(id: number, state: OutboxRow["state"]): Promise<OutboxRow> {
    return await until(`message ${id} to be ${state}`, () => {
      const row = this.row(id);
      return row.state === state && row;
    });
  }

  /** Waits in the outbox's own time. */
  async untilPassed(ms: number): Promise<void> {
    const endMs = this.clock.nowMs() + ms;
    await until(`${ms / SECOND_MS} s to pass`, () => this.clock.nowMs() >= endMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
    await this.double[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }

  #add(
    { recipient = TO, channel = "twilio", route = ROUTE, atMs = this.wallMs() }: Address,
    { nodes, text, alert }: {
      readonly nodes: readonly string[];
      readonly text: string;
      readonly alert: Alert | undefined;
    },
  ): number {
    return this.#store.transaction(() => {
      const incidentIds = nodes.map((node) => this.#incident(node, atMs));
      const items = alert === undefined ? [] : this.#decide(alert);
      return this.#store.outbox.add({ route, channel, recipient, text, items, incidentIds, atMs });
    });
  }

  #decide(alert: Alert): readonly number[] {
    const key = JSON.stringify([alert.route, alert.atMs, alert.items]);
    const items = this.#decided.get(key) ?? this.#store.items.add(alert);
    this.#decided.set(key, items);
    return items;
  }

  #incident(node: string, diedAtMs: number): number {
    const kind = "node";
    const subject = subjectKey({ kind, node });
    const name = node;
    return this.#store.incidents.open({ kind, subject, node, name, cause: "silence", diedAtMs });
  }

  async #end(): Promise<void> {
    if (this.#running !== undefined) {
      // An answer that comes at the very moment at which its request is aborted leaks in this Deno.
      this.double.silence(true);
      await new Promise((resolve) => setTimeout(resolve, ANSWERED_MS));
      this.#stop.abort();
      await within("the outbox to end", this.#running);
      this.double.silence(false);
      this.#running = undefined;
    }
    this.#store[Symbol.dispose]();
  }

  #open(): Store {
    return new Store(join(this.#folder.path, "hub.db"));
  }
}
