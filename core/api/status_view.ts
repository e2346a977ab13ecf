/**
 * The answer of `GET /api/v1/status`: the state of the cluster, short enough for a widget or a
 * script.
 */

import type { NotificationView } from "../alerting/notification.ts";
import type { Liveness } from "../detection/liveness.ts";
import type { AlarmView } from "./alarm_view.ts";
import type { BackupView } from "./backup_view.ts";
import type { BrokerView } from "./broker_view.ts";
import type { ClusterView } from "./feed.ts";
import type { NodeView } from "./node_view.ts";
import type { WatchdogView } from "./watchdog_view.ts";

/**
 * The worst true state. `down`: a Pi is dead and not in maintenance; `failing`: one is alive
 * without storage; `unknown`: one was not heard yet; `stopped`: all were stopped on purpose;
 * `none`: no Pi has reported yet.
 */
export type StatusCode =
  | "blind"
  | "none"
  | "down"
  | "failing"
  | "late"
  | "unknown"
  | "up"
  | "maintenance"
  | "stopped";

/** A node without vitals and facts. */
export type StatusNode = Pick<
  NodeView,
  | "id"
  | "name"
  | "display_name"
  | "liveness"
  | "since"
  | "last_heartbeat_at"
  | "acknowledged"
  | "maintenance_until"
  | "flapping"
  | "agent_silent"
  | "farewell"
  | "warnings"
  | "warning_codes"
  | "version"
  | "outdated"
  | "storage"
>;

/** Instants are RFC 3339. */
export interface StatusView {
  readonly at: string;
  readonly version: string;
  readonly status: StatusCode;
  readonly blind: ClusterView["blind"];
  /** Whether anybody is notified when a Pi dies; without the channels for guests. */
  readonly notification: NotificationView;
  /** Clients that were refused repeatedly within the last minutes; empty for guests. */
  readonly refused: ClusterView["refused"];
  readonly counts: Readonly<Record<Liveness, number>>;
  readonly nodes: readonly StatusNode[];
  readonly silences: AlarmView["silences"];
  readonly maintenance: AlarmView["maintenance"];
  /** `null` for guests, and where the owner wants none. */
  readonly backup: BackupView | null;
  /** Absent for guests, and where no watcher outside is configured. */
  readonly watchdog?: WatchdogView;
  /** Absent for guests, and for a hub that listens to one broker. */
  readonly brokers?: readonly BrokerView[];
}

/** The input of a status. */
export type Observed =
  & Pick<StatusView, "at" | "version" | "blind" | "notification" | "refused" | "nodes" | "backup">
  & Pick<AlarmView, "silences" | "maintenance">
  & {
    readonly watchdog?: WatchdogView | undefined;
    readonly brokers?: readonly BrokerView[] | undefined;
  };

export function statusView(observed: Observed): StatusView {
  const counts = { dead: 0, suspect: 0, unknown: 0, alive: 0, left: 0 };
  for (const { liveness } of observed.nodes) counts[liveness]++;
  return {
    at: observed.at,
    version: observed.version,
    status: statusCode(observed),
    blind: observed.blind,
    notification: observed.notification,
    refused: observed.refused,
    counts,
    nodes: observed.nodes.map(statusNode),
    silences: observed.silences,
    maintenance: observed.maintenance,
    backup: observed.backup,
    ...(observed.watchdog === undefined ? {} : { watchdog: observed.watchdog }),
    ...(observed.brokers === undefined ? {} : { brokers: observed.brokers }),
  };
}

/** The order of importance is that of the page. */
function statusCode({ blind, nodes }: Pick<Observed, "blind" | "nodes">): StatusCode {
  const has = (liveness: Liveness) => nodes.some((node) => node.liveness === liveness);
  if (blind !== null) return "blind";
  if (nodes.length === 0) return "none";
  if (nodes.some(isMissed)) return "down";
  if (nodes.some(isFailing)) return "failing";
  if (has("suspect")) return "late";
  if (has("unknown")) return "unknown";
  if (has("dead")) return "maintenance";
  return has("alive") ? "up" : "stopped";
}

/** The node is down and not in maintenance. */
export function isMissed({ liveness, maintenance_until }: StatusNode): boolean {
  return liveness === "dead" && maintenance_until === null;
}

/** The node is alive although its storage fails, and it is not in maintenance. */
export function isFailing({ liveness, storage, maintenance_until }: StatusNode): boolean {
  const isAlive = liveness === "alive" || liveness === "suspect";
  return isAlive && storage !== null && maintenance_until === null;
}

function statusNode(node: StatusNode): StatusNode {
  const { id, name, display_name, liveness, since, last_heartbeat_at } = node;
  const { acknowledged, maintenance_until, flapping, agent_silent } = node;
  const { farewell, storage, version, outdated, warnings, warning_codes } = node;
  return {
    id,
    name,
    display_name,
    liveness,
    since,
    last_heartbeat_at,
    acknowledged,
    maintenance_until,
    flapping,
    agent_silent,
    farewell,
    warnings,
    warning_codes,
    version,
    outdated,
    storage,
  };
}
