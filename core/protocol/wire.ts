/** The messages of the wire: their types and limits. */

import { graphemesOf } from "../text/plain_text.ts";
import type { HubView } from "./hub_view.ts";
import type { StorageState } from "./storage.ts";
import type { UpdateReport } from "./update_report.ts";
import type { Vitals } from "./vitals.ts";
import type { Ways } from "./ways.ts";

/** The longest payload that is read, in UTF-16 units of its text; 8 KiB by contract. */
export const PAYLOAD_MAX = 8192;
/** The longest name of a node, in characters as people count them. */
export const NAME_MAX = 64;
/**
 * The same in UTF-16 units. A family emoji has 11 of them, and one character can have any number of
 * accents.
 */
const NAME_UNITS_MAX = 1024;

/** Whether a node's name is short enough. */
export function isNameLength(name: string): boolean {
  return name.length <= NAME_UNITS_MAX && graphemesOf(name).length <= NAME_MAX;
}

/** The number of nodes in one message about buzzers, so that it stays below `PAYLOAD_MAX`. */
export const QUIET_NODES_MAX = 50;
/** A hub refuses further nodes, because memory is finite and anybody can invent ids. */
export const NODES_MAX = 20_000;
/** The same for a tracker that hears all nodes: its unit has less memory. */
export const TRACKER_NODES_MAX = 5_000;

/** A node's id is one topic level, an MQTT user name, and a part of a URL. */
export const NODE_ID_PATTERN = /^[a-z0-9-]{1,63}$/;

/**
 * Facts about the machine in a birth: model, os, kernel, architecture, addresses, serial, boot_id,
 * ...
 */
export type Facts = Readonly<Record<string, string | number | readonly string[]>>;

export interface Birth {
  readonly kind: "birth";
  readonly session: string;
  readonly name: string | undefined;
  readonly everyMs: number;
  readonly reconnectMs: number;
  readonly facts: Facts;
}

export interface LastWill {
  readonly kind: "last_will";
  readonly session: string;
}

/** The reasons of a farewell. After `restart` and `reboot` the node intends to return. */
export const FAREWELL_REASONS = ["stop", "restart", "reboot", "poweroff"] as const;

/** `unknown`: the node could not find its reason, or only later versions know it. */
export type FarewellReason = typeof FAREWELL_REASONS[number] | "unknown";

export interface Farewell {
  readonly kind: "farewell";
  readonly session: string;
  readonly reason: FarewellReason;
}

export interface Heartbeat {
  readonly kind: "heartbeat";
  readonly session: string;
  readonly seq: number;
  readonly everyMs: number;
  /** Milliseconds on the sender's monotonic clock since the session began. */
  readonly upMs: number;
  /** The state of the machine's storage; absent if the sender does not know or check it. */
  readonly storage?: StorageState;
  /** As in a birth. A sender with one connection for one topic repeats it now and then. */
  readonly name?: string;
  /** From a sender that has no connection for vitals of their own. */
  readonly vitals?: Vitals;
}

export interface VitalsReport {
  readonly kind: "vitals";
  readonly session: string;
  readonly vitals: Vitals;
  /** How a person reaches the machine; absent if the agent does not say. */
  readonly ways?: Ways;
  /** What it says about upgrades; absent if it takes none from its hub. */
  readonly update?: UpdateReport;
}

/** A message from a node about itself. */
export type NodeMessage = Birth | LastWill | Farewell | Heartbeat | VitalsReport;

/** A message about a node, as an observer receives it. */
export interface Evidence {
  readonly kind: "evidence";
  readonly node: string;
  readonly message: NodeMessage;
  /**
   * The broker stored it earlier. It proves that a node exists, but not that it is alive or dead.
   */
  readonly retained: boolean;
}

/** An echo: an observer's own message that came back through the broker. */
export interface Echo {
  readonly kind: "echo";
  /** The node that owns the topic; `undefined`: the hub. */
  readonly node: string | undefined;
  readonly observer: string;
  readonly seq: number;
  /** In the hub's echoes: the number of its latest view, see `HubView`. */
  readonly view?: number;
}

/**
 * A node's retained status was deleted, as the hub does when a node is revoked. The node no longer
 * exists.
 */
export interface Forgotten {
  readonly kind: "forgotten";
  readonly node: string;
}

/** How long the buzzers are silent about one node. Wall-clock time, as in the whole message. */
export interface NodeSilence {
  readonly untilMs: number;
  readonly sinceMs: number | undefined;
}

/**
 * Which buzzers must be silent, from the hub or from a button. Instants are the sender's wall-clock
 * time in ms since 1970. LEDs are not affected.
 */
export interface AlarmSilence {
  /**
   * The node whose button was pressed, as the sender claims; `undefined` from the hub and older
   * trackers.
   */
  readonly node: string | undefined;
  /** When it was sent. */
  readonly atMs: number | undefined;
  /** Until then the nodes that were dead at `sinceMs` are silent. Later deaths sound. */
  readonly silencedUntilMs: number | undefined;
  readonly sinceMs: number | undefined;
  /** Accepted from the hub only; `undefined` from a button. */
  readonly planned: PlannedSilence | undefined;
}

export interface PlannedSilence {
  /** Until then no node sounds, because the whole cluster is in maintenance. */
  readonly maintenanceUntilMs: number | undefined;
  /** By node: until then it does not sound, no matter when it died. */
  readonly nodes: ReadonlyMap<string, NodeSilence>;
  /** Acknowledged dead nodes. They do not sound until they are alive again. */
  readonly acknowledged: ReadonlySet<string>;
}

/**
 * The origin of an `AlarmSilence`. `hub`: on the topic that only the hub may write. `press`: on the
 * topic that every node may write. `copy`: on the same topic, marked as the hub's repetition for
 * trackers that know no other topic.
 */
export type AlarmSource = "hub" | "press" | "copy";

/** An `AlarmSilence` as an observer receives it. */
export interface AlarmMessage extends AlarmSilence {
  readonly kind: "alarm";
  readonly source: AlarmSource;
  /** The broker stored it earlier. */
  readonly retained: boolean;
}

/** The status of the hub, from itself or, as its last will, from the broker. */
export interface HubStatus {
  readonly kind: "hub_status";
  /** `undefined`: its retained status was deleted, so there is no hub any more. */
  readonly message: Birth | LastWill | Farewell | undefined;
  /** The broker stored it earlier. */
  readonly retained: boolean;
}

/** A person at the hub tests the alarm of one node. */
export interface AlarmTest {
  readonly kind: "alarm_test";
  readonly node: string;
  readonly retained: boolean;
}

/** A topic that observers do not read, e.g. the hub's own verdicts. */
export interface Ignored {
  readonly kind: "ignored";
}

/** All messages below the topic root for an observer. */
export type WireMessage =
  | Evidence
  | Echo
  | Forgotten
  | HubStatus
  | HubView
  | AlarmMessage
  | AlarmTest
  | Ignored;
