/** The cluster as the API and the page show it: calendar times and plain words, no machine state. */

import { DisplayNames } from "../../core/alerting/display_names.ts";
import type { NotificationView } from "../../core/alerting/notification.ts";
import type { NodeCondition } from "../../core/alerting/policy/condition.ts";
import type {
  AlarmView,
  ClusterView,
  DeliveryView,
  IncidentView,
  NodeView,
  RefusalView,
} from "../../core/api/feed.ts";
import { remotesOf } from "../../core/config/remote.ts";
import type { NodeGroup } from "../../core/config/settings.ts";
import { BLINDNESS_WORDS } from "../../core/detection/blindness.ts";
import type { DuplicateId, Visibility } from "../../core/detection/cluster_state.ts";
import { nameOf, type NodeState } from "../../core/detection/node_state.ts";
import { isFault } from "../../core/protocol/storage.ts";
import type { Clock } from "../../io/time/clock.ts";
import type { StoredIncident } from "../store/incident_rows.ts";
import type { OutboxRow } from "../store/outbox_row.ts";

/** What is so of a node as long as nobody knows better. */
const QUIET: NodeCondition = {
  acknowledged: false,
  flapping: false,
  maintenanceUntilMs: undefined,
};

/** What is known of a node beside its last heartbeat and what the policy makes of it. */
type KnownNode = Omit<
  NodeView,
  "last_heartbeat_at" | "acknowledged" | "flapping" | "maintenance_until"
>;

/** Holds the views of all nodes; changed by the hub's loop alone. */
export class Projection {
  readonly #clock: Clock;
  readonly #nodes = new Map<string, KnownNode>();
  readonly #names = new DisplayNames();
  /** The name of each node's group. */
  readonly #groups: ReadonlyMap<string, string>;
  /** The last sign of life of each node, on both clocks. */
  readonly #heard = new Map<string, { readonly atMs: number; readonly wallMs: number }>();
  readonly #warnings = new Map<string, string>();
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
      reason: BLINDNESS_WORDS.starting,
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

  /** From now on nodes are shown with what this says of them; asked whenever somebody looks. */
  askConditions(conditionOf: (node: string) => NodeCondition): void {
    this.#conditionOf = conditionOf;
  }

  /** From now on this says who is refused; asked whenever somebody looks. */
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
   * Takes over what changed of a node beside its last heartbeat. Answers the other nodes that are shown
   * by another name from now on.
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
      warnings: warning === undefined ? [] : [warning],
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

  /** A sign of life alone: no text is made of it until somebody looks. */
  heard({ id, lastHeardMs }: NodeState): void {
    // Its calendar time is taken once: asked twice, a clock that drifts would give two answers.
    if (lastHeardMs === undefined || this.#heard.get(id)?.atMs === lastHeardMs) return;
    this.#heard.set(id, { atMs: lastHeardMs, wallMs: this.#clock.wallMs(lastHeardMs) });
  }

  warn({ node, present, serials }: DuplicateId): void {
    const known = serials.length > 1 ? ` (serial numbers ${serials.join(", ")})` : "";
    if (present) this.#warnings.set(node, `Two machines claim to be "${node}"${known}`);
    else this.#warnings.delete(node);
  }

  look({ blind, reason, atMs }: Visibility): void {
    if (!blind || reason === "sees") this.#blind = null;
    else {
      const since = this.#rfc3339(atMs);
      this.#blind = { since, code: reason, reason: BLINDNESS_WORDS[reason] };
    }
  }

  /** The calendar was wrong by so much when it dated what is shown here. */
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

  /** Answers the other nodes that are shown by another name from now on. */
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

/** An instant of the calendar, in ms since 1970, as RFC 3339 in UTC. */
function rfc3339(wallMs: number): string {
  return new Date(wallMs).toISOString();
}

export function incidentView(incident: StoredIncident): IncidentView {
  return {
    id: incident.id,
    kind: incident.kind,
    node: incident.node,
    name: incident.name,
    died_at: rfc3339(incident.diedAtMs),
    last_heard_at: rfc3339OrNull(incident.lastHeardMs),
    told_at: rfc3339OrNull(incident.notifiedAtMs),
    recovered_at: rfc3339OrNull(incident.recoveredAtMs),
    acknowledged_at: rfc3339OrNull(incident.acknowledgedAtMs),
    cause: incident.cause,
    changes: incident.changes,
    parent: incident.parent ?? null,
  };
}

export function deliveryView(row: OutboxRow): DeliveryView {
  return {
    id: row.id,
    incident_ids: row.incidentIds,
    channel: row.channel,
    recipient: row.recipient,
    text: row.text,
    state: row.state,
    attempts: row.attempts,
    last_error: row.lastError ?? null,
    reference: row.reference ?? null,
    created_at: rfc3339(row.createdAtMs),
  };
}

function rfc3339OrNull(wallMs: number | undefined): string | null {
  return wallMs === undefined ? null : rfc3339(wallMs);
}
