/**
 * The cluster as the API and the page show it: wall-clock times and codes, no machine state.
 */

import { DisplayNames } from "../../core/alerting/display_names.ts";
import type { Cause } from "../../core/alerting/cause.ts";
import { causeText } from "../../core/alerting/message/cause_text.ts";
import type { NotificationView } from "../../core/alerting/notification.ts";
import type { NodeCondition } from "../../core/alerting/policy/condition.ts";
import type {
  AlarmView,
  ClusterView,
  DeliveryView,
  IncidentReason,
  IncidentView,
  NodeView,
  NodeWarning,
  RefusalView,
} from "../../core/api/feed.ts";
import { remotesOf } from "../../core/config/remote.ts";
import type { NodeGroup } from "../../core/config/settings.ts";
import type { DuplicateId, VisibilityChange } from "../../core/detection/cluster_state.ts";
import { nameOf, type NodeState } from "../../core/detection/node_state.ts";
import { isFault } from "../../core/protocol/storage.ts";
import type { Clock } from "../../io/time/clock.ts";
import type { StoredIncident } from "../store/incident_rows.ts";
import type { OutboxRow } from "../store/outbox_row.ts";
import { apiBlindness, apiCause, apiWarning } from "./api_text.ts";
import { messageText } from "./message_text.ts";

/** The condition of a node until the policy provides one. */
const QUIET: NodeCondition = {
  acknowledged: false,
  flapping: false,
  maintenanceUntilMs: undefined,
};

/** Everything about a node except its last heartbeat and its condition from the policy. */
type KnownNode = Omit<
  NodeView,
  "last_heartbeat_at" | "acknowledged" | "flapping" | "maintenance_until"
>;

/** Holds the views of all nodes. Only the hub's loop changes it. */
export class Projection {
  readonly #clock: Clock;
  readonly #nodes = new Map<string, KnownNode>();
  readonly #names = new DisplayNames();
  /** The name of each node's group. */
  readonly #groups: ReadonlyMap<string, string>;
  /** The last heartbeat of each node, on both clocks. */
  readonly #heard = new Map<string, { readonly atMs: number; readonly wallMs: number }>();
  readonly #warnings = new Map<string, NodeWarning>();
  #blind: ClusterView["blind"];
  #conditionOf: (node: string) => NodeCondition = () => QUIET;
  #alarm: AlarmView = { trackers: [], shows: "blind", silences: [], maintenance: [] };
  #notification: NotificationView = { state: "none", channels: [] };
  #refused: () => readonly RefusalView[] = () => [];

  constructor(clock: Clock, groups: readonly NodeGroup[] = []) {
    this.#clock = clock;
    this.#groups = new Map(groups.flatMap(({ name, nodes }) => nodes.map((id) => [id, name])));
    this.#blind = {
      since: this.#rfc3339(clock.nowMs()),
      code: "starting",
      reason: apiBlindness("starting"),
    };
  }

  get blind(): ClusterView["blind"] {
    return this.#blind;
  }

  get alarm(): AlarmView {
    return this.#alarm;
  }

  showAlarm(alarm: AlarmView): void {
    this.#alarm = alarm;
  }

  get notification(): NotificationView {
    return this.#notification;
  }

  showNotification(notification: NotificationView): void {
    this.#notification = notification;
  }

  /** Sets the source of each node's condition. It is called for every view. */
  askConditions(conditionOf: (node: string) => NodeCondition): void {
    this.#conditionOf = conditionOf;
  }

  /** Sets the source of the refused clients. It is called for every view. */
  askRefused(refused: () => readonly RefusalView[]): void {
    this.#refused = refused;
  }

  refused(): readonly RefusalView[] {
    return this.#refused();
  }

  now(): string {
    return this.#rfc3339(this.#clock.nowMs());
  }

  /**
   * Updates a node except its last heartbeat. Returns the other nodes whose display name has
   * changed.
   */
  update(node: NodeState): readonly string[] {
    const concerned = this.#names.learn(node);
    const warning = this.#warnings.get(node.id);
    const { remote, ...facts } = node.facts;
    this.#nodes.set(node.id, {
      id: node.id,
      name: nameOf(node),
      display_name: this.#names.nameOf(node.id),
      liveness: node.liveness,
      since: this.#rfc3339(node.sinceMs),
      session: node.session ?? null,
      vitals: node.vitals ?? {},
      facts,
      warnings: warning === undefined ? [] : [apiWarning(node.id, warning)],
      warning_codes: warning === undefined ? [] : [warning],
      group: this.#groups.get(node.id) ?? null,
      remote: remotesOf(remote),
      agent_silent: node.liveness === "dead" && node.livenessReason === "agent_silent",
      farewell: node.leftReason ?? null,
      storage: this.#storageOf(node),
    });
    this.heard(node);
    return this.#rename(concerned);
  }

  #rename(concerned: ReadonlySet<string>): readonly string[] {
    return [...concerned].filter((id) => {
      const node = this.#nodes.get(id);
      const name = this.#names.nameOf(id);
      if (node === undefined || node.display_name === name) return false;
      this.#nodes.set(id, { ...node, display_name: name });
      return true;
    });
  }

  #storageOf({ storage }: NodeState): NodeView["storage"] {
    if (storage === undefined || !isFault(storage.state)) return null;
    return { fault: storage.state, since: this.#rfc3339(storage.sinceMs) };
  }

  /** Records a heartbeat only. Its text is made when somebody requests it. */
  heard({ id, lastHeardMs }: NodeState): void {
    // The wall-clock time is read once per heartbeat: with a drifting clock a second reading would
    // differ.
    if (lastHeardMs === undefined || this.#heard.get(id)?.atMs === lastHeardMs) return;
    this.#heard.set(id, { atMs: lastHeardMs, wallMs: this.#clock.wallMs(lastHeardMs) });
  }

  warn({ node, present, serials }: DuplicateId): void {
    if (present) this.#warnings.set(node, { kind: "duplicate_id", serials });
    else this.#warnings.delete(node);
  }

  look({ blind, reason, atMs }: VisibilityChange): void {
    if (!blind || reason === "visible") this.#blind = null;
    else {
      const since = this.#rfc3339(atMs);
      this.#blind = { since, code: reason, reason: apiBlindness(reason) };
    }
  }

  /** Corrects all times after the wall clock stepped by `byMs`. */
  redate(byMs: number): void {
    const moved = (instant: string) => rfc3339(Date.parse(instant) + byMs);
    for (const [id, node] of this.#nodes) {
      this.#nodes.set(id, { ...node, since: moved(node.since) });
    }
    for (const [id, { atMs, wallMs }] of this.#heard) {
      this.#heard.set(id, { atMs, wallMs: wallMs + byMs });
    }
    if (this.#blind) this.#blind = { ...this.#blind, since: moved(this.#blind.since) };
  }

  /** Returns the other nodes whose display name has changed. */
  remove(id: string): readonly string[] {
    this.#nodes.delete(id);
    this.#heard.delete(id);
    this.#warnings.delete(id);
    return this.#rename(this.#names.forget(id));
  }

  node(id: string): NodeView | undefined {
    const node = this.#nodes.get(id);
    return node && this.#view(node);
  }

  nodes(): readonly NodeView[] {
    return [...this.#nodes.values()].map((node) => this.#view(node));
  }

  /** RFC 3339, or `null` when the node was never heard. */
  lastHeartbeatAt(id: string): string | null {
    return rfc3339OrNull(this.#heard.get(id)?.wallMs);
  }

  #view(node: KnownNode): NodeView {
    const { acknowledged, flapping, maintenanceUntilMs: untilMs } = this.#conditionOf(node.id);
    const isMaintained = untilMs !== undefined && untilMs > this.#clock.nowMs();
    return {
      ...node,
      last_heartbeat_at: this.lastHeartbeatAt(node.id),
      acknowledged,
      maintenance_until: isMaintained ? this.#rfc3339(untilMs) : null,
      flapping,
    };
  }

  #rfc3339(atMs: number): string {
    return rfc3339(this.#clock.wallMs(atMs));
  }
}

/** Formats a wall-clock time in ms since 1970 as RFC 3339 in UTC. */
function rfc3339(wallMs: number): string {
  return new Date(wallMs).toISOString();
}

export function incidentView(incident: StoredIncident): IncidentView {
  return {
    id: incident.id,
    kind: incident.kind,
    node: incident.node,
    name: nameOfIncident(incident),
    died_at: rfc3339(incident.diedAtMs),
    last_heard_at: rfc3339OrNull(incident.lastHeardMs),
    told_at: rfc3339OrNull(incident.notifiedAtMs),
    recovered_at: rfc3339OrNull(incident.recoveredAtMs),
    acknowledged_at: rfc3339OrNull(incident.acknowledgedAtMs),
    cause: apiCause(incident),
    reason: reasonOf(incident.cause),
    changes: incident.changes,
    parent: incident.parent ?? null,
  };
}

/** Deaths in common that are of no group have no other name. */
function nameOfIncident({ kind, name, cause }: StoredIncident): string {
  return kind === "common" && name === "" ? causeText(cause) : name;
}

function reasonOf(cause: Cause): IncidentReason {
  if (typeof cause === "string" || cause.kind !== "provider") return cause;
  const { why: _, ...reason } = cause;
  return reason;
}

export function deliveryView(row: OutboxRow): DeliveryView {
  return {
    id: row.id,
    incident_ids: row.incidentIds,
    channel: row.channel,
    recipient: row.recipient,
    text: messageText(row),
    state: row.state,
    attempts: row.attempts,
    last_error: row.lastError ?? null,
    failure: row.failure ?? null,
    reference: row.reference ?? null,
    created_at: rfc3339(row.createdAtMs),
  };
}

function rfc3339OrNull(wallMs: number | undefined): string | null {
  return wallMs === undefined ? null : rfc3339(wallMs);
}
