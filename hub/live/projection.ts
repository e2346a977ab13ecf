/**
 * The cluster as the API and the page show it: wall-clock times and codes, no machine state.
 */

import { DisplayNames } from "../../core/alerting/display_names.ts";
import type { NotificationView } from "../../core/alerting/notification.ts";
import type { NodeCondition } from "../../core/alerting/policy/condition.ts";
import type { AlarmView } from "../../core/api/alarm_view.ts";
import type { BrokerView } from "../../core/api/broker_view.ts";
import type { ClusterView } from "../../core/api/feed.ts";
import type { JoinView } from "../../core/api/join_view.ts";
import type { NodeView, NodeWarning } from "../../core/api/node_view.ts";
import type { RefusalView } from "../../core/api/refusal_view.ts";
import type { UpgradeView } from "../../core/api/upgrade_view.ts";
import type { WatchdogView } from "../../core/api/watchdog_view.ts";
import type { NodeGroup } from "../../core/config/settings.ts";
import type { RemoteLink } from "../../core/config/value/remote.ts";
import type { DuplicateId, VisibilityChange } from "../../core/detection/cluster_state.ts";
import { nameOf, type NodeState } from "../../core/detection/node_state.ts";
import { formatRfc3339 } from "../../core/protocol/rfc3339.ts";
import { isFault } from "../../core/protocol/storage.ts";
import type { Clock } from "../../io/time/clock.ts";
import { apiBlindness, apiWarning, apiWayWarnings } from "./api_text.ts";
import { linksView, reachOf } from "./reach_view.ts";
import { releaseOf } from "./release_view.ts";

/** The condition of a node until the policy provides one. */
const QUIET: NodeCondition = {
  acknowledged: false,
  flapping: false,
  maintenanceUntilMs: undefined,
};

/** Everything about a node except its last heartbeat and its condition from the policy. */
type KnownNode = Omit<
  NodeView,
  "last_heartbeat_at" | "acknowledged" | "flapping" | "maintenance_until" | "upgrade"
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
  #linksOf: (node: string) => readonly RemoteLink[] | undefined = () => undefined;
  #upgradeOf: (node: string) => UpgradeView | null = () => null;
  #refused: () => readonly RefusalView[] = () => [];
  #joins: () => readonly JoinView[] = () => [];
  #brokers: () => readonly BrokerView[] | undefined = () => undefined;
  #watchdog: () => WatchdogView | undefined = () => undefined;

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

  /** Sets the source of the links that people gave. It is called for every view. */
  askLinks(linksOf: (node: string) => readonly RemoteLink[] | undefined): void {
    this.#linksOf = linksOf;
  }

  /** Sets the source of each node's upgrade. It is called for every view. */
  askUpgrades(upgradeOf: (node: string) => UpgradeView | null): void {
    this.#upgradeOf = upgradeOf;
  }

  /** Sets the source of the refused clients. It is called for every view. */
  askRefused(refused: () => readonly RefusalView[]): void {
    this.#refused = refused;
  }

  refused(): readonly RefusalView[] {
    return this.#refused();
  }

  /** Sets the source of the lines for new Pis. It is called for every view. */
  askJoins(joins: () => readonly JoinView[]): void {
    this.#joins = joins;
  }

  joins(): readonly JoinView[] {
    return this.#joins();
  }

  /** Sets the source of the brokers. It is called for every view. */
  askBrokers(brokers: () => readonly BrokerView[] | undefined): void {
    this.#brokers = brokers;
  }

  /** `undefined`: there is only one. */
  brokers(): readonly BrokerView[] | undefined {
    return this.#brokers();
  }

  /** Sets the source of the watchdog's view. It is called for every view. */
  askWatchdog(watchdog: () => WatchdogView | undefined): void {
    this.#watchdog = watchdog;
  }

  /** `undefined`: no watcher outside is configured. */
  watchdog(): WatchdogView | undefined {
    return this.#watchdog();
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
    const { facts, ...reach } = reachOf(node);
    this.#nodes.set(node.id, {
      id: node.id,
      name: nameOf(node),
      display_name: this.#names.nameOf(node.id),
      liveness: node.liveness,
      since: this.#rfc3339(node.sinceMs),
      session: node.session ?? null,
      vitals: node.vitals ?? {},
      facts,
      warnings: [
        ...(warning === undefined ? [] : [apiWarning(node.id, warning)]),
        ...apiWayWarnings(reach.ways),
      ],
      warning_codes: warning === undefined ? [] : [warning],
      group: this.#groups.get(node.id) ?? null,
      ...reach,
      agent_silent: node.liveness === "dead" && node.livenessReason === "agent_silent",
      farewell: node.leftReason ?? null,
      ...releaseOf(node.facts),
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
    const moved = (instant: string) => formatRfc3339(Date.parse(instant) + byMs);
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

  nodeIds(): readonly string[] {
    return [...this.#nodes.keys()];
  }

  /** The last heartbeats of all nodes, as monotonic instants. */
  *lastHeard(): Iterable<readonly [id: string, atMs: number]> {
    for (const [id, { atMs }] of this.#heard) yield [id, atMs];
  }

  /** RFC 3339, or `null` when the node was never heard. */
  lastHeartbeatAt(id: string): string | null {
    const wallMs = this.#heard.get(id)?.wallMs;
    return wallMs === undefined ? null : formatRfc3339(wallMs);
  }

  #view(node: KnownNode): NodeView {
    const { acknowledged, flapping, maintenanceUntilMs: untilMs } = this.#conditionOf(node.id);
    const links = this.#linksOf(node.id);
    const isMaintained = untilMs !== undefined && untilMs > this.#clock.nowMs();
    return {
      ...node,
      ...(links === undefined ? {} : linksView(links)),
      last_heartbeat_at: this.lastHeartbeatAt(node.id),
      acknowledged,
      maintenance_until: isMaintained ? this.#rfc3339(untilMs) : null,
      flapping,
      upgrade: this.#upgradeOf(node.id),
    };
  }

  #rfc3339(atMs: number): string {
    return formatRfc3339(this.#clock.wallMs(atMs));
  }
}
