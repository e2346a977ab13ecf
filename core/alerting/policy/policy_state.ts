/** The state of the policy, and its rules. */

import type { Subject } from "../alert.ts";
import type { Cause } from "../cause.ts";
import type { Agenda } from "./agenda_state.ts";
import { type Ending, type Incident, isUnheardOf, newIncident } from "../incident/incident.ts";
import { type NotificationChange, resolve } from "../incident/notification_log.ts";
import type { Route } from "../incident/route.ts";

export interface Rules {
  /** Deaths and recoveries within this time are in one message. */
  readonly groupMs: number;
  readonly routes: readonly Route[];
  /** A node flaps after this many lasting deaths within the window; 0 for never. */
  readonly flapDeaths: number;
  readonly flapWindowMs: number;
  /** How long the broker or a provider must be unreachable before people are notified. */
  readonly blindAfterMs: number;
  /** Nodes that share a site, switch or power strip. */
  readonly groups: readonly { readonly name: string; readonly nodes: readonly string[] }[];
  /**
   * Unexpected reboots of nodes that were last heard before this are not reported. The hub itself
   * was properly stopped at that time. The nodes may have been stopped with it, and nobody received
   * their farewells.
   */
  readonly rebootsFromMs: number;
  /** The local time of day at an instant, in ms since midnight. */
  readonly timeOfDayMs: (nowMs: number) => number;
}

/** Facts about a route that no single incident holds. */
export interface RouteMemory {
  /** Quiet hours or an empty budget: the route is not checked again before this instant. */
  waitUntilMs: number;
  /** Only the unreachable channel was awake: no message about providers before this instant. */
  providersFromMs: number;
}

/** How often a node changed recently. */
export interface FlapHistory {
  /** When its lasting deaths began, oldest first. */
  readonly deathsMs: number[];
  /** When its verdict changed, oldest first. */
  readonly changesMs: number[];
  /** The hub has watched the node without a break since then. */
  watchedFromMs: number;
}

export interface PolicyState {
  /** By `subjectKey`: incidents that are open, or over while somebody must still be notified. */
  readonly incidents: Map<string, Incident>;
  /** Incidents that are over, have a deferred message, and were followed by a newer one. */
  readonly past: Set<Incident>;
  /** By route. */
  readonly memories: Map<string, RouteMemory>;
  /** By channel: when messages used its budget, oldest first, at most the budget of an hour. */
  readonly spentMs: Map<string, number[]>;
  /** By node, or empty for all: until when no message is sent. */
  readonly maintenance: Map<string, number>;
  readonly flaps: Map<string, FlapHistory>;
  readonly alive: Set<string>;
  /** Channels whose provider cannot be reached. */
  readonly downChannels: Set<string>;
  blind: boolean;
  /** The id of the next incident. */
  nextId: number;
  /**
   * Derived from the rest. `undefined` until it is needed, and after a change that affects all of
   * it.
   */
  agenda: Agenda | undefined;
}

/**
 * An incident of an earlier run that somebody may still need a message about. Instants are
 * monotonic.
 */
export interface OpenIncident {
  readonly id: number;
  readonly subject: Subject;
  readonly name: string;
  readonly startedAtMs: number;
  readonly lastHeardMs: number | undefined;
  readonly cause: Cause;
  readonly ended: Ending | undefined;
  readonly acknowledged: boolean;
  readonly rebooted: boolean;
  readonly changes: number;
  readonly common: number | undefined;
  /** Only routes of the present rules. */
  readonly notified: ReadonlyMap<string, number>;
  readonly deferred: ReadonlySet<string>;
}

/** The state that an earlier run left. */
export interface Inheritance {
  /** Oldest first. */
  readonly open: Iterable<OpenIncident>;
  /** Greater than the id of any incident. */
  readonly nextId: number;
  readonly spentMs: ReadonlyMap<string, readonly number[]>;
  readonly maintenance: ReadonlyMap<string, number>;
}

/** The state at start: the hub is blind, and has at least `firstGraceMs` to connect. */
export function newPolicy(
  { routes }: Rules,
  { open, nextId, spentMs, maintenance }: Inheritance,
  start: { readonly nowMs: number; readonly firstGraceMs: number },
): PolicyState {
  const state: PolicyState = {
    incidents: new Map(),
    past: new Set(),
    memories: new Map(),
    spentMs: new Map([...spentMs].map(([channel, instants]) => [channel, [...instants]])),
    maintenance: new Map(maintenance),
    flaps: new Map(),
    alive: new Set(),
    downChannels: new Set(),
    blind: true,
    nextId,
    agenda: undefined,
  };
  for (const origin of open) inherit(state, origin, { routes, nowMs: start.nowMs });
  const known = state.incidents.get("broker");
  // An incident that is over is reported as such, even if the hub is blind again in this run.
  if (known?.ended !== undefined) state.past.add(known);
  const broker = known !== undefined && known.ended === undefined ? known : newIncident({
    subject: { kind: "broker" },
    name: "",
    startedAtMs: start.nowMs,
    lastHeardMs: undefined,
    cause: "no_connection",
    recorded: false,
  });
  broker.earliestMs = start.nowMs + start.firstGraceMs;
  state.incidents.set(broker.key, broker);
  return state;
}

function inherit(
  state: PolicyState,
  { notified, deferred, ...origin }: OpenIncident,
  { routes, nowMs }: { readonly routes: readonly Route[]; readonly nowMs: number },
): void {
  const { subject, ended } = origin;
  const one = newIncident({ ...origin, confirmed: subject.kind !== "node" });
  for (const [route, atMs] of notified) one.notified.set(route, atMs);
  for (const route of deferred) one.deferred.add(route);
  if (one.acknowledged) releaseAcknowledged(one, routes, nowMs);
  // An incident that is over and concerns no route needs nothing more.
  if (ended !== undefined && isUnheardOf(one)) return;
  const older = state.incidents.get(one.key);
  if (older !== undefined) state.past.add(older);
  state.incidents.set(one.key, one);
  if (subject.kind === "flapping" && ended === undefined) {
    state.flaps.set(subject.node, { deathsMs: [], changesMs: [nowMs], watchedFromMs: nowMs });
  }
  if (subject.kind === "uplink" && ended === undefined) state.downChannels.add(subject.channel);
}

/** Recipients of the escalation need no message about an acknowledged incident. */
export function releaseAcknowledged(
  one: Incident,
  routes: readonly Route[],
  nowMs: number,
): NotificationChange[] {
  return routes.filter(({ name, skipsAcknowledged }) => skipsAcknowledged && one.deferred.has(name))
    .flatMap(({ name }) => resolve(one, name, nowMs));
}

/** While a node flaps, no other message is sent about it. */
export function isFlapping({ incidents }: PolicyState, node: string): boolean {
  const flapping = incidents.get(`flapping ${node}`);
  return flapping !== undefined && flapping.ended === undefined;
}

/** The shortest time after which anybody is notified of a death. */
export function holdMsMin({ routes }: Rules): number {
  return routes.length === 0 ? 0 : Math.min(...routes.map(({ holdMs }) => holdMs));
}

/** Until when no message is sent about an incident; `-Infinity` if messages are allowed. */
export function mutedUntilMs({ maintenance }: PolicyState, { subject }: Incident): number {
  const allMs = maintenance.get("") ?? -Infinity;
  const nodeMs = "node" in subject ? maintenance.get(subject.node) : undefined;
  return Math.max(allMs, nodeMs ?? -Infinity);
}
