/**
 * The messages that the hub sends to a browser. The API's OpenAPI document describes them for other
 * programs. The schemas in `hub/http/schema/` must match these types.
 */

import type { NotificationView } from "../alerting/notification.ts";
import type { Blindness } from "../detection/blindness.ts";
import type { AlarmView } from "./alarm_view.ts";
import type { BrokerView } from "./broker_view.ts";
import type { DeliveryView } from "./delivery_view.ts";
import type { IncidentView } from "./incident_view.ts";
import type { JoinView } from "./join_view.ts";
import type { NodePatch } from "./node_patch.ts";
import type { NodeView } from "./node_view.ts";
import type { RefusalView } from "./refusal_view.ts";
import type { WatchdogView } from "./watchdog_view.ts";

export type { Blindness };

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
  /** Lines for new Pis, newest first. Absent: there are none, or the viewer is a guest. */
  readonly joins?: readonly JoinView[];
  /** Absent: no watcher outside is configured, or the viewer is a guest. */
  readonly watchdog?: WatchdogView;
  /** Absent: the hub listens to one broker, or the viewer is a guest. */
  readonly brokers?: readonly BrokerView[];
  readonly nodes: readonly NodeView[];
  readonly incidents: readonly IncidentView[];
  readonly deliveries: readonly DeliveryView[];
  /** Set when the viewer is not logged in. Such a viewer gets no deliveries. */
  readonly guest?: boolean;
  /**
   * Only in the short form: ids of nodes that are heard as often as they should. The last heartbeat
   * of such a node is as old as the view (`at`), give or take 2.5 s; `last_heartbeat_at` is older.
   */
  readonly steady?: readonly string[];
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
  readonly joins?: readonly JoinView[];
  readonly watchdog?: WatchdogView;
  readonly brokers?: readonly BrokerView[];
  /** New and changed nodes, complete. */
  readonly nodes?: readonly NodeView[];
  /** Ids of nodes that are no longer watched. */
  readonly removed?: readonly string[];
  /** The last heartbeats of otherwise unchanged nodes: id to RFC 3339 instant. */
  readonly heard?: Readonly<Record<string, string>>;
  readonly incidents?: readonly IncidentView[];
  readonly deliveries?: readonly DeliveryView[];
  /** Only in the short form: of known nodes what has changed, by id. */
  readonly patches?: Readonly<Record<string, NodePatch>>;
  /** Only in the short form: ids of nodes that are steady from now on; see `ClusterView.steady`. */
  readonly steady?: readonly string[];
  /**
   * Only in the short form, in place of `heard`: how long before `at` the last heartbeat came, in
   * milliseconds, by id. Such a node is not steady, and neither is one whose view or patch has a
   * `last_heartbeat_at`.
   */
  readonly ages?: Readonly<Record<string, number>>;
}

export type FeedMessage = Snapshot | Change;

/** The number of history rows in a snapshot and on a page. */
export const FEED_ROWS_MAX = 100;
