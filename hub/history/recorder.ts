/** Writes what the monitor decided, in one transaction, before anybody is shown it. */

import { type CommonCause, type Subject, subjectKey } from "../../core/alerting/alert.ts";
import type { CommonDeaths } from "../../core/alerting/cause.ts";
import { movedAlert } from "../../core/alerting/alert_item.ts";
import type { MonitorOutput } from "../../core/alerting/policy/monitor.ts";
import type { NotificationChange } from "../../core/alerting/policy/notification_log.ts";
import type {
  Closed,
  Grouped,
  Maintained,
  Notice,
  Opened,
} from "../../core/alerting/policy/output.ts";
import type {
  ClusterState,
  Renamed,
  VisibilityChange,
} from "../../core/detection/cluster_state.ts";
import type { NodeState, Transition } from "../../core/detection/node_state.ts";
import type { Clock } from "../../io/time/clock.ts";
import { enqueue, revoke } from "../delivery/notifications.ts";
import type { Recipients } from "../delivery/recipients.ts";
import type { StoredNode } from "../store/node_rows.ts";
import type { Store } from "../store/store.ts";
import { LateChanges } from "./late_changes.ts";
import { SavedNodes } from "./saved_nodes.ts";

/** What one step of the monitor put out. */
interface Putting {
  readonly outputs: readonly MonitorOutput[];
}

/** The rows of history that a step touched. */
interface Touched {
  readonly incidents: ReadonlySet<number>;
  readonly messages: ReadonlySet<number>;
}

export interface Recorded<Each> extends Touched {
  readonly step: Each;
}

const NOTHING: Touched = { incidents: new Set(), messages: new Set() };

export class Recorder {
  readonly #store: Store;
  readonly #late = new LateChanges();
  readonly #saved: SavedNodes;
  readonly #recipients: Recipients;
  readonly #clock: Clock;
  /** When this run began. */
  readonly #beganMs: number;

  constructor(store: Store, recipients: Recipients, clock: Clock) {
    this.#store = store;
    this.#recipients = recipients;
    this.#clock = clock;
    this.#beganMs = clock.nowMs();
    this.#saved = new SavedNodes(this.#beganMs);
  }

  /**
   * What some steps put out, all of it in one transaction: on disk afterwards. `cluster` is the state
   * after the last of them.
   */
  record<Each extends Putting>(
    steps: readonly Each[],
    cluster: ClusterState,
  ): readonly Recorded<Each>[] {
    const lasting = steps.flatMap(({ outputs }) => outputs.filter(isLasting));
    if (this.#late.keep(lasting, this.#clock.nowMs())) {
      return steps.map((step) => ({ step, ...NOTHING }));
    }
    const late = { outputs: this.#late.take() };
    try {
      return this.#store.transaction(() => {
        this.#writeAll(late, cluster);
        return steps.map((step) => ({ step, ...this.#writeAll(step, cluster) }));
      });
    } catch (error) {
      // What cannot be written must not cost the steps beside it what they decided.
      for (const step of [late, ...steps]) this.#writeAlone(step, cluster);
      throw error;
    }
  }

  /**
   * In the caller's transaction: last signs of life, which change too often to be written each time,
   * nodes that changed without a transition, what else may wait, and that the hub still sees.
   */
  saveNodes(nodes: Iterable<NodeState>): void {
    for (const node of nodes) if (this.#saved.isChanged(node)) this.#saveNode(node);
    for (const change of this.#late.take()) this.#addTransition(change);
    const nowMs = this.#wall(this.#clock.nowMs());
    this.#store.pulse.hear(this.#saved.heardMs((atMs) => this.#wall(atMs)), nowMs);
    this.#store.visibility.extend(nowMs);
  }

  #writeAlone(step: Putting, cluster: ClusterState): void {
    try {
      this.#store.transaction(() => this.#writeAll(step, cluster));
    } catch {
      // The error is known already.
    }
  }

  #writeAll({ outputs }: Putting, cluster: ClusterState): Touched {
    const messages = new Set<number>();
    const incidents = outputs.flatMap((output) => this.#write(output, cluster, messages));
    return { incidents: new Set(incidents), messages };
  }

  /** Answers the incidents that it touched. */
  #write(
    output: MonitorOutput,
    cluster: ClusterState,
    messages: Set<number>,
  ): readonly number[] {
    const { incidents, nodes } = this.#store;
    switch (output.kind) {
      case "transition":
        this.#writeTransition(output, cluster);
        return [];
      case "opened":
        return this.#open(output);
      case "closed":
        return this.#close(output);
      case "grouped":
        return this.#group(output);
      case "notification":
        return this.#notify(output);
      case "acknowledged":
        return incidents.acknowledge(subjectKey(output.subject), this.#wall(output.atMs));
      case "maintained":
        this.#maintain(output);
        return [];
      case "alert":
        return this.#enqueue(output, messages);
      case "renamed":
        return this.#rename(output);
      case "removed":
        nodes.remove(output.node);
        this.#late.forget(output.node);
        this.#saved.forget(output.node);
        this.#store.transitions.addRemoval(output.node, this.#wall(output.atMs));
        this.#store.names.remove(output.node);
        for (const id of revoke(output.node, this.#store)) messages.add(id);
        return [];
      case "visibility":
        this.#look(output);
        return [];
      case "send_echo":
      case "send_probe":
      case "duplicate_id":
      case "rebooted":
      case "storage":
      case "node_refused":
        return [];
    }
  }

  /** What is open takes the new name; what is over keeps the name of then. */
  #rename({ node, givenName, name }: Renamed): readonly number[] {
    this.#store.names.set(node, givenName);
    return this.#store.incidents.renameOpen(node, name);
  }

  #writeTransition(transition: Transition, cluster: ClusterState): void {
    const node = cluster.nodes.get(transition.node);
    if (node !== undefined) this.#saveNode(node);
    this.#addTransition(transition);
  }

  #saveNode(node: NodeState): void {
    this.#store.nodes.save(this.#stored(node));
    this.#saved.note(node);
  }

  #addTransition({ node, from, to, reason, atMs, lastHeardMs }: Transition): void {
    const silentMs = to === "dead" && lastHeardMs !== undefined ? atMs - lastHeardMs : undefined;
    this.#store.transitions.add({ node, from, to, reason, atMs: this.#wall(atMs), silentMs });
  }

  #look({ blind, atMs }: VisibilityChange): void {
    const { visibility } = this.#store;
    if (blind) visibility.end(this.#wall(atMs));
    else visibility.begin(this.#wall(this.#beganMs), this.#wall(atMs));
  }

  #open(
    { id: newId, subject, name, cause, startedAtMs, lastHeardMs, changes }: Opened,
  ): readonly number[] {
    const { incidents } = this.#store;
    const id = incidents.open({
      id: newId,
      kind: subject.kind,
      subject: subjectKey(subject),
      node: nodeOf(subject),
      name: name === "" ? nameOf(subject) : name,
      cause,
      diedAtMs: this.#wall(startedAtMs),
      ...(lastHeardMs === undefined ? {} : { lastHeardMs: this.#wall(lastHeardMs) }),
      changes,
    });
    // The deaths of a node that flaps are parts of that.
    const node = nodeOf(subject);
    const death = incidents.openOf(subjectKey({ kind: "node", node }));
    const flapping = incidents.openOf(subjectKey({ kind: "flapping", node }));
    if (death === undefined || flapping === undefined) return [id];
    incidents.adopt(flapping, [death]);
    return [death, flapping];
  }

  #close({ subject, atMs, now, changes, rebooted }: Closed): readonly number[] {
    const ending = { atMs: this.#wall(atMs), now, changes, rebooted };
    return this.#store.incidents.close(subjectKey(subject), ending);
  }

  #notify({ incident, route, state, atMs }: NotificationChange): readonly number[] {
    const { incidents, notifications } = this.#store;
    if (state === "resolved") notifications.resolve(incident, route);
    else if (state === "deferred") notifications.defer(incident, route);
    else {
      notifications.notify(incident, route, this.#wall(atMs));
      incidents.enqueue(incident, this.#wall(atMs));
    }
    return [incident];
  }

  #enqueue(
    { incidents: incidentIds, ...decided }: Notice,
    messages: Set<number>,
  ): readonly number[] {
    const alert = movedAlert(decided, (atMs) => this.#wall(atMs));
    const ids = enqueue({ alert, incidentIds }, this.#recipients, this.#store);
    for (const id of ids) messages.add(id);
    return incidentIds;
  }

  /** One incident above those that have a cause in common. */
  #group({ id, parts, common, route, atMs }: Grouped): readonly number[] {
    const { incidents } = this.#store;
    const deaths = parts.flatMap((part) => incidents.get(part) ?? []);
    // Parts of another incident stay so, and this one would have none.
    if (deaths.every(({ parent }) => parent !== undefined && parent !== id)) return [];
    const heard = deaths.flatMap(({ lastHeardMs }) => lastHeardMs ?? []);
    const cause = commonDeaths(common);
    if (incidents.get(id) === undefined) {
      incidents.open({
        id,
        kind: "common",
        subject: `common ${route} ${Math.round(this.#wall(atMs))}`,
        node: "",
        name: common.group ?? "",
        cause,
        diedAtMs: Math.min(...deaths.map(({ diedAtMs }) => diedAtMs)),
        ...(heard.length > 0 ? { lastHeardMs: Math.min(...heard) } : {}),
      });
    }
    incidents.adopt(id, parts);
    return [id];
  }

  #maintain({ node = "", untilMs }: Maintained): void {
    const { maintenance } = this.#store;
    const nowMs = this.#clock.nowMs();
    if (untilMs <= nowMs) maintenance.remove(node);
    else maintenance.set(node, { sinceMs: this.#wall(nowMs), untilMs: this.#wall(untilMs) });
  }

  #stored(node: NodeState): StoredNode {
    const { id, name, facts, liveness, session, everyMs, reconnectMs, lastHeardMs, backByMs } =
      node;
    const { leftReason } = node;
    return {
      id,
      name,
      facts,
      liveness,
      isExpected: node.expected,
      session: node.leftSession ?? session,
      endedSessions: node.retired.map((retired) => retired.session),
      everyMs,
      reconnectMs,
      sinceMs: this.#wall(node.sinceMs),
      lastHeardMs: lastHeardMs === undefined ? undefined : this.#wall(lastHeardMs),
      backByMs: backByMs === Infinity ? undefined : this.#wall(backByMs),
      leftReason,
    };
  }

  #wall(atMs: number): number {
    return this.#clock.wallMs(atMs);
  }
}

function nodeOf(subject: Subject): string {
  return "node" in subject ? subject.node : "";
}

function nameOf(subject: Subject): string {
  if (subject.kind === "uplink") return subject.channel;
  return subject.kind === "hub" ? subject.fault : subject.kind;
}

/** What most of the deaths of an alert have in common, for the history. */
function commonDeaths({ group, nodes, of }: CommonCause): CommonDeaths {
  const counts = { kind: "common", count: nodes.length, of } as const;
  return group === undefined ? counts : { ...counts, group };
}

function isLasting({ kind }: MonitorOutput): boolean {
  return kind !== "send_echo" && kind !== "send_probe" && kind !== "duplicate_id" &&
    kind !== "rebooted" && kind !== "storage" && kind !== "node_refused";
}
