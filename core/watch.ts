/** The tracker's machine: the cluster, the hub and the button chained to what LED, buzzer and lamp do. */

import {
  type BuzzerRules,
  type BuzzerState,
  mourn,
  newBuzzer,
  restartHolds,
  soundingAt,
} from "./buzzer.ts";
import {
  type ClusterInput,
  clusterMachine,
  type ClusterOptions,
  type ClusterOutput,
  type ClusterState,
  isNews,
  type Sight,
} from "./cluster.ts";
import {
  hearHubEcho,
  hearHubStatus,
  hubDeadMs,
  type HubWatch,
  newHubWatch,
  seeHubAnew,
  waitForUnread,
} from "./hub_watch.ts";
import type { Indication } from "./indication.ts";
import { indicate } from "./indicator.ts";
import type { Machine, Tick } from "./machine.ts";
import {
  newOrders,
  orderDeadlineMs,
  type OrderInput,
  type OrdersState,
  type SaySilence,
  takeOrder,
} from "./orders.ts";
import { samePattern } from "./pattern.ts";

/**
 * A broker that is shut down tells the last will of every node before it closes the observer's own
 * connection, and an observer that stalled runs its timers before it reads what came meanwhile.
 * Waiting this long keeps both from flashing the LED.
 */
const SUSPECT_HOLD_MS = 300;
/** A mere stall is over with the first echo: only a longer blindness touches the LED. */
const STALL_HOLD_MS = 1000;
/** After a mere stall nothing new is shown before what lies unread is read. */
const STALL_UNREAD_MS = 2000;

export interface WatchState {
  readonly cluster: ClusterState;
  readonly orders: OrdersState;
  readonly hub: HubWatch;
  readonly buzzer: BuzzerState;
  /** From when on the LED waits for each node that is suspect. */
  readonly suspectMs: Map<string, number>;
  readonly dead: Set<string>;
  /** From when on the LED shows that the tracker is blind; `Infinity` while it sees. */
  blindMs: number;
  shown: Indication;
  /** When what is shown may change although nothing happens. */
  nextShowMs: number;
}

/** What LED, buzzer and lamp are to do from now on. */
export interface Show {
  readonly kind: "show";
  readonly indication: Indication;
}

export type WatchInput = ClusterInput | OrderInput;
export type WatchOutput = ClusterOutput | Show | SaySilence;

export function newWatch(cluster: ClusterState): WatchState {
  return {
    cluster,
    orders: newOrders(),
    hub: newHubWatch(),
    buzzer: newBuzzer(),
    suspectMs: new Map(),
    dead: new Set(),
    blindMs: -Infinity,
    shown: indicate({ blind: true, suspect: 0, dead: 0, buzzing: false }),
    nextShowMs: Infinity,
  };
}

export function watchMachine(
  options: ClusterOptions,
  rules: BuzzerRules,
): Machine<WatchState, WatchInput, WatchOutput> {
  const cluster = clusterMachine(options);
  const { self } = options;
  return {
    step(state, input, nowMs) {
      const outputs: WatchOutput[] = [];
      // First, so that what is said goes out before the echo that ends a blindness.
      if (isOrder(input)) outputs.push(...takeOrder(state.orders, input, { nowMs, self }));
      hearHub(state.hub, input, nowMs);
      if (isForCluster(input)) {
        const [, seen] = cluster.step(state.cluster, input, nowMs);
        for (const output of seen) note(state, output, { nowMs, rules });
        outputs.push(...seen);
      }
      const indication = indicationOf(state, rules, nowMs);
      if (isShown(state, indication)) return [state, outputs];
      state.shown = indication;
      return [state, [...outputs, { kind: "show", indication }]];
    },
    deadlineMs: ({ cluster: seen, orders, nextShowMs }) =>
      Math.min(cluster.deadlineMs(seen), orderDeadlineMs(orders), nextShowMs),
  };
}

function isForCluster(input: WatchInput | Tick): input is ClusterInput | Tick {
  return input.kind !== "silence" && input.kind !== "edge" && input.kind !== "button_lost";
}

function isOrder(input: WatchInput | Tick): input is OrderInput | Tick {
  return !isForCluster(input) || input.kind === "tick" || input.kind === "alarm_test" ||
    input.kind === "link";
}

function hearHub(hub: HubWatch, input: WatchInput | Tick, nowMs: number): void {
  if (input.kind === "echo") hearHubEcho(hub, input, nowMs);
  if (input.kind === "hub_status") hearHubStatus(hub, input, nowMs);
}

function isShown({ shown }: WatchState, { kind, lamp }: Indication): boolean {
  return shown.kind === kind && samePattern(shown.lamp, lamp);
}

interface Noting {
  readonly nowMs: number;
  readonly rules: BuzzerRules;
}

function note(state: WatchState, output: ClusterOutput, { nowMs, rules }: Noting): void {
  if (output.kind === "sight") return noteSight(state, output, nowMs);
  if (output.kind !== "transition" && output.kind !== "removed") return;
  const { node, atMs } = output;
  state.suspectMs.delete(node);
  state.dead.delete(node);
  state.buzzer.mourned.delete(node);
  if (output.kind === "removed") {
    state.buzzer.deaths.delete(node);
    return;
  }
  // From now on, for a suspicion that is dated back is one of the observer's own stall.
  if (output.to === "suspect") state.suspectMs.set(node, nowMs);
  if (output.to !== "dead") return;
  state.dead.add(node);
  if (!isNews(state.cluster, output)) return;
  // Whoever was never heard may have died, and been silenced, long before this tracker started.
  const learnedMs = output.from === "unknown" ? -Infinity : nowMs;
  mourn(state.buzzer, { node, atMs, learnedMs }, rules);
}

function noteSight(state: WatchState, { blind, reason, was }: Sight, nowMs: number): void {
  const { buzzer, hub } = state;
  const isStall = (blind ? reason : was) === "stalled";
  if (!blind) state.blindMs = Infinity;
  else state.blindMs = isStall ? nowMs + STALL_HOLD_MS : nowMs;
  if (isStall) {
    buzzer.unreadUntilMs = nowMs + STALL_UNREAD_MS;
    if (state.shown.kind !== "hub_dead") waitForUnread(hub, nowMs + STALL_UNREAD_MS);
    return;
  }
  // Whoever was suspect or dead before the observer went blind may have come back unseen.
  for (const node of state.suspectMs.keys()) state.suspectMs.set(node, nowMs);
  restartHolds(buzzer, nowMs);
  if (!blind) seeHubAnew(hub, nowMs);
}

/** What is to be shown now; notes when that may change by itself. */
function indicationOf(state: WatchState, rules: BuzzerRules, nowMs: number): Indication {
  const suspectMs = earliest(state.suspectMs) + SUSPECT_HOLD_MS;
  const hubMs = hubDeadMs(state.hub);
  const { silence, testUntilMs } = state.orders;
  const { sounds, nextMs } = soundingAt(state.buzzer, { rules, silence, nowMs });
  const changesMs = [suspectMs, hubMs, nextMs, state.blindMs, testUntilMs];
  state.nextShowMs = Math.min(...changesMs.filter((ms) => ms > nowMs));
  return indicate({
    test: nowMs < testUntilMs,
    blind: state.blindMs <= nowMs,
    suspect: suspectMs <= nowMs ? state.suspectMs.size : 0,
    dead: state.dead.size,
    buzzing: sounds,
    hubDead: hubMs <= nowMs,
  });
}

function earliest(instantsMs: ReadonlyMap<string, number>): number {
  let earliestMs = Infinity;
  for (const ms of instantsMs.values()) earliestMs = Math.min(earliestMs, ms);
  return earliestMs;
}
