/** Nodes, incidents and deliveries in the feed's format, for tests of the page's own logic. */

import type { NotificationView } from "../../../core/alerting/notification.ts";
import type { AlarmView } from "../../../core/api/alarm_view.ts";
import type { DeliveryView } from "../../../core/api/delivery_view.ts";
import type { ClusterView } from "../../../core/api/feed.ts";
import type { IncidentView } from "../../../core/api/incident_view.ts";
import type { NodeView } from "../../../core/api/node_view.ts";
import type { Liveness } from "../../../core/detection/liveness.ts";

export const AT = "2026-03-01T13:02:11.000Z";

/** `node("John Snow", "dead")` has the id `john-snow`. */
export function node(
  name: string,
  liveness: Liveness = "alive",
  other: Partial<NodeView> = {},
): NodeView {
  return {
    id: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-"),
    name,
    display_name: other.name ?? name,
    liveness,
    since: AT,
    session: "s",
    last_heartbeat_at: AT,
    vitals: {},
    facts: {},
    warnings: [],
    warning_codes: [],
    group: null,
    remote: [],
    remote_names: [],
    ways: {},
    version: null,
    outdated: false,
    upgrade: null,
    acknowledged: false,
    maintenance_until: null,
    flapping: false,
    agent_silent: false,
    farewell: null,
    storage: null,
    ...other,
  };
}

/** Returns `count` nodes with this liveness. */
export function nodes(count: number, liveness: Liveness): readonly NodeView[] {
  return Array.from({ length: count }, (_, index) => node(`${liveness} ${index + 1}`, liveness));
}

/** No LED blinks, and nothing is silenced. */
export const WELL: AlarmView = {
  trackers: ["arya"],
  shows: "all_well",
  silences: [],
  maintenance: [],
};

/** Notifications work. */
export const NOTIFYING: NotificationView = {
  state: "works",
  channels: [{ name: "twilio", state: "works" }],
};

export function view(
  of: readonly NodeView[],
  other: Partial<ClusterView> = {},
): ClusterView {
  return {
    seq: 1,
    at: AT,
    time_zone: "Europe/Berlin",
    blind: null,
    alarm: WELL,
    notification: NOTIFYING,
    refused: [],
    nodes: of,
    incidents: [],
    deliveries: [],
    ...other,
  };
}

export function incident(id: number, other: Partial<IncidentView> = {}): IncidentView {
  return {
    id,
    kind: "node",
    node: "john-snow",
    name: "John Snow",
    died_at: AT,
    last_heard_at: null,
    told_at: null,
    recovered_at: null,
    acknowledged_at: null,
    cause: "silence",
    reason: "silence",
    changes: 0,
    parent: null,
    ...other,
  };
}

export function delivery(id: number, other: Partial<DeliveryView> = {}): DeliveryView {
  return {
    id,
    incident_ids: [1],
    channel: "twilio",
    recipient: "+491701234567",
    text: "John Snow is down.",
    state: "pending",
    attempts: 0,
    last_error: null,
    failure: null,
    reference: null,
    created_at: AT,
    ...other,
  };
}
