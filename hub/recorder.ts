/** Writes what one step of the monitor decided, in one transaction, before anybody is shown it. */

import type { Alert } from "../core/alert.ts";
import { type ClusterState, isNews } from "../core/cluster.ts";
import { causeOf, newNode, type NodeState, type Transition } from "../core/node_state.ts";
import { alertText } from "../core/message.ts";
import type { MonitorOutput } from "../core/monitor.ts";
import type { OpenDeath } from "../core/policy.ts";
import { type Clock, monotonicMs } from "../io/clock.ts";
import type { StoredIncident } from "./store/incident_rows.ts";
import type { StoredNode } from "./store/node_rows.ts";
import type { Store } from "./store/store.ts";

/** Who is told, and through which channel. */
export interface Audience {
  readonly channel: string;
  readonly recipients: readonly string[];
}

/** The rows of history that a step touched. */
export interface Recorded {
  readonly incidents: ReadonlySet<number>;
  readonly messages: ReadonlySet<number>;
}

export class Recorder {
  readonly #store: Store;
  readonly #audience: Audience;
  readonly #clock: Clock;

  constructor(store: Store, audience: Audience, clock: Clock) {
    this.#store = store;
    this.#audience = audience;
    this.#clock = clock;
  }

  record(outputs: readonly MonitorOutput[], cluster: ClusterState): Recorded {
    const recorded = { incidents: new Set<number>(), messages: new Set<number>() };
    if (!outputs.some(isLasting)) return recorded;
    this.#store.transaction(() => {
      for (const output of outputs) this.#write(output, cluster, recorded);
    });
    return recorded;
  }

  /** Last signs of life and facts, which change too often to be written each time. */
  saveNodes(nodes: Iterable<NodeState>): void {
    this.#store.transaction(() => {
      for (const node of nodes) this.#store.nodes.save(this.#stored(node));
    });
  }

  /** The nodes of earlier runs: unknown until they are heard, and missed if they are not. */
  knownNodes(nowMs: number): readonly NodeState[] {
    return this.#store.nodes.all().map((stored) => {
      const node = newNode(stored.id, nowMs, stored.isExpected);
      node.name = stored.name;
      node.session = stored.session;
      node.facts = stored.facts;
      node.everyMs = stored.everyMs;
      node.reconnectMs = stored.reconnectMs;
      if (stored.lastHeardMs !== undefined) {
        node.lastHeardMs = this.#past(stored.lastHeardMs, nowMs);
      }
      if (stored.liveness === "left") {
        node.liveness = "left";
        node.leftSession = stored.session;
        node.sinceMs = this.#past(stored.sinceMs, nowMs);
      }
      return node;
    });
  }

  /**
   * The deaths of earlier runs of which people may still have to hear. Those of nodes that are not
   * `known`, for they were revoked while no hub ran, are over: nobody will ever hear of them again.
   */
  openDeaths(known: ReadonlySet<string>, nowMs: number): readonly OpenDeath[] {
    const owed = this.#store.incidents.owed();
    this.#store.transaction(() => {
      for (const { node } of owed) if (!known.has(node)) this.#endIncident(node, nowMs);
    });
    return owed.filter(({ node }) => known.has(node)).map((one) => this.#openDeath(one, nowMs));
  }

  #openDeath(incident: StoredIncident, nowMs: number): OpenDeath {
    const { node, name, cause, lastHeardMs, recoveredAtMs } = incident;
    const monotonic = (wallMs: number) => this.#past(wallMs, nowMs);
    return {
      node,
      name,
      cause,
      diedAtMs: monotonic(incident.diedAtMs),
      lastHeardMs: lastHeardMs === undefined ? undefined : monotonic(lastHeardMs),
      told: incident.promisedAtMs !== undefined,
      recovered: recoveredAtMs === undefined
        ? undefined
        : { atMs: monotonic(recoveredAtMs), now: "alive" },
    };
  }

  #write(
    output: MonitorOutput,
    cluster: ClusterState,
    recorded: { readonly incidents: Set<number>; readonly messages: Set<number> },
  ): void {
    const { incidents, messages } = recorded;
    const add = (id: number | undefined) => id !== undefined && incidents.add(id);
    switch (output.kind) {
      case "transition":
        return void add(this.#writeTransition(output, cluster));
      case "alert":
        return this.#writeAlert(output, { incidents, messages });
      case "still_told":
        add(this.#store.incidents.promise(output.node, this.#wall(output.atMs)));
        this.#store.incidents.settle(output.node).forEach(add);
        return;
      case "removed":
        this.#store.nodes.remove(output.node);
        this.#endIncident(output.node, output.atMs).forEach(add);
        return;
      case "sight":
      case "send_echo":
      case "rivals":
      case "nodes_full":
        return;
    }
  }

  /** Ends what is open of a node that is no longer watched; nobody is told. */
  #endIncident(node: string, atMs: number): readonly number[] {
    const { incidents } = this.#store;
    const closed = incidents.close(node, this.#wall(atMs)) ?? [];
    return [closed, incidents.settle(node)].flat();
  }

  #writeTransition(transition: Transition, cluster: ClusterState): number | undefined {
    const { node: id, from, to, reason, lastHeardMs } = transition;
    const atMs = this.#wall(transition.atMs);
    const node = cluster.nodes.get(id);
    if (node !== undefined) this.#store.nodes.save(this.#stored(node));
    this.#store.nodes.addTransition({ node: id, from, to, reason, atMs });
    if (to === "dead" && isNews(cluster, transition)) {
      return this.#store.incidents.open({
        node: id,
        name: node?.name ?? id,
        cause: causeOf(transition),
        diedAtMs: atMs,
        lastHeardMs: lastHeardMs === undefined ? undefined : this.#wall(lastHeardMs),
      });
    }
    return to === "alive" || to === "left" ? this.#store.incidents.close(id, atMs) : undefined;
  }

  #writeAlert(
    alert: Alert,
    recorded: { readonly incidents: Set<number>; readonly messages: Set<number> },
  ): void {
    const { channel, recipients } = this.#audience;
    const { incidents, outbox } = this.#store;
    const atMs = this.#wall(alert.atMs);
    const concerned = new Set(alert.recovered.flatMap(({ node }) => incidents.settle(node)));
    // Where nobody is to be told nothing is promised: an open incident is told once somebody is named.
    if (recipients.length > 0) {
      for (const { node } of alert.down) {
        const id = incidents.promise(node, atMs);
        if (id !== undefined) concerned.add(id);
      }
    }
    const text = alertText(alert, (ms) => clockText(this.#wall(ms), atMs));
    const incidentIds = [...concerned];
    for (const recipient of recipients) {
      recorded.messages.add(outbox.add({ channel, recipient, text, incidentIds, atMs }));
    }
    for (const id of concerned) recorded.incidents.add(id);
  }

  #stored(node: NodeState): StoredNode {
    const { id, name, facts, liveness, session, everyMs, reconnectMs, lastHeardMs } = node;
    return {
      id,
      name,
      facts,
      liveness,
      isExpected: node.expected,
      session: node.leftSession ?? session,
      everyMs,
      reconnectMs,
      sinceMs: this.#wall(node.sinceMs),
      lastHeardMs: lastHeardMs === undefined ? undefined : this.#wall(lastHeardMs),
    };
  }

  /**
   * The monotonic instant of something that has happened. A Pi without a battery clock may boot with a
   * calendar that is behind: what is then in the future would be waited for, and told hours late.
   */
  #past(wallMs: number, nowMs: number): number {
    return Math.min(nowMs, monotonicMs(this.#clock, wallMs));
  }

  #wall(atMs: number): number {
    return this.#clock.wallMs(atMs);
  }
}

function isLasting({ kind }: MonitorOutput): boolean {
  return kind === "transition" || kind === "alert" || kind === "still_told" || kind === "removed";
}

/** The hub's local time of day, with the date where it is not the day of `todayMs`. */
function clockText(wallMs: number, todayMs: number): string {
  const date = new Date(wallMs);
  const time = date.toLocaleTimeString("en-GB");
  if (date.toDateString() === new Date(todayMs).toDateString()) return time;
  return `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${time}`;
}
