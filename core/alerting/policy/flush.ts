/** Chooses the messages for the people of a route now, and when to check again. */

import type { AlertItem, CommonCause, DownItem } from "../alert.ts";
import type { Agenda } from "./agenda_state.ts";
import { routeDeadlineMs, tellable, wantedAtMs } from "./agenda_time.ts";
import { budgetFreeMs, spend } from "./budget.ts";
import { commonCauseOf } from "./common_cause.ts";
import { decide, type Telling } from "./decision.ts";
import {
  endItem,
  type Incident,
  isUnheardOf,
  reminderItem,
  startItem,
} from "../incident/incident.ts";
import { defer, type NotificationChange, notify, resolve } from "../incident/notification_log.ts";
import type { DecidedAlert, Grouped } from "./output.ts";
import type { PolicyState, RouteMemory, Rules } from "./policy_state.ts";
import { chooseChannel, type Route, type RouteChannel } from "../incident/route.ts";

/**
 * While a message is deferred, the wall clock may step, and another channel may leave its quiet
 * hours or become reachable. So the wait is checked again after this time.
 */
const WAIT_MS_MAX = 60_000;

/** The report about one incident, and when it is due. */
interface Due {
  readonly incident: Incident;
  readonly telling: Telling;
}

/** Everything that the people of one route can be notified of now. */
export interface Plan {
  readonly route: Route;
  readonly rules: Rules;
  readonly due: readonly Due[];
}

/** Decides for each route that is due, once for the whole tick. */
export function plansOf(
  state: PolicyState,
  rules: Rules,
  { agenda, nowMs }: { readonly agenda: Agenda; readonly nowMs: number },
): readonly Plan[] {
  return dueRoutes(state, rules, { agenda, nowMs }).map((route) => {
    const due = tellable(agenda, route, nowMs).flatMap((incident) => {
      const decision = decide(state, { incident, route, rules });
      return decision.kind === "nothing" ? [] : [{ incident, telling: decision }];
    });
    return { route, rules, due };
  });
}

/** The route that has waited longest comes first, so that two routes with a shared budget take turns. */
function dueRoutes(
  state: PolicyState,
  rules: Rules,
  { agenda, nowMs }: { readonly agenda: Agenda; readonly nowMs: number },
): readonly Route[] {
  return rules.routes
    .filter((route) => routeDeadlineMs(state, agenda, { route, rules }) <= nowMs)
    .map((route) => ({ route, wantedMs: wantedAtMs(state, agenda, { route, rules }) }))
    .toSorted((one, other) => one.wantedMs - other.wantedMs)
    .map(({ route }) => route);
}

/** Sends what is due, or defers it if quiet hours or the budget forbid it. */
export function flush(
  state: PolicyState,
  plan: Plan,
  nowMs: number,
): (DecidedAlert | Grouped | NotificationChange)[] {
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

function tell(
  state: PolicyState,
  { route, rules, due }: Plan,
  { channel, nowMs }: { readonly channel: RouteChannel; readonly nowMs: number },
): (DecidedAlert | Grouped | NotificationChange)[] {
  const changes: NotificationChange[] = [];
  const items: AlertItem[] = [];
  const told: Due[] = [];
  for (const one of due) {
    if (one.telling.kind === "start" && isAbout(one.incident, channel)) {
      // An unreachable channel cannot carry the news about itself. Later another channel may be awake.
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
    // An unexpected reboot is over when it is reported, so its end is not reported. The policy
    // remembers that these people know of it until everybody does.
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
