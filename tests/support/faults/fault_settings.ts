/** What a row of the fault matrix asks of its stage. */

import { smsBy } from "../alerting/told.ts";
import type { TwilioDouble } from "../delivery/twilio_double.ts";
import type { WebhookDouble } from "../delivery/webhook_double.ts";
import type { Machine } from "../network/network.ts";
import { type Sections, withSections } from "../program/programs.ts";

/** Short waits before a message; the detector keeps its defaults. */
const ALERTS: Sections = { alerts: { hold: "3s", group: "1s", blind_after: "10s" } };

/** What people were told: by SMS, or by the second channel. */
export type Channel = "told" | "posted";

export interface StageSettings {
  /** `remote`: Mosquitto on a machine of its own, whose cable can be pulled. */
  readonly broker?: "Mosquitto" | "remote" | "embedded";
  /** Sections of the hub's configuration. */
  readonly hub?: Sections;
  /** The hub has a webhook as its second channel. */
  readonly webhook?: boolean;
  /** The hub goes by a calendar that the row sets. */
  readonly ownCalendar?: boolean;
  /** The hub's state lies on a small disk that the row fills. */
  readonly ownDisk?: boolean;
}

/** Where a Pi's program runs. */
export interface Place {
  readonly machine?: Machine;
  /** A command that becomes the program; on the machine, if there is one. */
  readonly through?: readonly string[];
  /** By which it finds the broker; left out: by the address. */
  readonly brokerName?: string;
}

/** What a stage has that its hub must know of. */
export interface Surroundings {
  readonly phone: TwilioDouble;
  readonly webhook: WebhookDouble | undefined;
  /** Where the broker listens; the embedded one does so on every address. */
  readonly broker: { readonly isOwn: boolean; readonly address: string; readonly port: number };
}

/** The hub's configuration, with the row's own sections over all others. */
export function hubConfigOf({ phone, webhook, broker }: Surroundings, wanted: Sections): Sections {
  const { isOwn, address, port } = broker;
  const mqtt = isOwn
    ? { hub: { broker_listen: `0.0.0.0:${port}` } }
    : { hub: { broker: "none" }, mqtt: { url: `mqtt://${address}:${port}` } };
  const second: Sections = webhook === undefined ? {} : { webhook: { url: webhook.url } };
  return [smsBy(phone), second, mqtt, wanted].reduce(withSections, ALERTS);
}

/** `John Snow` is `john-snow`. */
export function idOf(name: string): string {
  return name.toLowerCase().replaceAll(" ", "-");
}
