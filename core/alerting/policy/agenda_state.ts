/**
 * What the policy has to do next, and when. All of it follows from the incidents; it is kept in order,
 * because with thousands of incidents nobody can look at each of them after each change.
 */

import type { Incident } from "./incident.ts";

/** When a route is to be told something, ascending. */
export interface Wanted {
  /** Deaths that are told when they have lasted long enough: they wait for each other. */
  readonly deathsMs: number[];
  readonly othersMs: number[];
}

/** Ends of which a route is told together, for they have a common cause. */
export interface WantedReturns {
  /** When they ended, ascending. */
  readonly endsMs: number[];
  /** Those of nodes that have a maintenance of their own. */
  readonly muted: Set<MutedEnd>;
}

export interface MutedEnd {
  /** The set that holds it. */
  readonly group: Set<MutedEnd>;
  readonly endMs: number;
  readonly untilMs: number;
}

export interface RouteAgenda {
  readonly all: Wanted;
  /** Those of `all` that begin, and whose message is not deferred yet. */
  readonly news: Wanted;
  /** By `returnKey`. */
  readonly returns: Map<string, WantedReturns>;
}

/** Incidents with a common cause of which a route was notified. Both lists ascend. */
export interface CommonReturn {
  /** Since when those last that are not over. */
  readonly openMs: number[];
  /** When the others ended. */
  readonly endsMs: number[];
}

/** By route and common cause: `returnKey`. */
export type CommonReturns = Map<string, CommonReturn>;

/** When a death has lasted long enough to count, or a flapping node counts as stable. */
export interface FlapDue {
  readonly atMs: number;
  /** Orders what is due at the same time, like the incidents themselves. */
  readonly rank: number;
  readonly incident: Incident;
}

/** A value that a list holds because of an incident. */
export interface Mark {
  readonly list: number[];
  readonly value: number;
}

/** What the agenda holds because of one incident. */
export interface AgendaEntry {
  readonly incident: Incident;
  readonly rank: number;
  /** It is over, and the same subject has a newer incident. */
  readonly isPast: boolean;
  readonly marks: Mark[];
  readonly mutedEnds: MutedEnd[];
  flap: FlapDue | undefined;
}

export interface Agenda {
  /** By place: see `placeOf`. */
  readonly entries: Map<string, AgendaEntry[]>;
  /** Places whose incidents may have changed. */
  readonly touched: Set<string>;
  /** By the route's name. */
  readonly routes: Map<string, RouteAgenda>;
  readonly returns: CommonReturns;
  readonly flaps: FlapDue[];
  /** The number of unexpected reboots that are not forgotten yet. */
  reboots: number;
  nextRank: number;
  /** Kept once it is known, because it is asked for at every heartbeat. */
  deadlineMs: number | undefined;
}
