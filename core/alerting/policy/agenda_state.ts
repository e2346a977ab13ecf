/**
 * What the policy has to do next, and when. All of it follows from the incidents; it is kept in order,
 * because with thousands of incidents nobody can look at each of them after each change.
 */

import type { SortedList } from "../../structures/sorted_list.ts";
import type { Incident } from "./incident.ts";

/** Something is due for an incident. */
export interface Due {
  readonly atMs: number;
  readonly entry: AgendaEntry;
}

/** When a route is to be told something. */
export interface Wanted {
  /** Deaths that are told when they have lasted long enough: they wait for each other. */
  readonly deathsMs: SortedList<number>;
  readonly othersMs: SortedList<number>;
}

/** Ends of which a route is told together, for they have a common cause. */
export interface WantedReturns {
  /** When they ended. */
  readonly endsMs: SortedList<number>;
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
  /** What is to be told, by the instant from which it may go along with other news. */
  readonly along: SortedList<Due>;
}

/** Incidents with a common cause of which a route was notified. */
export interface CommonReturn {
  /** Since when those last that are not over. */
  readonly openMs: SortedList<number>;
  /** When the others ended. */
  readonly endsMs: SortedList<number>;
}

/** By route and common cause: `returnKey`. */
export type CommonReturns = Map<string, CommonReturn>;

/** A value that a list holds because of an incident. */
export interface Mark {
  readonly list: SortedList<number>;
  readonly value: number;
}

/** What the agenda holds because of one incident. */
export interface AgendaEntry {
  readonly incident: Incident;
  /** The order of what is due at the same time: that of the incidents. */
  readonly rank: number;
  /** It is over, and the same subject has a newer incident. */
  readonly isPast: boolean;
  readonly marks: Mark[];
  readonly mutedEnds: MutedEnd[];
  readonly dues: { readonly list: SortedList<Due>; readonly due: Due }[];
}

export interface Agenda {
  /** By place: see `placeOf`. */
  readonly entries: Map<string, AgendaEntry[]>;
  /** Places whose incidents may have changed. */
  readonly touched: Set<string>;
  /** By the route's name. */
  readonly routes: Map<string, RouteAgenda>;
  readonly returns: CommonReturns;
  /** When a death has lasted long enough to count, or a flapping node counts as stable. */
  readonly flaps: SortedList<Due>;
  /** Unexpected reboots that are not forgotten yet. */
  readonly reboots: Set<Incident>;
  nextRank: number;
  /** Kept once it is known, because it is asked for at every heartbeat. */
  deadlineMs: number | undefined;
}
