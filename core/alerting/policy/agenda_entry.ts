/** What the agenda holds because of one incident. */

import { ascending, type Order, removeSorted } from "../../structures/sorted_list.ts";
import { type Subject, subjectKey } from "../alert.ts";
import type { Agenda, AgendaEntry, FlapDue, Mark, WantedReturns } from "./agenda_state.ts";
import { marksInReturns, returnKey } from "./common_return.ts";
import { decide, isTogether, waitsForOthers } from "./decision.ts";
import { flapAtMs } from "./flapping.ts";
import type { Incident } from "./incident.ts";
import type { PolicyState, Rules } from "./policy_state.ts";
import type { Route } from "./route.ts";

/** Adds an item to a list that is, or will be, in this order. */
type Add = <Item>(list: Item[], item: Item, order: Order<Item>) => void;

export const byDue: Order<FlapDue> = (one, other) =>
  ascending(one.atMs, other.atMs) || one.rank - other.rank;

/** Incidents of one place depend on each other: a node's deaths wait while it flaps. */
export function placeOf(subject: Subject): string {
  return subjectKey(subject.kind === "flapping" ? { ...subject, kind: "node" } : subject);
}

/** Notes that there is an incident. */
export function addEntry(
  agenda: Agenda,
  { incident, isPast = false, rank }: {
    readonly incident: Incident;
    readonly isPast?: boolean;
    readonly rank?: number | undefined;
  },
): AgendaEntry {
  const entry: AgendaEntry = {
    incident,
    rank: rank ?? agenda.nextRank++,
    isPast,
    marks: [],
    mutedEnds: [],
    flap: undefined,
  };
  const place = placeOf(incident.subject);
  const same = agenda.entries.get(place);
  if (same === undefined) agenda.entries.set(place, [entry]);
  else same.push(entry);
  if (incident.subject.kind === "reboot") agenda.reboots++;
  return entry;
}

/** Takes back all that was noted because of an incident. */
export function removeEntry(
  agenda: Agenda,
  { incident, marks, mutedEnds, flap }: AgendaEntry,
): void {
  for (const { list, value } of marks) removeSorted(list, value, ascending);
  for (const end of mutedEnds) end.group.delete(end);
  if (flap !== undefined) removeSorted(agenda.flaps, flap, byDue);
  if (incident.subject.kind === "reboot") agenda.reboots--;
}

/** Counts an incident among those of its common cause. */
export function countReturns(agenda: Agenda, entry: AgendaEntry, add: Add): void {
  if (entry.isPast) return;
  for (const mark of marksInReturns(agenda.returns, entry.incident)) addMark(entry, mark, add);
}

function addMark({ marks }: AgendaEntry, mark: Mark, add: Add): void {
  // What never comes is no part of any order.
  if (mark.value === Infinity) return;
  add(mark.list, mark.value, ascending);
  marks.push(mark);
}

/** Notes what is due for an incident, and when. */
export function plan(
  state: PolicyState,
  rules: Rules,
  { agenda, entry, add }: {
    readonly agenda: Agenda;
    readonly entry: AgendaEntry;
    readonly add: Add;
  },
): void {
  const { incident, rank, isPast } = entry;
  const flapMs = isPast ? Infinity : flapAtMs(state, incident, rules);
  if (flapMs < Infinity) {
    entry.flap = { atMs: flapMs, rank, incident };
    add(agenda.flaps, entry.flap, byDue);
  }
  for (const route of rules.routes) {
    const telling = decide(state, { incident, route, rules });
    const wanted = agenda.routes.get(route.name);
    if (telling.kind === "nothing" || wanted === undefined) continue;
    if (isTogether(telling, incident, route)) {
      addEnd(state, { entry, returns: wanted.returns, route, add });
      continue;
    }
    const isNews = telling.kind === "start" && !incident.deferred.has(route.name);
    for (const { deathsMs, othersMs } of isNews ? [wanted.all, wanted.news] : [wanted.all]) {
      const list = waitsForOthers(telling, incident) ? deathsMs : othersMs;
      addMark(entry, { list, value: telling.atMs }, add);
    }
  }
}

/** When it is due depends on the others of its common cause, so only its end is noted. */
function addEnd(
  { maintenance }: PolicyState,
  { entry, returns, route, add }: {
    readonly entry: AgendaEntry;
    readonly returns: Map<string, WantedReturns>;
    readonly route: Route;
    readonly add: Add;
  },
): void {
  const { incident: { subject, common, ended }, mutedEnds } = entry;
  if (common === undefined || ended === undefined) return;
  const key = returnKey(route.name, common);
  const { endsMs, muted } = returns.get(key) ?? { endsMs: [], muted: new Set() };
  returns.set(key, { endsMs, muted });
  const untilMs = "node" in subject ? maintenance.get(subject.node) : undefined;
  if (untilMs === undefined) return addMark(entry, { list: endsMs, value: ended.atMs }, add);
  const end = { group: muted, endMs: ended.atMs, untilMs };
  muted.add(end);
  mutedEnds.push(end);
}
