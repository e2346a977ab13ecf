/**
 * What the policy has to do next, and when. All of it is derived from the incidents. It is kept in
 * order, because with thousands of incidents a check of each after every change is too slow.
 */

import type { SortedList } from "../../structures/sorted_list.ts";
import type { Incident } from "../incident/incident.ts";

/** An incident that is due at an instant. */
export interface Due {
  readonly atMs: number;
  readonly entry: AgendaEntry;
}

/** When a message is due for a route. */
export interface Wanted {
  /** Deaths that are reported when they have lasted long enough. They wait for each other. */
  readonly deathsMs: SortedList<number>;
  readonly othersMs: SortedList<number>;
}

/** Ends that are reported to a route together, because they have a common cause. */
export interface WantedReturns {
  /** When they ended. */
  readonly endsMs: SortedList<number>;
  /** The ends of nodes that have their own maintenance. */
  readonly muted: Set<MutedEnd>;
}

export interface MutedEnd {
  /** The set that contains it. */
  readonly group: Set<MutedEnd>;
  readonly endMs: number;
  readonly untilMs: number;
}

export interface RouteAgenda {
  readonly all: Wanted;
  /** The part of `all` that has just begun, and whose message is not deferred yet. */
  readonly news: Wanted;
  /** By `returnKey`. */
  readonly returns: Map<string, WantedReturns>;
  /** Incidents to report, by the instant from which they may join another message. */
  readonly along: SortedList<Due>;
}

/** Incidents with a common cause of which a route was notified. */
export interface CommonReturn {
  /** The beginnings of the incidents that are still open. */
  readonly openMs: SortedList<number>;
  /** The ends of the other incidents. */
  readonly endsMs: SortedList<number>;
}

/** By route and common cause: `returnKey`. */
export type CommonReturns = Map<string, CommonReturn>;

/** A value in a list, entered for an incident. */
export interface Mark {
  readonly list: SortedList<number>;
  readonly value: number;
}

/** The entries that the agenda holds for one incident. */
export interface AgendaEntry {
  readonly incident: Incident;
  /** The order of incidents that are due at the same time. */
  readonly rank: number;
  /** The incident is over, and the same subject has a newer one. */
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
  /** Cached, because every heartbeat needs it. */
  deadlineMs: number | undefined;
}
