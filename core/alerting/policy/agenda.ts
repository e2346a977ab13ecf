/** Keeps the agenda current. After a change it only checks the incidents of the touched places. */

import { newSortedList } from "../../structures/sorted_list.ts";
import { type Subject, subjectKey } from "../alert.ts";
import { addEntry, countReturns, placeOf, plan, removeEntry } from "./agenda_entry.ts";
import type { Agenda, AgendaEntry, RouteAgenda, Wanted } from "./agenda_state.ts";
import type { PolicyState, Rules } from "./policy_state.ts";

/** Returns the agenda for the present incidents. */
export function agendaOf(state: PolicyState, rules: Rules): Agenda {
  const { agenda } = state;
  if (agenda === undefined) return newAgenda(state, rules);
  if (agenda.touched.size > 0) settle(state, rules, agenda);
  return agenda;
}

/** Call this when the incidents of a subject may have changed. */
export function touch({ agenda }: PolicyState, subject: Subject): void {
  if (agenda === undefined) return;
  agenda.touched.add(placeOf(subject));
  agenda.deadlineMs = undefined;
}

/** Call this when any incident may have changed. */
export function forgetAgenda(state: PolicyState): void {
  state.agenda = undefined;
}

/** Forgets common causes that have no incident any more. */
export function dropEmptyReturns({ returns, routes }: Agenda): void {
  for (const [key, { openMs, endsMs }] of returns) {
    if (openMs.chunks.length + endsMs.chunks.length === 0) returns.delete(key);
  }
  for (const route of routes.values()) {
    for (const [key, { endsMs, muted }] of route.returns) {
      if (endsMs.chunks.length + muted.size === 0) route.returns.delete(key);
    }
  }
}

/** The keys of the incidents that may belong to a place. */
function keysOf(place: string): readonly string[] {
  const node = /^node (.*)$/s.exec(place)?.[1];
  return node === undefined ? [place] : [place, subjectKey({ kind: "flapping", node })];
}

function newAgenda(state: PolicyState, rules: Rules): Agenda {
  const agenda: Agenda = {
    entries: new Map(),
    touched: new Set(),
    routes: new Map(rules.routes.map(({ name }) => [name, newRouteAgenda()])),
    returns: new Map(),
    flaps: newSortedList(),
    reboots: new Set(),
    nextRank: 0,
    deadlineMs: undefined,
  };
  state.agenda = agenda;
  const entries = [
    ...[...state.past].map((one) => addEntry(agenda, { incident: one, isPast: true })),
    ...[...state.incidents.values()].map((one) => addEntry(agenda, { incident: one })),
  ];
  for (const entry of entries) countReturns(agenda, entry);
  for (const entry of entries) plan(state, rules, agenda, entry);
  return agenda;
}

function newRouteAgenda(): RouteAgenda {
  const newWanted = (): Wanted => ({ deathsMs: newSortedList(), othersMs: newSortedList() });
  return { all: newWanted(), news: newWanted(), returns: new Map(), along: newSortedList() };
}

function settle(state: PolicyState, rules: Rules, agenda: Agenda): void {
  for (const place of agenda.touched) {
    const before = agenda.entries.get(place) ?? [];
    agenda.entries.delete(place);
    for (const entry of before) removeEntry(agenda, entry);
    for (const entry of entriesNow(state, agenda, { place, before })) {
      countReturns(agenda, entry);
      plan(state, rules, agenda, entry);
    }
  }
  agenda.touched.clear();
}

function entriesNow(
  { incidents, past }: PolicyState,
  agenda: Agenda,
  { place, before }: { readonly place: string; readonly before: readonly AgendaEntry[] },
): readonly AgendaEntry[] {
  const keys = keysOf(place);
  const old = past.size === 0 ? [] : [...past].filter(({ key }) => keys.includes(key));
  return [
    ...old.map((incident) => {
      const rank = before.find((one) => one.isPast && one.incident === incident)?.rank;
      return addEntry(agenda, { incident, isPast: true, rank });
    }),
    ...keys.flatMap((key) => {
      const incident = incidents.get(key);
      if (incident === undefined) return [];
      // A new incident takes the rank of the previous one of its subject.
      const rank = before.find((one) => !one.isPast && one.incident.key === key)?.rank;
      return [addEntry(agenda, { incident, rank })];
    }),
  ];
}
