/** What the policy remembers, and the rules that it is played by. */

import type { Subject } from "../alert.ts";
import type { Cause } from "../cause.ts";
import type { Agenda } from "./agenda_state.ts";
import { type Ending, type Incident, isUnheardOf, newIncident } from "./incident.ts";
import { type NotificationChange, resolve } from "./notification_log.ts";
import type { Route } from "./route.ts";

export interface Rules {
  /** Deaths and recoveries within this time make one message. */
  readonly groupMs: number;
  readonly routes: readonly Route[];
  /** So many lasting deaths within the window make a node flap; 0 for never. */
  readonly flapDeaths: number;
  readonly flapWindowMs: number;
  /** How long broker or provider is unreachable before people are notified. */
  readonly blindAfterMs: number;
  /** Nodes that share a site, switch or power strip. */
  readonly groups: readonly { readonly name: string; readonly nodes: readonly string[] }[];
  /**
   * Unexpected reboots of nodes that were last heard before this are no news: the hub itself was stopped
   * in order then, perhaps together with all others, whose farewells nobody was there to hear.
   */
  readonly rebootsFromMs: number;
  /** The local time of day at an instant, in ms since midnight. */
  readonly timeOfDayMs: (nowMs: number) => number;
}

/** What is remembered of a route beside what each incident knows of it. */
export interface RouteMemory {
  /** Quiet hours or an empty budget: not looked at again before. */
  waitUntilMs: number;
  /** No channel was awake but the unreachable one itself: no message about providers before. */
  providersFromMs: number;
}

/** How often a node changed lately. */
export interface FlapHistory {
  /** When its lasting deaths began, oldest first. */
  readonly deathsMs: number[];
  /** When its verdict changed, oldest first. */
  readonly changesMs: number[];
  /** The hub has watched it without a break since then. */
  watchedFromMs: number;
}

export interface PolicyState {
  /** By `subjectKey`: what goes on, or is over while somebody still has to be notified. */
  readonly incidents: Map<string, Incident>;
  /** Over, with a message deferred, and the same subject has a newer incident. */
  readonly past: Set<Incident>;
  /** By route. */
  readonly memories: Map<string, RouteMemory>;
  /** When messages of a channel were spent, oldest first, at most an hour's budget. */
  readonly spentMs: Map<string, number[]>;
  /** By node; the empty id stands for all: until when no message is sent. */
  readonly maintenance: Map<string, number>;
  readonly flaps: Map<string, FlapHistory>;
  readonly alive: Set<string>;
  /** Channels whose provider cannot be reached. */
  readonly downChannels: Set<string>;
  blind: boolean;
  /** The id of the next incident. */
  nextId: number;
  /** Follows from the rest. `undefined` until it is asked for, and after what changes all of it. */
  agenda: Agenda | undefined;
}

/** An incident of an earlier run of which somebody may still have to hear. Instants are monotonic. */
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
  /** Routes of these rules only. */
  readonly notified: ReadonlyMap<string, number>;
  readonly deferred: ReadonlySet<string>;
}

/** What an earlier run left behind. */
export interface Inheritance {
  /** Oldest first. */
  readonly open: Iterable<OpenIncident>;
  /** Greater than the id of any incident. */
  readonly nextId: number;
  readonly spentMs: ReadonlyMap<string, readonly number[]>;
  readonly maintenance: ReadonlyMap<string, number>;
}

/** The state at start: the hub does not see yet, and has at least `firstGraceMs` to. */
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
  // What is over is reported as such, whatever this run finds.
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
  // What is over and concerns no route is done.
  if (ended !== undefined && isUnheardOf(one)) return;
  const older = state.incidents.get(one.key);
  if (older !== undefined) state.past.add(older);
  state.incidents.set(one.key, one);
  if (subject.kind === "flapping" && ended === undefined) {
    state.flaps.set(subject.node, { deathsMs: [], changesMs: [nowMs], watchedFromMs: nowMs });
  }
  if (subject.kind === "uplink" && ended === undefined) state.downChannels.add(subject.channel);
}

/** Those who were to be called up need not hear of what somebody takes care of. */
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

/** Until when no message is sent about an incident, or `-Infinity`. */
export function mutedUntilMs({ maintenance }: PolicyState, { subject }: Incident): number {
  const allMs = maintenance.get("") ?? -Infinity;
  const nodeMs = "node" in subject ? maintenance.get(subject.node) : undefined;
  return Math.max(allMs, nodeMs ?? -Infinity);
}
