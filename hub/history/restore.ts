/** Converts the state that earlier runs of the hub left on disk to this run's monotonic clock. */

import type { Inheritance, OpenIncident } from "../../core/alerting/policy/policy_state.ts";
import type { RedatedInput } from "../../core/alerting/policy/redating.ts";
import type { Route } from "../../core/alerting/incident/route.ts";
import { newNode, type NodeState } from "../../core/detection/node_state.ts";
import { restoreRetired } from "../../core/detection/sessions.ts";
import { type Clock, monotonicMs } from "../../io/time/clock.ts";
import { type StoredIncident, subjectOf } from "../store/stored_incident.ts";
import type { StoredNode } from "../store/node_rows.ts";
import { spanEndMs } from "../store/span_end.ts";
import type { Store } from "../store/store.ts";

const HOUR_MS = 3_600_000;

/**
 * Reads at `nowMs`. A Pi without a battery clock may boot with a wall clock that is behind. Stored
 * instants would then be in the future, and the hub would report hours late. So an instant of the
 * past is never later than now.
 */
export class RestoredState {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #routes: readonly Route[];
  readonly #nowMs: number;

  /** `routes` are this run's routes. Their names and channels may differ from those of the last run. */
  constructor(store: Store, clock: Clock, routes: readonly Route[]) {
    this.#store = store;
    this.#clock = clock;
    this.#routes = routes;
    this.#nowMs = clock.nowMs();
  }

  /** The nodes of earlier runs. They are unknown until they are heard, and missing if they are not. */
  nodes(): readonly NodeState[] {
    return this.#store.nodes.all().map((stored) => this.#node(stored));
  }

  /**
   * The state for the policy. It closes incidents of nodes that are not `known`, because they were
   * revoked while no hub ran, and incidents of channels that no longer exist: no later event would
   * end them.
   */
  policy(known: ReadonlySet<string>): Inheritance {
    const store = this.#store;
    store.transaction(() => {
      store.notifications.rename(this.#routes);
      store.items.rename(this.#routes);
    });
    const owed = store.incidents.owed();
    const isGone = (incident: StoredIncident) => {
      const subject = subjectOf(incident);
      if (subject?.kind === "uplink") return !this.#hasChannel(subject.channel);
      return incident.node !== "" && !known.has(incident.node);
    };
    store.transaction(() => {
      for (const { id, subject } of owed.filter(isGone)) {
        store.incidents.close(subject, { atMs: this.#clock.wallMs(this.#nowMs) });
        store.notifications.resolve(id);
      }
    });
    const open = owed.filter((incident) => !isGone(incident)).flatMap((one) => this.#incident(one));
    return {
      open,
      nextId: store.incidents.nextId(),
      spentMs: this.#spentMs(),
      maintenance: this.#maintenance(),
    };
  }

  /**
   * The inherited state again, after the wall clock has stepped. At its start this run converted the
   * state with the earlier wall clock.
   */
  redated(): RedatedInput {
    const { nodes, incidents } = this.#store;
    const heard = nodes.all().flatMap(({ id, lastHeardMs }) =>
      lastHeardMs === undefined ? [] : [[id, this.#past(lastHeardMs)] as const]
    );
    const deaths = incidents.owed().filter(({ kind }) => kind === "node").map((one) => {
      const { node, diedAtMs, lastHeardMs } = one;
      const heardMs = lastHeardMs === undefined ? undefined : this.#past(lastHeardMs);
      return [node, { startedAtMs: this.#past(diedAtMs), lastHeardMs: heardMs }] as const;
    });
    return {
      kind: "redated",
      beganMs: this.#nowMs,
      lastHeardMs: new Map(heard),
      deaths: new Map(deaths),
    };
  }

  #node(stored: StoredNode): NodeState {
    const node = newNode(stored.id, this.#nowMs, stored.isExpected);
    node.name = stored.name;
    node.session = stored.session;
    restoreRetired(node, stored.endedSessions, this.#nowMs);
    node.facts = stored.facts;
    node.everyMs = stored.everyMs;
    node.reconnectMs = stored.reconnectMs;
    if (stored.lastHeardMs !== undefined) node.lastHeardMs = this.#past(stored.lastHeardMs);
    const { backByMs, leftReason, sinceMs } = stored;
    if (backByMs !== undefined) {
      // The rest of its time to come back, according to the present wall clock.
      const atMs = monotonicMs(this.#clock, backByMs);
      node.backByMs = Math.min(atMs, this.#nowMs + Math.max(0, backByMs - sinceMs));
      // The broker still has its farewell, which must not cause a second alert about the same death.
      node.leftSession = stored.session;
      node.leftReason = leftReason;
    }
    if (stored.liveness !== "left") return node;
    node.liveness = "left";
    node.leftSession = stored.session;
    node.leftReason = leftReason;
    node.sinceMs = this.#past(sinceMs);
    return node;
  }

  #incident(incident: StoredIncident): OpenIncident[] {
    const subject = subjectOf(incident);
    if (subject === undefined) return [];
    const known = this.#store.notifications.of(incident.id).filter(({ route }) =>
      this.#isPresent(route)
    ).map((one) => ({
      ...one,
      atMs: this.#reaches(incident.id, one.route) ? one.atMs : undefined,
    }));
    const { recoveredAtMs, lastHeardMs, parent } = incident;
    return [{
      id: incident.id,
      subject,
      name: incident.name,
      startedAtMs: this.#past(incident.diedAtMs),
      lastHeardMs: lastHeardMs === undefined ? undefined : this.#past(lastHeardMs),
      cause: incident.cause,
      ended: recoveredAtMs === undefined
        ? undefined
        : { atMs: this.#past(recoveredAtMs), now: incident.now ?? "alive" },
      acknowledged: incident.acknowledgedAtMs !== undefined,
      rebooted: incident.rebooted,
      changes: incident.changes,
      common: parent,
      notified: new Map(
        known.flatMap(({ route, atMs }) => atMs === undefined ? [] : [[route, this.#past(atMs)]]),
      ),
      deferred: new Set(known.flatMap(({ route, atMs }) => atMs === undefined ? [route] : [])),
    }];
  }

  /**
   * Whether a message about an incident was sent, or may still be sent. If all were refused, or wait
   * for a channel that no longer exists, these people know nothing. The configuration may be correct
   * now, so they are notified again.
   */
  #reaches(incident: number, route: string): boolean {
    const messages = this.#store.outbox.about(incident)
      .filter((message) => message.route === route || !this.#isPresent(message.route));
    return messages.length === 0 ||
      messages.some(({ state, channel }) =>
        state === "pending" ? this.#hasChannel(channel) : state !== "refused" && state !== "merged"
      );
  }

  #isPresent(route: string): boolean {
    return this.#routes.some(({ name }) => name === route);
  }

  #hasChannel(channel: string): boolean {
    return this.#routes.some(({ channels }) => channels.some(({ name }) => name === channel));
  }

  #spentMs(): ReadonlyMap<string, readonly number[]> {
    const spentMs = new Map<string, number[]>();
    const [newest] = this.#store.outbox.newest(1);
    // If the wall clock is behind, old messages must not count as messages of this hour.
    const wallMs = Math.max(this.#clock.wallMs(this.#nowMs), newest?.createdAtMs ?? 0);
    for (const { channel, createdAtMs } of this.#store.outbox.createdSince(wallMs - HOUR_MS)) {
      const instants = spentMs.get(channel) ?? [];
      instants.push(this.#past(createdAtMs));
      spentMs.set(channel, instants);
    }
    return spentMs;
  }

  #maintenance(): ReadonlyMap<string, number> {
    return new Map(
      [...this.#store.maintenance.all()].map(([node, span]) =>
        [node, spanEndMs(span, this.#clock, this.#nowMs)] as const
      ),
    );
  }

  #past(wallMs: number): number {
    return Math.min(this.#nowMs, monotonicMs(this.#clock, wallMs));
  }
}
