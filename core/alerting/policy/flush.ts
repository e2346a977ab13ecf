/** What the people of one route are told now, and when to look again. */

import type { Alert, AlertItem, CommonCause, DownItem } from "../alert.ts";
import { budgetFreeMs, spend } from "./budget.ts";
import { commonCauseOf } from "./common_cause.ts";
import { decide, type Decision, holdMsOf } from "./decision.ts";
import { endItem, type Incident, isUnheardOf, reminderItem, startItem } from "./incident.ts";
import type { Deferred } from "./output.ts";
import type { PolicyState, RouteMemory, Rules } from "./policy_state.ts";
import { chooseChannel, type Route, type RouteChannel } from "./route.ts";

/**
 * The calendar may leap while a message is held, and another channel may wake or be reachable again:
 * whether it still has to wait is asked again after this long.
 */
const WAIT_MS_MAX = 60_000;

/** A route of these rules. */
export interface RouteOfRules {
  readonly route: Route;
  readonly rules: Rules;
}

/** When a message of the route is wanted and not forbidden, or is to be held; or `Infinity`. */
export function routeDeadlineMs(state: PolicyState, { route, rules }: RouteOfRules): number {
  const { waitUntilMs } = memoryOf(state, route);
  const wantedMs = wantedAtMs(state, { route, rules });
  if (waitUntilMs === -Infinity || wantedMs === Infinity) return wantedMs;
  // What is due while another message waits must be held in time: it might end before.
  const unheldMs = wantedAtMs(
    state,
    { route, rules },
    (one, { kind }) => kind === "start" && !one.deferred.has(route.name),
  );
  return Math.min(Math.max(wantedMs, waitUntilMs), unheldMs);
}

/** Tells what is due, or holds it where the hour of the day or the budget forbids. */
export function flushRoute(
  state: PolicyState,
  { route, rules }: RouteOfRules,
  nowMs: number,
): (Alert | Deferred)[] {
  if (routeDeadlineMs(state, { route, rules }) > nowMs) return [];
  const memory = memoryOf(state, route);
  const freeAtMs = (channel: RouteChannel) => budgetFreeMs(spentOf(state, channel), channel);
  const isReady = (channel: RouteChannel) =>
    !state.downChannels.has(channel.name) && freeAtMs(channel) <= nowMs;
  const choice = chooseChannel(route, isReady, rules.timeOfDayMs(nowMs));
  const freeMs = choice.kind === "chosen" ? freeAtMs(choice.channel) : nowMs + choice.forMs;
  if (choice.kind === "quiet" || freeMs > nowMs) {
    memory.waitUntilMs = Math.min(freeMs, nowMs + WAIT_MS_MAX);
    return hold(state, { route, rules }, nowMs);
  }
  memory.waitUntilMs = -Infinity;
  return tell(state, { route, rules }, { channel: choice.channel, nowMs });
}

/**
 * The earliest instant at which something is due, forbidden or not, or `Infinity`; deaths that belong
 * together are due together.
 */
export function wantedAtMs(
  state: PolicyState,
  { route, rules }: RouteOfRules,
  isMeant: (one: Incident, decision: Decision) => boolean = () => true,
): number {
  let wantedMs = Infinity;
  const deaths: { readonly fromMs: number; readonly readyMs: number }[] = [];
  for (const one of casesOf(state)) {
    const decision = decide(state, { incident: one, route, rules });
    if (decision.kind === "nothing" || !isMeant(one, decision)) continue;
    const isGrouped = decision.kind === "start" && decision.reason === "hold";
    if (isGrouped && one.subject.kind === "node") {
      const holdMs = holdMsOf(one, route, rules);
      deaths.push({ fromMs: decision.atMs - holdMs, readyMs: decision.atMs });
    } else wantedMs = Math.min(wantedMs, decision.atMs);
  }
  if (deaths.length === 0) return wantedMs;
  // All that died within the group time of the first one are known by then, so a single death waits
  // no longer than its hold.
  const groupEndMs = deaths.reduce((ms, { fromMs }) => Math.min(ms, fromMs), Infinity) +
    rules.groupMs;
  const readyMs = deaths.filter(({ fromMs }) => fromMs <= groupEndMs)
    .reduce((ms, death) => Math.max(ms, death.readyMs), groupEndMs);
  return Math.min(wantedMs, readyMs);
}

/** The message is due and has to wait: should the incident end meanwhile, it is told all the same. */
function hold(state: PolicyState, { route, rules }: RouteOfRules, nowMs: number): Deferred[] {
  return casesOf(state).flatMap((one) => {
    const decision = decide(state, { incident: one, route, rules });
    return decision.kind === "start" && decision.atMs <= nowMs ? holdOne(one, route) : [];
  });
}

function holdOne({ deferred, subject }: Incident, { name: route }: Route): Deferred[] {
  if (deferred.has(route)) return [];
  deferred.add(route);
  return [{ kind: "held", subject, route }];
}

function tell(
  state: PolicyState,
  { route, rules }: RouteOfRules,
  { channel, nowMs }: { readonly channel: RouteChannel; readonly nowMs: number },
): (Alert | Deferred)[] {
  const held: Deferred[] = [];
  const notices: AlertItem[] = [];
  const started: Incident[] = [];
  for (const one of inOrder(casesOf(state))) {
    const decision = decide(state, { incident: one, route, rules });
    if (!isNotified(decision, nowMs)) continue;
    if (decision.kind === "start" && isAbout(one, channel)) {
      // What cannot be reached cannot carry that news itself; later another channel may be awake.
      memoryOf(state, route).providersFromMs = nowMs + WAIT_MS_MAX;
      held.push(...holdOne(one, route));
      continue;
    }
    notices.push(...take(state, { one, route, nowMs }, decision));
    if (decision.kind === "start") started.push(one);
  }
  if (notices.length === 0) return held;
  const common = commonCauseOf(notices.filter(isDown), state.alive, rules.groups);
  markCommon(started, common, nowMs);
  spend(spentOf(state, channel), channel, nowMs);
  const { name } = route;
  const alert: Alert = {
    kind: "alert",
    route: name,
    channel: channel.name,
    notices,
    common,
    atMs: nowMs,
  };
  return [...held, alert];
}

/** What is over rides along with whatever is sent, though it would be grouped for longer. */
function isNotified(decision: Decision, nowMs: number): boolean {
  if (decision.kind === "nothing") return false;
  const { atMs, reason } = decision;
  return atMs <= nowMs || reason === "group" || reason === "common_return";
}

/** Notes that it was told. */
function take(
  state: PolicyState,
  { one, route, nowMs }: { readonly one: Incident; readonly route: Route; readonly nowMs: number },
  { kind }: Decision,
): AlertItem[] {
  switch (kind) {
    case "start": {
      one.notified.set(route.name, nowMs);
      one.deferred.delete(route.name);
      return [startItem(one)];
    }
    case "remind":
      one.notified.set(route.name, nowMs);
      return reminderItem(one);
    case "end": {
      const notices = endItem(one, one.notified.has(route.name));
      forget(state, one, route);
      return notices;
    }
    case "nothing":
      return [];
  }
}

/** These people know all of it; a case that nobody else waits for is done. */
function forget(state: PolicyState, one: Incident, { name }: Route): void {
  one.notified.delete(name);
  one.deferred.delete(name);
  if (!isUnheardOf(one)) return;
  state.past.delete(one);
  if (state.incidents.get(one.key) === one) state.incidents.delete(one.key);
}

function markCommon(
  started: readonly Incident[],
  common: CommonCause | undefined,
  nowMs: number,
): void {
  if (common === undefined) return;
  for (const one of started) {
    if (one.subject.kind === "node" && common.nodes.includes(one.subject.node)) {
      one.common ??= `at ${nowMs}`;
    }
  }
}

function isAbout({ subject }: Incident, { name }: RouteChannel): boolean {
  return subject.kind === "uplink" && subject.channel === name;
}

function isDown(notice: AlertItem): notice is DownItem {
  return notice.kind === "down";
}

function casesOf({ past, incidents }: PolicyState): readonly Incident[] {
  return [...past, ...incidents.values()];
}

/** In the order in which they are told: what a node does after it flapped stands after that. */
function inOrder(cases: readonly Incident[]): readonly Incident[] {
  const isFlapping = ({ subject }: Incident) => subject.kind === "flapping";
  return [...cases.filter(isFlapping), ...cases.filter((one) => !isFlapping(one))];
}

function memoryOf({ memories }: PolicyState, { name }: Route): RouteMemory {
  let memory = memories.get(name);
  if (memory === undefined) {
    memory = { waitUntilMs: -Infinity, providersFromMs: -Infinity };
    memories.set(name, memory);
  }
  return memory;
}

function spentOf({ spentMs }: PolicyState, { name }: RouteChannel): number[] {
  let spent = spentMs.get(name);
  if (spent === undefined) {
    spent = [];
    spentMs.set(name, spent);
  }
  return spent;
}
