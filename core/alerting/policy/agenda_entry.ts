/** The entries that the agenda holds for one incident. */

import {
  ascending,
  insertSorted,
  newSortedList,
  type Order,
  removeSorted,
  type SortedList,
} from "../../structures/sorted_list.ts";
import { type Subject, subjectKey } from "../alert.ts";
import type { Agenda, AgendaEntry, Due, Mark, WantedReturns } from "./agenda_state.ts";
import { marksInReturns, returnKey } from "./common_return.ts";
import { decide, isTogether, waitsForOthers } from "./decision.ts";
import { flapAtMs } from "./flapping.ts";
import type { Incident } from "../incident/incident.ts";
import type { PolicyState, Rules } from "./policy_state.ts";
import type { Route } from "../incident/route.ts";

const byInstant: Order<Due> = (one, other) =>
  ascending(one.atMs, other.atMs) || one.entry.rank - other.entry.rank;

/** Incidents of one place depend on each other, e.g. a node's deaths wait while it flaps. */
export function placeOf(subject: Subject): string {
  return subjectKey(subject.kind === "flapping" ? { ...subject, kind: "node" } : subject);
}

/** Adds an incident to the agenda. */
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
    dues: [],
  };
  const place = placeOf(incident.subject);
  const same = agenda.entries.get(place);
  if (same === undefined) agenda.entries.set(place, [entry]);
  else same.push(entry);
  if (incident.subject.kind === "reboot") agenda.reboots.add(incident);
  return entry;
}

/** Removes every entry of an incident. */
export function removeEntry(
  { reboots }: Agenda,
  { incident, marks, mutedEnds, dues }: AgendaEntry,
): void {
  for (const { list, value } of marks) removeSorted(list, value, ascending);
  for (const end of mutedEnds) end.group.delete(end);
  for (const { list, due } of dues) removeSorted(list, due, byInstant);
  reboots.delete(incident);
}

/** Counts an incident for its common cause. */
export function countReturns({ returns }: Agenda, entry: AgendaEntry): void {
  if (entry.isPast) return;
  for (const mark of marksInReturns(returns, entry.incident)) addMark(entry, mark);
}

/** Enters what is due for an incident, and when. */
export function plan(state: PolicyState, rules: Rules, agenda: Agenda, entry: AgendaEntry): void {
  const { incident, isPast } = entry;
  if (!isPast) addDue(entry, agenda.flaps, flapAtMs(state, incident, rules));
  for (const route of rules.routes) {
    const telling = decide(state, { incident, route, rules });
    const wanted = agenda.routes.get(route.name);
    if (telling.kind === "nothing" || wanted === undefined) continue;
    addDue(entry, wanted.along, telling.alongFromMs);
    if (isTogether(telling, incident, route)) {
      addEnd(state, { entry, returns: wanted.returns, route });
      continue;
    }
    const isNews = telling.kind === "start" && !incident.deferred.has(route.name);
    for (const { deathsMs, othersMs } of isNews ? [wanted.all, wanted.news] : [wanted.all]) {
      const list = waitsForOthers(telling, incident) ? deathsMs : othersMs;
      addMark(entry, { list, value: telling.atMs });
    }
  }
}

/** The due time depends on the other incidents of its common cause, so only its end is entered. */
function addEnd(
  { maintenance }: PolicyState,
  { entry, returns, route }: {
    readonly entry: AgendaEntry;
    readonly returns: Map<string, WantedReturns>;
    readonly route: Route;
  },
): void {
  const { incident: { subject, common, ended }, mutedEnds } = entry;
  if (common === undefined || ended === undefined) return;
  const key = returnKey(route.name, common);
  const known = returns.get(key) ?? { endsMs: newSortedList(), muted: new Set() };
  returns.set(key, known);
  const { endsMs, muted } = known;
  const untilMs = "node" in subject ? maintenance.get(subject.node) : undefined;
  if (untilMs === undefined) return addMark(entry, { list: endsMs, value: ended.atMs });
  const end = { group: muted, endMs: ended.atMs, untilMs };
  muted.add(end);
  mutedEnds.push(end);
}

/** A value that is never due is not in any list. */
function addMark({ marks }: AgendaEntry, mark: Mark): void {
  if (mark.value === Infinity) return;
  insertSorted(mark.list, mark.value, ascending);
  marks.push(mark);
}

function addDue(entry: AgendaEntry, list: SortedList<Due>, atMs: number): void {
  if (atMs === Infinity) return;
  const due = { atMs, entry };
  insertSorted(list, due, byInstant);
  entry.dues.push({ list, due });
}
