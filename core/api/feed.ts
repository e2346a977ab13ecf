/**
 * What the hub tells a browser, and how a page applies it. The API answers in the same shapes, which its
 * OpenAPI document tells to other programs: the schemas in `hub/http/schema/` are held to these types.
 */

import type { IndicationKind } from "../alarm/indication.ts";
import type { CauseCode, CommonDeaths, OtherCause, ProviderCause } from "../alerting/cause.ts";
import type { NotificationView } from "../alerting/notification.ts";
import type { ProviderFailure, ProviderFailureCode } from "../alerting/provider_failure.ts";
import type { Blindness } from "../detection/blindness.ts";
import type { Liveness } from "../detection/liveness.ts";
import type { RefusalReason } from "../limits/refusal_report.ts";
import type { StorageFault } from "../protocol/storage.ts";
import type { Level } from "../protocol/vitals.ts";
import type { FarewellReason } from "../protocol/wire.ts";

/** One measurement of a node: what it read, and how bad that is. */
export interface VitalView {
  /** A number in the unit of the vital's kind (see `VITAL_KINDS`), a flag, or `null` when not supported. */
  readonly value: number | boolean | null;
  readonly level: Level;
}

/** What a person should know about a node beside its state. */
export interface NodeWarning {
  /** Two machines claim its id. */
  readonly kind: "duplicate_id";
  /** Their serial numbers, as far as they are known; none for guests. */
  readonly serials: readonly string[];
}

/** A node as the API and the page know it. Instants are RFC 3339 in UTC. */
export interface NodeView {
  readonly id: string;
  /** What it calls itself, or what its owner calls it. */
  readonly name: string;
  /** The name for people: the id stands beside one that is taken or unsafe, `John Snow (pi-7)`. */
  readonly display_name: string;
  readonly liveness: Liveness;
  readonly since: string;
  readonly session: string | null;
  readonly last_heartbeat_at: string | null;
  readonly vitals: Readonly<Record<string, VitalView>>;
  /** Facts of the machine from its birth: model, os, kernel, architecture, addresses, version, ... */
  readonly facts: Readonly<Record<string, string | number | readonly string[]>>;
  /** The warnings in English, for programs that show them; the page makes its own of the codes. */
  readonly warnings: readonly string[];
  readonly warning_codes: readonly NodeWarning[];
  /** The group of `[cluster] groups` that it belongs to. */
  readonly group: string | null;
  /** URLs by which a person reaches it, as its owner configured them; none for guests. */
  readonly remote: readonly string[];
  /** Somebody said that he takes care of what is wrong with it. */
  readonly acknowledged: boolean;
  /** Until when nobody is told of it; over when that is past. */
  readonly maintenance_until: string | null;
  /** It dies and comes back again and again. */
  readonly flapping: boolean;
  /** It is down, but its machine answers on the network: only its agent is silent. */
  readonly agent_silent: boolean;
  /** Why it said farewell, of a node that is stopped or did not come back; else `null`. */
  readonly farewell: FarewellReason | null;
  /** What is wrong with its storage, by its own word, since when; `null`: nothing that is known. */
  readonly storage: { readonly fault: StorageFault; readonly since: string } | null;
}

export type {
  Blindness,
  CauseCode,
  ProviderFailure,
  ProviderFailureCode,
  RefusalReason,
  StorageFault,
};

export type FaultKind = "network" | "vital" | "hub";

/**
 * What an incident is about: a death, a node that flaps, an unexpected reboot, the hub's broker, a
 * provider of messages, or what several deaths have in common; or a fault of the hub's own network, of a
 * node that lives, or of the hub itself.
 */
export type IncidentKind =
  | "node"
  | "flapping"
  | "reboot"
  | "broker"
  | "uplink"
  | "common"
  | FaultKind;

/**
 * Why an incident began: a code, or an object where numbers and names belong to it. `other` is what an
 * earlier version wrote; `hidden` is kept from guests.
 */
export type IncidentReason =
  | CauseCode
  | Omit<ProviderCause, "why">
  | CommonDeaths
  | OtherCause
  | { readonly kind: "hidden" };

/** From when to when something was wrong. */
export interface IncidentView {
  readonly id: number;
  readonly kind: IncidentKind;
  /** Empty where it concerns none, or many. */
  readonly node: string;
  readonly name: string;
  readonly died_at: string;
  /** The last sign of life before a death: lengths count from it. `null` for others, and where none was heard. */
  readonly last_heard_at: string | null;
  readonly told_at: string | null;
  readonly recovered_at: string | null;
  /** When somebody said that he takes care of it. */
  readonly acknowledged_at: string | null;
  /** The reason in English, for programs that show it; the page makes its own of `reason`. */
  readonly cause: string;
  readonly reason: IncidentReason;
  /** How often a flapping node changed. */
  readonly changes: number;
  /** The incident of the common cause that this one is a part of. */
  readonly parent: number | null;
}

/** What became of a promised message. */
export type DeliveryState =
  | "pending"
  /** The provider took it. */
  | "accepted"
  /** It reached the phone, says the provider. */
  | "delivered"
  /** The provider took it not, or could not deliver it. */
  | "refused"
  /** The provider never said whether it arrived. */
  | "expired"
  /** It waited, and was told together with an older message. */
  | "merged";

/** A promised message to one recipient. */
export interface DeliveryView {
  readonly id: number;
  readonly incident_ids: readonly number[];
  readonly channel: string;
  readonly recipient: string;
  readonly text: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly reference: string | null;
  readonly created_at: string;
}

/** What LEDs and buzzers do, and what keeps buzzers quiet. Instants are RFC 3339; no node means all. */
export interface AlarmView {
  /** Ids of the Pis whose trackers are heard, sorted: where there is none, no LED shows anything. */
  readonly trackers: readonly string[];
  /** What a tracker shows that sees what the hub sees; each has holds and hours of quiet of its own. */
  readonly shows: IndicationKind;
  readonly silences: readonly {
    readonly node: string | null;
    readonly since: string;
    readonly until: string;
    /** The node whose button was pressed, as the press says; left out where a person asked the hub. */
    readonly pressed_at?: string;
  }[];
  readonly maintenance: readonly { readonly node: string | null; readonly until: string }[];
}

/** Somebody who is refused something. Instants are RFC 3339. */
export interface RefusalView {
  readonly reason: RefusalReason;
  /**
   * An IPv4 address, an IPv6 network as `2001:db8:1:2::/64`, or the node whose credential was used.
   * `null`: many together, none of whom is refused often.
   */
  readonly from: string | null;
  readonly count: number;
  readonly since: string;
  readonly last: string;
}

/** Of those who are refused so many are shown. */
export const REFUSED_MAX = 20;

/** Everything that a page shows. Incidents and deliveries are newest first, at most `FEED_ROWS_MAX`. */
export interface ClusterView {
  readonly seq: number;
  /** The hub's calendar time when it sent this, for ages that do not trust the browser's clock. */
  readonly at: string;
  /** The zone in which the hub tells times, by its name in the IANA database. */
  readonly time_zone: string;
  /** The hub cannot trust its own view: since when, and why, by its code and in English. */
  readonly blind:
    | { readonly since: string; readonly code: Blindness; readonly reason: string }
    | null;
  /** A viewer who is not logged in is told of no silence. */
  readonly alarm: AlarmView;
  /** Whether anybody is told when a Pi dies. */
  readonly notification: NotificationView;
  /** Who was refused again and again within the last minutes, most often first; none for guests. */
  readonly refused: readonly RefusalView[];
  readonly nodes: readonly NodeView[];
  readonly incidents: readonly IncidentView[];
  readonly deliveries: readonly DeliveryView[];
  /** The viewer is not logged in: deliveries are kept from him. Absent for whoever is. */
  readonly guest?: boolean;
}

export interface Snapshot extends ClusterView {
  readonly kind: "snapshot";
}

/** What is different since the message before. An absent key means that nothing changed there. */
export interface Change {
  readonly kind: "change";
  readonly seq: number;
  readonly at: string;
  readonly blind?: ClusterView["blind"];
  readonly alarm?: AlarmView;
  readonly notification?: NotificationView;
  readonly refused?: readonly RefusalView[];
  /** Nodes that are new or changed, whole. */
  readonly nodes?: readonly NodeView[];
  /** Ids of nodes that are no longer watched. */
  readonly removed?: readonly string[];
  /** Last heartbeat of nodes of which nothing else changed: id to RFC 3339 instant. */
  readonly heard?: Readonly<Record<string, string>>;
  readonly incidents?: readonly IncidentView[];
  readonly deliveries?: readonly DeliveryView[];
}

export type FeedMessage = Snapshot | Change;

/** Rows of history that a snapshot carries and a page keeps. */
export const FEED_ROWS_MAX = 100;

/**
 * The view after a message, or `undefined` when a message is missing in between: connect anew, for
 * the hub then sends a snapshot.
 */
export function applyFeed(
  view: ClusterView | undefined,
  message: FeedMessage,
): ClusterView | undefined {
  if (message.kind === "snapshot") {
    const { kind: _, ...rest } = message;
    return rest;
  }
  if (view === undefined || message.seq !== view.seq + 1) return undefined;
  return {
    seq: message.seq,
    at: message.at,
    time_zone: view.time_zone,
    blind: message.blind === undefined ? view.blind : message.blind,
    alarm: message.alarm ?? view.alarm,
    notification: message.notification ?? view.notification,
    refused: message.refused ?? view.refused,
    nodes: applyNodes(view.nodes, message),
    incidents: applyRows(view.incidents, message.incidents),
    deliveries: applyRows(view.deliveries, message.deliveries),
    ...(view.guest === undefined ? {} : { guest: view.guest }),
  };
}

function applyNodes(before: readonly NodeView[], change: Change): readonly NodeView[] {
  if (!change.nodes && !change.removed && !change.heard) return before;
  const nodes = new Map(before.map((node) => [node.id, node]));
  for (const id of change.removed ?? []) nodes.delete(id);
  for (const [id, at] of Object.entries(change.heard ?? {})) {
    const node = nodes.get(id);
    if (node) nodes.set(id, { ...node, last_heartbeat_at: at });
  }
  for (const node of change.nodes ?? []) nodes.set(node.id, node);
  return [...nodes.values()];
}

function applyRows<Row extends { readonly id: number }>(
  before: readonly Row[],
  changed: readonly Row[] | undefined,
): readonly Row[] {
  if (!changed) return before;
  const rows = new Map(before.map((row) => [row.id, row]));
  for (const row of changed) rows.set(row.id, row);
  return [...rows.values()].sort((a, b) => b.id - a.id).slice(0, FEED_ROWS_MAX);
}
