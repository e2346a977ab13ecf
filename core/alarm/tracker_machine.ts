/** The tracker's machine: the cluster, the hub and the button chained to what LED, buzzer and lamp do. */

import { clusterMachine } from "../detection/cluster.ts";
import type {
  ClusterInput,
  ClusterOptions,
  ClusterOutput,
  ClusterState,
  Sight,
} from "../detection/cluster_state.ts";
import type { NodeState } from "../detection/node_state.ts";
import { isFailing } from "../detection/node_storage.ts";
import type { Machine, Tick } from "../machine.ts";
import {
  type AlarmFacts,
  factsAt,
  isAlarmFact,
  newAlarmFacts,
  noteFact,
  STALL_UNREAD_MS,
} from "./alarm_facts.ts";
import type { BuzzerRules } from "./buzzer.ts";
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
import {
  newOrders,
  orderDeadlineMs,
  type OrderInput,
  type OrdersState,
  type SaySilence,
  takeOrder,
} from "./operator_commands.ts";
import { samePattern } from "./pattern.ts";
import { withoutAcknowledged } from "./silence.ts";

export interface WatchState {
  readonly cluster: ClusterState;
  readonly orders: OrdersState;
  readonly hub: HubWatch;
  readonly facts: AlarmFacts;
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
    facts: newAlarmFacts(),
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
      hearHub(state.hub, input, { nowMs, rebootWithinMs: options.timing.rebootWithinMs });
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

function hearHub(
  hub: HubWatch,
  input: WatchInput | Tick,
  at: Parameters<typeof hearHubStatus>[2],
): void {
  if (input.kind === "echo") hearHubEcho(hub, input, at.nowMs);
  if (input.kind === "hub_status") hearHubStatus(hub, input, at);
}

function isShown({ shown }: WatchState, { kind, lamp }: Indication): boolean {
  return shown.kind === kind && samePattern(shown.lamp, lamp);
}

function note(
  state: WatchState,
  output: ClusterOutput,
  { nowMs, rules }: { readonly nowMs: number; readonly rules: BuzzerRules },
): void {
  if (!isAlarmFact(output)) return;
  noteFact(state.facts, output, { nowMs, rules, cluster: state.cluster });
  if (output.kind === "sight") noteSight(state, output, nowMs);
  else if (isWell(state.cluster.nodes.get(output.node))) {
    state.orders.silence = withoutAcknowledged(state.orders.silence, output.node);
  }
}

/** Nothing that somebody took care of goes on: it lives, or is not watched any more. */
function isWell(node: NodeState | undefined): boolean {
  return node === undefined || (node.liveness === "alive" && !isFailing(node));
}

/** A hub that was not heard while the tracker was blind, or did not run, may be alive. */
function noteSight(state: WatchState, { blind, reason, was }: Sight, nowMs: number): void {
  const isStall = (blind ? reason : was) === "stalled";
  if (!isStall) {
    if (!blind) seeHubAnew(state.hub, nowMs);
  } else if (state.shown.kind !== "hub_dead") waitForUnread(state.hub, nowMs + STALL_UNREAD_MS);
}

/** What is to be shown now; notes when that may change by itself. */
function indicationOf(state: WatchState, rules: BuzzerRules, nowMs: number): Indication {
  const { silence, testUntilMs } = state.orders;
  const hubMs = hubDeadMs(state.hub);
  const { nextMs, ...facts } = factsAt(state.facts, { rules, silence, nowMs });
  state.nextShowMs = Math.min(nextMs, ...[hubMs, testUntilMs].filter((ms) => ms > nowMs));
  return indicate({ ...facts, test: nowMs < testUntilMs, hubDead: hubMs <= nowMs });
}
