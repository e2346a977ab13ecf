/** The next due times of the agenda. */

import { firstOf, itemsWhile, lastWhile } from "../../structures/sorted_list.ts";
import type { Agenda, AgendaEntry, RouteAgenda, Wanted } from "./agenda_state.ts";
import { endAtMs } from "./common_return.ts";
import type { Incident } from "../incident/incident.ts";
import type { PolicyState, Rules } from "./policy_state.ts";
import type { Route } from "../incident/route.ts";

export interface RouteQuestion {
  readonly route: Route;
  readonly rules: Rules;
}

/** When the next death counts, or the next flapping ends. */
export function nextFlapMs({ blind }: PolicyState, { flaps }: Agenda): number {
  return blind ? Infinity : firstOf(flaps)?.atMs ?? Infinity;
}

/** The deaths that count from now on, and the flapping that ends now. */
export function dueFlaps(
  { blind }: PolicyState,
  { flaps }: Agenda,
  nowMs: number,
): readonly Incident[] {
  if (blind) return [];
  return itemsWhile(flaps, ({ atMs }) => atMs <= nowMs).map(({ entry }) => entry)
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ incident }) => incident);
}

/** The incidents that a route can be notified of now, in the order of a message. */
export function tellable(agenda: Agenda, { name }: Route, nowMs: number): readonly Incident[] {
  const along = agenda.routes.get(name)?.along;
  if (along === undefined) return [];
  return itemsWhile(along, ({ atMs }) => atMs <= nowMs).map(({ entry }) => entry)
    .toSorted((one, other) => groupOf(one) - groupOf(other) || one.rank - other.rank)
    .map(({ incident }) => incident);
}

/** Flapping comes before the node's later events, and past incidents come before current ones. */
function groupOf({ incident, isPast }: AgendaEntry): number {
  return (incident.subject.kind === "flapping" ? 0 : 2) + (isPast ? 0 : 1);
}

/** When the route wants a message, even if quiet hours or budget forbid it; or `Infinity`. */
export function wantedAtMs(
  state: PolicyState,
  agenda: Agenda,
  { route, rules }: RouteQuestion,
): number {
  const own = agenda.routes.get(route.name);
  if (own === undefined) return Infinity;
  return Math.min(startsAtMs(own.all, route, rules), returnsAtMs(state, agenda, { own, rules }));
}

/** When the route wants a message and may send or must defer it; or `Infinity`. */
export function routeDeadlineMs(
  state: PolicyState,
  agenda: Agenda,
  { route, rules }: RouteQuestion,
): number {
  const wantedMs = wantedAtMs(state, agenda, { route, rules });
  const news = agenda.routes.get(route.name)?.news;
  const waitUntilMs = state.memories.get(route.name)?.waitUntilMs ?? -Infinity;
  if (waitUntilMs === -Infinity || wantedMs === Infinity || news === undefined) return wantedMs;
  // An incident that becomes due while another message waits must be deferred at once, because it
  // might end before that message.
  return Math.min(Math.max(wantedMs, waitUntilMs), startsAtMs(news, route, rules));
}

/** Deaths that belong together are due together. */
function startsAtMs({ deathsMs, othersMs }: Wanted, { holdMs }: Route, { groupMs }: Rules): number {
  const otherMs = firstOf(othersMs) ?? Infinity;
  const firstMs = firstOf(deathsMs);
  if (firstMs === undefined) return otherMs;
  // By then all deaths within the group time of the first one are known, so a single death waits
  // only for its hold.
  const groupEndMs = firstMs - holdMs + groupMs;
  const lastMs = lastWhile(deathsMs, (readyMs) => readyMs - holdMs <= groupEndMs) ?? groupEndMs;
  return Math.min(otherMs, Math.max(groupEndMs, lastMs));
}

function returnsAtMs(
  { maintenance }: PolicyState,
  agenda: Agenda,
  { own, rules: { groupMs } }: { readonly own: RouteAgenda; readonly rules: Rules },
): number {
  let nextMs = Infinity;
  for (const [key, { endsMs, muted }] of own.returns) {
    const back = agenda.returns.get(key);
    const firstMs = firstOf(endsMs);
    if (firstMs !== undefined) nextMs = Math.min(nextMs, endAtMs(back, firstMs, groupMs));
    for (const { endMs, untilMs } of muted) {
      nextMs = Math.min(nextMs, Math.max(untilMs, endAtMs(back, endMs, groupMs)));
    }
  }
  return nextMs === Infinity ? nextMs : Math.max(nextMs, maintenance.get("") ?? -Infinity);
}
