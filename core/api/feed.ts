/**
 * The views that the hub sends to a browser and returns from the API. The API's OpenAPI document
 * describes them for other programs. The schemas in `hub/http/schema/` must match these types.
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

/** One vital of a node: the reading and its level. */
export interface VitalView {
  /**
   * A number in the unit of the vital's kind (see `VITAL_KINDS`), a flag, or `null` when not
   * supported.
   */
  readonly value: number | boolean | null;
  readonly level: Level;
}

/** A warning about a node besides its state. */
export interface NodeWarning {
  /** Two machines use its id. */
  readonly kind: "duplicate_id";
  /** Their serial numbers, if they are known; none for guests. */
  readonly serials: readonly string[];
}

/** A node for the API and the page. Instants are RFC 3339 in UTC. */
export interface NodeView {
  readonly id: string;
  /** Its own name, or the name that its owner gave it. */
  readonly name: string;
  /** The name for people. It contains the id if the name is taken or unsafe: `John Snow (pi-7)`. */
  readonly display_name: string;
  readonly liveness: Liveness;
  readonly since: string;
  readonly session: string | null;
  readonly last_heartbeat_at: string | null;
  readonly vitals: Readonly<Record<string, VitalView>>;
  /**
   * Facts about the machine from its birth: model, os, kernel, architecture, addresses, version,
   * ...
   */
  readonly facts: Readonly<Record<string, string | number | readonly string[]>>;
  /** The warnings in English, for programs that show them. The page uses the codes. */
  readonly warnings: readonly string[];
  readonly warning_codes: readonly NodeWarning[];
  /** Its group in `[cluster] groups`. */
  readonly group: string | null;
  /** URLs by which a person reaches it, from its owner's configuration; none for guests. */
  readonly remote: readonly string[];
  /** A person has acknowledged what is wrong with it. */
  readonly acknowledged: boolean;
  /**
   * The end of its maintenance, during which nobody is notified about it. A past instant means
   * none.
   */
  readonly maintenance_until: string | null;
  /** It dies and comes back repeatedly. */
  readonly flapping: boolean;
  /** It is down, but its machine answers on the network, so only its agent is silent. */
  readonly agent_silent: boolean;
  /** The reason of its farewell, for a node that is stopped or did not come back; else `null`. */
  readonly farewell: FarewellReason | null;
  /** Its own report of a storage fault, and its begin; `null`: no fault is known. */
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
 * The subject of an incident: a death, a flapping node, an unexpected reboot, the hub's broker, a
 * provider, or the common cause of several deaths; or a fault of the hub's own network, of a living
 * node, or of the hub itself.
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
 * Why an incident began: a code, or an object if numbers and names belong to it. `other` is a text
 * of an earlier version; `hidden` replaces what guests must not see.
 */
export type IncidentReason =
  | CauseCode
  | Omit<ProviderCause, "why">
  | CommonDeaths
  | OtherCause
  | { readonly kind: "hidden" };

/** The time span in which something was wrong. */
export interface IncidentView {
  readonly id: number;
  readonly kind: IncidentKind;
  /** Empty if it concerns no node, or many. */
  readonly node: string;
  readonly name: string;
  readonly died_at: string;
  /**
   * The last sign of life before a death, from which durations count. `null` for other kinds, and
   * if none was heard.
   */
  readonly last_heard_at: string | null;
  readonly told_at: string | null;
  readonly recovered_at: string | null;
  /** When a person acknowledged it. */
  readonly acknowledged_at: string | null;
  /** The reason in English, for programs that show it. The page uses `reason`. */
  readonly cause: string;
  readonly reason: IncidentReason;
  /** How often a flapping node changed. */
  readonly changes: number;
  /** The incident of the common cause to which this one belongs. */
  readonly parent: number | null;
}

/** The state of a notification. */
export type DeliveryState =
  | "pending"
  /** The provider accepted it. */
  | "accepted"
  /** The provider reports that it reached the phone. */
  | "delivered"
  /** The provider refused it, or could not deliver it. */
  | "refused"
  /** The provider never reported whether it arrived. */
  | "expired"
  /** It was merged into an older message. */
  | "merged";

/** A notification to one recipient. */
export interface DeliveryView {
  readonly id: number;
  readonly incident_ids: readonly number[];
  readonly channel: string;
  readonly recipient: string;
  readonly text: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** In English, for programs that show it; the page makes its own of `failure`. */
  readonly last_error: string | null;
  readonly failure: ProviderFailure | null;
  readonly reference: string | null;
  readonly created_at: string;
}

/** What LEDs and buzzers do, and the present silences. Instants are RFC 3339; no node means all. */
export interface AlarmView {
  /** Ids of the Pis whose trackers are heard, sorted. Without a tracker no LED shows anything. */
  readonly trackers: readonly string[];
  /**
   * The indication of a tracker with the hub's view. Each tracker has its own holds and quiet
   * hours.
   */
  readonly shows: IndicationKind;
  readonly silences: readonly {
    readonly node: string | null;
    readonly since: string;
    readonly until: string;
    /**
     * The node whose button was pressed, by its own account; absent if the silence came from the
     * hub's user.
     */
    readonly pressed_at?: string;
  }[];
  readonly maintenance: readonly { readonly node: string | null; readonly until: string }[];
}

/** A client that is refused. Instants are RFC 3339. */
export interface RefusalView {
  readonly reason: RefusalReason;
  /**
   * An IPv4 address, an IPv6 network such as `2001:db8:1:2::/64`, or the node whose credential was
   * used. `null`: the sum of many clients, none of which is refused often.
   */
  readonly from: string | null;
  readonly count: number;
  readonly since: string;
  readonly last: string;
}

/** The maximum number of refused clients that are shown. */
export const REFUSED_MAX = 20;

/**
 * Everything that a page shows. Incidents and deliveries are newest first, at most `FEED_ROWS_MAX`.
 */
export interface ClusterView {
  readonly seq: number;
  /** The hub's wall-clock time of sending, for ages that do not depend on the browser's clock. */
  readonly at: string;
  /** The zone of the times that the hub writes, by its name in the IANA database. */
  readonly time_zone: string;
  /** Set when the hub cannot trust its own view: since when, and why: as a code, and as a sentence. */
  readonly blind:
    | { readonly since: string; readonly code: Blindness; readonly reason: string }
    | null;
  /** Without silences for a viewer who is not logged in. */
  readonly alarm: AlarmView;
  /** Whether anybody is notified when a Pi dies. */
  readonly notification: NotificationView;
  /**
   * Clients that were refused repeatedly within the last minutes, most often first; none for
   * guests.
   */
  readonly refused: readonly RefusalView[];
  readonly nodes: readonly NodeView[];
  readonly incidents: readonly IncidentView[];
  readonly deliveries: readonly DeliveryView[];
  /** Set when the viewer is not logged in. Such a viewer gets no deliveries. */
  readonly guest?: boolean;
}

export interface Snapshot extends ClusterView {
  readonly kind: "snapshot";
}

/** The differences to the previous message. An absent key means no change. */
export interface Change {
  readonly kind: "change";
  readonly seq: number;
  readonly at: string;
  readonly blind?: ClusterView["blind"];
  readonly alarm?: AlarmView;
  readonly notification?: NotificationView;
  readonly refused?: readonly RefusalView[];
  /** New and changed nodes, complete. */
  readonly nodes?: readonly NodeView[];
  /** Ids of nodes that are no longer watched. */
  readonly removed?: readonly string[];
  /** The last heartbeats of otherwise unchanged nodes: id to RFC 3339 instant. */
  readonly heard?: Readonly<Record<string, string>>;
  readonly incidents?: readonly IncidentView[];
  readonly deliveries?: readonly DeliveryView[];
}

export type FeedMessage = Snapshot | Change;

/** The number of history rows in a snapshot and on a page. */
export const FEED_ROWS_MAX = 100;
