/** What a viewer sees without a login on a public page: no addresses, serial numbers or people. */

import type { NotificationView } from "../alerting/notification.ts";
import type { AlarmView } from "./alarm_view.ts";
import type { Change, Snapshot } from "./feed.ts";
import type { IncidentView } from "./incident_view.ts";
import type { NodePatch } from "./node_patch.ts";
import { DUPLICATE_ID_START, type NodeView } from "./node_view.ts";

/**
 * Facts that do not help to reach or identify a machine. All other facts of a birth are removed.
 */
const OPEN_FACTS: readonly string[] = [
  "model",
  "os",
  "kernel",
  "architecture",
  "version",
  "uptime_s",
];
/** The provider's own text may contain parts of the messages. */
const PROVIDER_CAUSE = "it takes no messages";
const DUPLICATE_ID_WARNING = `${DUPLICATE_ID_START} this one`;

export function guestNode(node: NodeView): NodeView {
  return { ...node, ...guestParts(node) };
}

type GuestParts = Pick<
  NodePatch,
  "facts" | "remote" | "remote_names" | "ways" | "upgrade" | "warnings" | "warning_codes"
>;

/** The keys of a node that guests see otherwise, as far as they are given. */
function guestParts(
  { facts, remote, remote_names: names, ways, upgrade, warnings, warning_codes: codes }: Omit<
    NodePatch,
    "vitals"
  >,
): GuestParts {
  const isOpen = ([name]: readonly [string, unknown]) => OPEN_FACTS.includes(name);
  return {
    ...(facts && { facts: Object.fromEntries(Object.entries(facts).filter(isOpen)) }),
    ...(remote && { remote: [] }),
    ...(names && { remote_names: [] }),
    ...(ways && { ways: {} }),
    ...(upgrade && { upgrade: null }),
    ...(warnings && {
      warnings: warnings.filter((text) => text.startsWith(DUPLICATE_ID_START))
        .map(() => DUPLICATE_ID_WARNING),
    }),
    ...(codes && { warning_codes: codes.map((warning) => ({ ...warning, serials: [] })) }),
  };
}

function guestPatches(patches: NonNullable<Change["patches"]>): NonNullable<Change["patches"]> {
  return Object.fromEntries(
    Object.entries(patches).map(([id, patch]) => [id, { ...patch, ...guestParts(patch) }]),
  );
}

export function guestIncident(incident: IncidentView): IncidentView {
  if (incident.kind !== "uplink") return incident;
  return { ...incident, cause: PROVIDER_CAUSE, reason: { kind: "hidden" } };
}

/** Guests must not see who silenced which nodes. */
function guestAlarm({ shows, trackers }: AlarmView): AlarmView {
  return { shows, trackers, silences: [], maintenance: [] };
}

/** Whether anybody is notified is public. The channels are not. */
export function guestNotification({ state }: NotificationView): NotificationView {
  return { state: state === "printed" ? "none" : state, channels: [] };
}

export function guestSnapshot(snapshot: Snapshot): Snapshot {
  const { joins: _, watchdog: __, brokers: ___, ...shown } = snapshot;
  const { nodes, incidents, alarm, notification, ...rest } = shown;
  return {
    ...rest,
    alarm: guestAlarm(alarm),
    notification: guestNotification(notification),
    nodes: nodes.map(guestNode),
    incidents: incidents.map(guestIncident),
    deliveries: [],
    refused: [],
    guest: true,
  };
}

export function guestChange(change: Change): Change {
  const { deliveries: _, refused: __, joins: ___, watchdog: ____, brokers: _____, ...shown } =
    change;
  const { nodes, patches, incidents, alarm, notification, ...rest } = shown;
  return {
    ...rest,
    ...(alarm === undefined ? {} : { alarm: guestAlarm(alarm) }),
    ...(notification === undefined ? {} : { notification: guestNotification(notification) }),
    ...(nodes === undefined ? {} : { nodes: nodes.map(guestNode) }),
    ...(patches === undefined ? {} : { patches: guestPatches(patches) }),
    ...(incidents === undefined ? {} : { incidents: incidents.map(guestIncident) }),
  };
}
