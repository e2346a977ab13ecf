/** A node that dies and comes back repeatedly causes one message, and another one when it is stable. */

import { subjectKey } from "../alert.ts";
import { type Incident, isUnheardOf, newIncident } from "../incident/incident.ts";
import { type NotificationChange, notify, resolve } from "../incident/notification_log.ts";
import { openIncident } from "./opening.ts";
import { type Closed, closed, type Opened } from "./output.ts";
import {
  type FlapHistory,
  holdMsMin,
  isFlapping,
  mutedUntilMs,
  type PolicyState,
  type Rules,
} from "./policy_state.ts";

/** A flapping node that stays down this long is down, not flapping. */
const DOWN_FOR_GOOD_MS = 5 * 60_000;
/** The number of changes of one node that are kept. */
const CHANGES_MAX = 1000;

/** The verdict on a node changed from dead to another one, or back. */
export function noteChange(state: PolicyState, rules: Rules, change: {
  readonly node: string;
  readonly atMs: number;
}): void {
  const { node, atMs } = change;
  const flapping = state.incidents.get(`flapping ${node}`);
  if (flapping !== undefined && flapping.ended === undefined) flapping.changes++;
  const history = historyOf(state, node);
  history.changesMs.push(atMs);
  if (history.changesMs.length > CHANGES_MAX) history.changesMs.shift();
  prune(history, atMs - rules.flapWindowMs);
}

/** Counts the deaths that lasted, and begins or ends the flapping of nodes. `due`: see `flapAtMs`. */
export function passFlaps(
  state: PolicyState,
  rules: Rules,
  { due, nowMs }: { readonly due: readonly Incident[]; readonly nowMs: number },
): (Opened | Closed | NotificationChange)[] {
  const outputs: (Opened | Closed | NotificationChange)[] = [];
  for (const one of due) {
    // An earlier pass of this loop may have changed it.
    if (flapAtMs(state, one, rules) > nowMs) continue;
    if (one.subject.kind === "flapping") outputs.push(...endFlapping(state, one, nowMs));
    else {
      one.counted = true;
      outputs.push(...countLasting(state, rules, { one, nowMs }));
    }
  }
  return outputs;
}

/** When a death has lasted long enough to count, or a flapping node counts as stable. */
export function flapAtMs(state: PolicyState, one: Incident, rules: Rules): number {
  return one.subject.kind === "flapping"
    ? stableAtMs(state, one, rules)
    : lastsAtMs(state, one, rules);
}

/** The hub does not know what a node did while it was blind, so the wait for stability restarts. */
export function restartFlaps({ flaps }: PolicyState, nowMs: number): void {
  for (const history of flaps.values()) history.watchedFromMs = nowMs;
}

/** When a death has lasted long enough to count, unless it was already counted. */
function lastsAtMs(state: PolicyState, one: Incident, rules: Rules): number {
  const counts = one.subject.kind === "node" && rules.flapDeaths > 0 && one.confirmed &&
    !one.counted && one.ended === undefined;
  if (!counts) return Infinity;
  const lastsMs = Math.max(one.lastsFromMs + holdMsMin(rules), one.earliestMs);
  return Math.max(lastsMs, mutedUntilMs(state, one));
}

/** Counts one lasting death or unexpected reboot. Too many of them start the flapping. */
export function countLasting(
  state: PolicyState,
  { flapDeaths, flapWindowMs }: Rules,
  { one, nowMs }: { readonly one: Incident; readonly nowMs: number },
): (Opened | NotificationChange)[] {
  const { subject } = one;
  if (flapDeaths === 0 || (subject.kind !== "node" && subject.kind !== "reboot")) return [];
  const { node } = subject;
  const history = historyOf(state, node);
  history.deathsMs.push(one.lastsFromMs);
  prune(history, nowMs - flapWindowMs);
  const [sinceMs] = history.deathsMs;
  if (sinceMs === undefined || history.deathsMs.length < flapDeaths) return [];
  if (isFlapping(state, node)) return [];
  return openIncident(
    state,
    newIncident({
      subject: { kind: "flapping", node },
      name: one.name,
      startedAtMs: sinceMs,
      lastHeardMs: one.lastHeardMs,
      cause: "flapping",
      changes: history.changesMs.filter((atMs) => atMs >= sinceMs).length,
    }),
  );
}

/** When a flapping node counts as stable if nothing changes until then. */
function stableAtMs(
  { flaps, incidents, alive }: PolicyState,
  one: Incident,
  rules: Rules,
): number {
  if (one.subject.kind !== "flapping" || one.ended !== undefined) return Infinity;
  const { node } = one.subject;
  const history = flaps.get(node);
  const lastMs = Math.max(
    history?.changesMs.at(-1) ?? one.startedAtMs,
    history?.watchedFromMs ?? -Infinity,
  );
  const isDown = incidents.get(`node ${node}`)?.ended === undefined && !alive.has(node) &&
    incidents.has(`node ${node}`);
  return lastMs + (isDown ? Math.min(DOWN_FOR_GOOD_MS, rules.flapWindowMs) : rules.flapWindowMs);
}

function endFlapping(
  state: PolicyState,
  flapping: Incident,
  nowMs: number,
): (Closed | NotificationChange)[] {
  if (flapping.subject.kind !== "flapping") return [];
  const { node } = flapping.subject;
  const lastMs = state.flaps.get(node)?.changesMs.at(-1) ?? flapping.startedAtMs;
  state.flaps.delete(node);
  const death = state.incidents.get(`node ${node}`);
  const isDown = death !== undefined && death.ended === undefined;
  const now = isDown ? "dead" : state.alive.has(node) ? "alive" : "left";
  flapping.ended = { atMs: isDown ? death.startedAtMs : lastMs, now };
  const outputs = [closed(flapping, flapping.ended.atMs, now)];
  if (isUnheardOf(flapping)) {
    state.incidents.delete(flapping.key);
    return outputs;
  }
  return [...outputs, ...tellByFlapping(state, flapping, { node, nowMs })];
}

/**
 * The message that the node is stable also says whether it is down. So its recipients count as
 * notified of that death, and need no message about earlier ones.
 */
function tellByFlapping(
  { incidents, past }: PolicyState,
  { notified, deferred }: Incident,
  { node, nowMs }: { readonly node: string; readonly nowMs: number },
): NotificationChange[] {
  const known = [...notified, ...[...deferred].map((route) => [route, nowMs] as const)];
  const key = subjectKey({ kind: "node", node });
  const deaths = [...[...past].filter((one) => one.key === key), incidents.get(key)];
  return deaths.flatMap((one) => {
    if (one === undefined) return [];
    if (one.ended === undefined) return known.map(([route, atMs]) => notify(one, route, atMs));
    const changes = known.flatMap(([route]) => resolve(one, route, nowMs));
    if (isUnheardOf(one)) {
      past.delete(one);
      if (incidents.get(key) === one) incidents.delete(key);
    }
    return changes;
  });
}

function historyOf({ flaps }: PolicyState, node: string): FlapHistory {
  let history = flaps.get(node);
  if (history === undefined) {
    history = { deathsMs: [], changesMs: [], watchedFromMs: -Infinity };
    flaps.set(node, history);
  }
  return history;
}

function prune({ deathsMs, changesMs }: FlapHistory, beforeMs: number): void {
  while ((deathsMs[0] ?? Infinity) < beforeMs) deathsMs.shift();
  while ((changesMs[0] ?? Infinity) < beforeMs && changesMs.length > 1) changesMs.shift();
}
