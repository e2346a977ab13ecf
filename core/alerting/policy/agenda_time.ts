/** What is next on the agenda. */

import { countWhile } from "../../structures/sorted_list.ts";
import type { Agenda, RouteAgenda, Wanted } from "./agenda_state.ts";
import { endAtMs } from "./common_return.ts";
import type { Incident } from "./incident.ts";
import type { PolicyState, Rules } from "./policy_state.ts";
import type { Route } from "./route.ts";

/** When deaths are to be counted, or the flapping of a node ends. */
export function nextFlapMs({ blind }: PolicyState, { flaps }: Agenda): number {
  return blind ? Infinity : flaps[0]?.atMs ?? Infinity;
}

/** The deaths to be counted now, and the flapping that ends. */
export function dueFlaps(
  { blind }: PolicyState,
  { flaps }: Agenda,
  nowMs: number,
): readonly Incident[] {
  if (blind) return [];
  return flaps.slice(0, countWhile(flaps, ({ atMs }) => atMs <= nowMs))
    .sort((one, other) => one.rank - other.rank)
    .map(({ incident }) => incident);
}

/** When a message of the route is wanted and not forbidden, or is to be deferred; or `Infinity`. */
export function routeDeadlineMs(
  state: PolicyState,
  agenda: Agenda,
  { route, rules }: { readonly route: Route; readonly rules: Rules },
): number {
  const own = agenda.routes.get(route.name);
  if (own === undefined) return Infinity;
  const wantedMs = Math.min(
    wantedAtMs(own.all, route, rules),
    returnsAtMs(state, agenda, { own, rules }),
  );
  const { waitUntilMs } = state.memories.get(route.name) ?? { waitUntilMs: -Infinity };
  if (waitUntilMs === -Infinity || wantedMs === Infinity) return wantedMs;
  // What is due while another message waits must be deferred in time: it might end before.
  return Math.min(Math.max(wantedMs, waitUntilMs), wantedAtMs(own.news, route, rules));
}

/** The same as in a plan of the route: deaths that belong together are due together. */
function wantedAtMs(
  { deathsMs, othersMs: [otherMs = Infinity] }: Wanted,
  { holdMs }: Route,
  { groupMs }: Rules,
): number {
  const [firstMs] = deathsMs;
  if (firstMs === undefined) return otherMs;
  const groupEndMs = firstMs - holdMs + groupMs;
  const count = countWhile(deathsMs, (readyMs) => readyMs - holdMs <= groupEndMs);
  return Math.min(otherMs, Math.max(groupEndMs, deathsMs[count - 1] ?? groupEndMs));
}

function returnsAtMs(
  { maintenance }: PolicyState,
  agenda: Agenda,
  { own, rules: { groupMs } }: { readonly own: RouteAgenda; readonly rules: Rules },
): number {
  let nextMs = Infinity;
  for (const [key, { endsMs: [firstMs], muted }] of own.returns) {
    const back = agenda.returns.get(key);
    if (firstMs !== undefined) nextMs = Math.min(nextMs, endAtMs(back, firstMs, groupMs));
    for (const { endMs, untilMs } of muted) {
      nextMs = Math.min(nextMs, Math.max(untilMs, endAtMs(back, endMs, groupMs)));
    }
  }
  return nextMs === Infinity ? nextMs : Math.max(nextMs, maintenance.get("") ?? -Infinity);
}
