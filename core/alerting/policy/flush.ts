/** What the people of a route are notified of now, and when to look again. */

import type { AlertItem, CommonCause, DownItem } from "../alert.ts";
import { budgetFreeMs, spend } from "./budget.ts";
import { commonCauseOf } from "./common_cause.ts";
import { decide, holdMsOf, type Telling, waitsForOthers } from "./decision.ts";
import { endItem, type Incident, isUnheardOf, reminderItem, startItem } from "./incident.ts";
import { defer, type NotificationChange, notify, resolve } from "./notification_log.ts";
import type { DecidedAlert, Grouped } from "./output.ts";
import type { PolicyState, RouteMemory, Rules } from "./policy_state.ts";
import { chooseChannel, type Route, type RouteChannel } from "./route.ts";

/**
 * The wall clock may step while a message is deferred, and another channel may wake or be reachable again:
 * whether it still has to wait is asked again after this long.
 */
const WAIT_MS_MAX = 60_000;

/** What is to be said of one incident, and when. */
interface Due {
  readonly incident: Incident;
  readonly telling: Telling;
}

/** All that is decided for the people of one route. */
export interface Plan {
  readonly route: Route;
  readonly rules: Rules;
  readonly due: readonly Due[];
  /** The earliest instant at which something is due, forbidden or not, or `Infinity`. */
  readonly wantedMs: number;
}

/** Decides for some routes, once for the whole tick. The route that waits longest comes first. */
export function plansOf(
  state: PolicyState,
  rules: Rules,
  routes: readonly Route[],
): readonly Plan[] {
  if (routes.length === 0) return [];
  const incidents = inOrder([...state.past, ...state.incidents.values()]);
  return routes.map((route) => {
    const due = incidents.flatMap((incident) => {
      const decision = decide(state, { incident, route, rules });
      return decision.kind === "nothing" ? [] : [{ incident, telling: decision }];
    });
    return { route, rules, due, wantedMs: wantedAtMs(due, { route, rules }) };
    // Of two routes that share a budget neither starves the other.
  }).toSorted((a, b) => a.wantedMs < b.wantedMs ? -1 : a.wantedMs > b.wantedMs ? 1 : 0);
}

/** When a message of the route is wanted and not forbidden, or is to be deferred; or `Infinity`. */
function planDeadlineMs(state: PolicyState, plan: Plan): number {
  const { route, due, wantedMs } = plan;
  const { waitUntilMs } = memoryOf(state, route);
  if (waitUntilMs === -Infinity || wantedMs === Infinity) return wantedMs;
  // What is due while another message waits must be deferred in time: it might end before.
  const news = due.filter(({ incident, telling }) =>
    telling.kind === "start" && !incident.deferred.has(route.name)
  );
  return Math.min(Math.max(wantedMs, waitUntilMs), wantedAtMs(news, plan));
}

/** Tells what is due, or defers it where the hour of the day or the budget forbids. */
export function flush(
  state: PolicyState,
  plan: Plan,
  nowMs: number,
): (DecidedAlert | Grouped | NotificationChange)[] {
  if (planDeadlineMs(state, plan) > nowMs) return [];
  const { route, rules, due } = plan;
  const memory = memoryOf(state, route);
  const freeAtMs = (channel: RouteChannel) => budgetFreeMs(spentOf(state, channel), channel);
  const isReady = (channel: RouteChannel) =>
    !state.downChannels.has(channel.name) && freeAtMs(channel) <= nowMs;
  const choice = chooseChannel(route, isReady, rules.timeOfDayMs(nowMs));
  const freeMs = choice.kind === "chosen" ? freeAtMs(choice.channel) : nowMs + choice.forMs;
  if (choice.kind === "quiet" || freeMs > nowMs) {
    memory.waitUntilMs = Math.min(freeMs, nowMs + WAIT_MS_MAX);
    return due.filter(({ telling }) => telling.kind === "start" && telling.atMs <= nowMs)
      .flatMap(({ incident }) => defer(incident, route.name, nowMs));
  }
  memory.waitUntilMs = -Infinity;
  return tell(state, plan, { channel: choice.channel, nowMs });
}

/** Deaths that belong together are due together. */
function wantedAtMs(
  due: readonly Due[],
  { route, rules }: { readonly route: Route; readonly rules: Rules },
): number {
  let wantedMs = Infinity;
  const deaths: { readonly fromMs: number; readonly readyMs: number }[] = [];
  for (const { incident, telling } of due) {
    const { atMs } = telling;
    if (waitsForOthers(telling, incident)) {
      deaths.push({ fromMs: atMs - holdMsOf(incident, route, rules), readyMs: atMs });
    } else wantedMs = Math.min(wantedMs, atMs);
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

function tell(
  state: PolicyState,
  { route, rules, due }: Plan,
  { channel, nowMs }: { readonly channel: RouteChannel; readonly nowMs: number },
): (DecidedAlert | Grouped | NotificationChange)[] {
  const changes: NotificationChange[] = [];
  const items: AlertItem[] = [];
  const told: Due[] = [];
  for (const one of due) {
    if (one.telling.alongFromMs > nowMs) continue;
    if (one.telling.kind === "start" && isAbout(one.incident, channel)) {
      // What cannot be reached cannot carry that news itself; later another channel may be awake.
      memoryOf(state, route).providersFromMs = nowMs + WAIT_MS_MAX;
      changes.push(...defer(one.incident, route.name, nowMs));
      continue;
    }
    items.push(...itemsOf(one, route));
    changes.push(...noteTold(state, one, { route, nowMs }));
    told.push(one);
  }
  if (items.length === 0) return changes;
  const common = commonCauseOf(items.filter(isDown), state.alive, rules.groups);
  const grouped = common && group(state, told, { common, route: route.name, nowMs });
  spend(spentOf(state, channel), channel, nowMs);
  const alert: DecidedAlert = {
    kind: "alert",
    route: route.name,
    channel: channel.name,
    items,
    common,
    atMs: nowMs,
    incidents: [...told.map(({ incident }) => incident.id), ...grouped ? [grouped.id] : []],
  };
  return [...changes, ...grouped ? [grouped] : [], alert];
}

function itemsOf({ incident, telling }: Due, { name }: Route): AlertItem[] {
  switch (telling.kind) {
    case "start":
      return [startItem(incident)];
    case "remind":
      return reminderItem(incident);
    case "end":
      return endItem(incident, incident.notified.has(name));
  }
}

function noteTold(
  state: PolicyState,
  { incident: one, telling }: Due,
  { route: { name }, nowMs }: { readonly route: Route; readonly nowMs: number },
): NotificationChange[] {
  if (telling.kind !== "end") {
    const notified = notify(one, name, nowMs);
    // An unexpected reboot is over when it is told: no end of it will be. The policy remembers that these
    // people know until everybody does.
    return one.subject.kind === "reboot"
      ? [notified, { ...notified, state: "resolved" }]
      : [notified];
  }
  const resolved = resolve(one, name, nowMs);
  if (isUnheardOf(one)) {
    state.past.delete(one);
    if (state.incidents.get(one.key) === one) state.incidents.delete(one.key);
  }
  return resolved;
}

/** The deaths with a common cause are one incident, and so is their return. */
function group(
  state: PolicyState,
  told: readonly Due[],
  { common, route, nowMs }: {
    readonly common: CommonCause;
    readonly route: string;
    readonly nowMs: number;
  },
): Grouped {
  const nodes = new Set(common.nodes);
  const parts = told.filter(({ incident: { subject }, telling }) =>
    telling.kind === "start" && subject.kind === "node" && nodes.has(subject.node)
  ).map(({ incident }) => incident);
  const id = parts.find((one) => one.common !== undefined)?.common ?? state.nextId++;
  for (const one of parts) one.common ??= id;
  return { kind: "grouped", id, parts: parts.map((one) => one.id), common, route, atMs: nowMs };
}

function isAbout({ subject }: Incident, { name }: RouteChannel): boolean {
  return subject.kind === "uplink" && subject.channel === name;
}

function isDown(item: AlertItem): item is DownItem {
  return item.kind === "down";
}

/** In the order of a message: what a node does after it flapped stands after that. */
function inOrder(incidents: readonly Incident[]): readonly Incident[] {
  const isFlapping = ({ subject }: Incident) => subject.kind === "flapping";
  return [...incidents.filter(isFlapping), ...incidents.filter((one) => !isFlapping(one))];
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
