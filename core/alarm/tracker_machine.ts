/**
 * The tracker's machine: it connects the cluster, the hub and the button with LED, buzzer and lamp.
 */

import type { WatchMode } from "../config/value/watch_mode.ts";
import { clusterMachine } from "../detection/cluster.ts";
import type {
  ClusterInput,
  ClusterOptions,
  ClusterOutput,
  ClusterState,
  VisibilityChange,
} from "../detection/cluster_state.ts";
import type { NodeState } from "../detection/node_state.ts";
import { isFailing } from "../detection/node_storage.ts";
import type { Machine, Tick } from "../machine.ts";
import {
  type AlarmFacts,
  type FactContext,
  factsAt,
  isAlarmFact,
  newAlarmFacts,
  noteFact,
  STALL_UNREAD_MS,
} from "./alarm_facts.ts";
import type { BuzzerRules } from "./buzzer.ts";
import { type HubVerdicts, newHubVerdicts } from "./hub_verdicts.ts";
import {
  hubDeadMs,
  type HubWatch,
  newHubWatch,
  restartHubWatch,
  takeHubEcho,
  takeHubStatus,
  waitForUnread,
} from "./hub_watch.ts";
import { hearVisibility } from "./hub_word.ts";
import type { Indication } from "./indication.ts";
import { indicate } from "./indicator.ts";
import {
  commandDeadlineMs,
  type CommandInput,
  type CommandState,
  newOperatorCommands,
  type PublishSilence,
  takeCommand,
} from "./operator_commands.ts";
import { samePattern } from "./pattern.ts";
import { withoutAcknowledged } from "./silence.ts";
import {
  newWatchSource,
  type WatchChange,
  watchDeadlineMs,
  type WatchSource,
} from "./watch_source.ts";
import { passSource, passVerdicts, takeWord } from "./watch_step.ts";

export interface TrackerState {
  readonly cluster: ClusterState;
  /** Its source of news about the nodes. */
  readonly watch: WatchSource;
  /** The nodes that are not well, while the hub is the source. */
  readonly verdicts: HubVerdicts;
  readonly commands: CommandState;
  readonly hub: HubWatch;
  readonly facts: AlarmFacts;
  shown: Indication;
  /** When the indication may change without an event. */
  nextShowMs: number;
}

/** What LED, buzzer and lamp show from now on. */
export interface Show {
  readonly kind: "show";
  readonly indication: Indication;
}

export type TrackerInput = ClusterInput | CommandInput;
export type TrackerOutput = ClusterOutput | Show | PublishSilence | WatchChange;

/** `watch` selects the source of news about the nodes. */
export function newTracker(cluster: ClusterState, watch: WatchMode = "all"): TrackerState {
  const source = newWatchSource(watch);
  if (source.source === "hub") cluster.hearing = "hub";
  return {
    cluster,
    watch: source,
    verdicts: newHubVerdicts(),
    commands: newOperatorCommands(),
    hub: newHubWatch(),
    facts: newAlarmFacts(),
    shown: indicate({ blind: true, suspect: 0, dead: 0, buzzing: false }),
    nextShowMs: Infinity,
  };
}

export function trackerMachine(
  options: ClusterOptions,
  rules: BuzzerRules,
): Machine<TrackerState, TrackerInput, TrackerOutput> {
  const cluster = clusterMachine(options);
  const { self } = options;
  return {
    step(state, input, nowMs) {
      const outputs: TrackerOutput[] = [];
      const take = (inputs: readonly (ClusterInput | Tick)[]) => {
        for (const one of inputs) {
          const [, seen] = cluster.step(state.cluster, one, nowMs);
          for (const output of seen) note(state, output, { nowMs, rules, cluster: state.cluster });
          outputs.push(...seen);
        }
      };
      // Commands come first, so that a silence is published before the echo that ends a blindness.
      if (isCommand(input)) outputs.push(...takeCommand(state.commands, input, { nowMs, self }));
      takeHub(state.hub, input, { nowMs, rebootWithinMs: options.timing.rebootWithinMs });
      takeWord(state.watch, input, nowMs);
      if (isForCluster(input)) take([input]);
      const { change, forCluster } = passSource(state, nowMs);
      if (change !== undefined) outputs.push(change);
      take(forCluster);
      for (const verdict of passVerdicts(state, { nowMs, self })) {
        note(state, verdict, { nowMs, rules, cluster: state.verdicts });
        outputs.push(verdict);
      }
      const indication = indicationOf(state, rules, nowMs);
      if (isShown(state, indication)) return [state, outputs];
      state.shown = indication;
      return [state, [...outputs, { kind: "show", indication }]];
    },
    deadlineMs: ({ cluster: seen, commands, watch, nextShowMs }) =>
      Math.min(
        cluster.deadlineMs(seen),
        commandDeadlineMs(commands),
        watchDeadlineMs(watch, seen.lastStepMs),
        nextShowMs,
      ),
  };
}

function isForCluster(input: TrackerInput | Tick): input is ClusterInput | Tick {
  return input.kind !== "silence" && input.kind !== "edge" && input.kind !== "button_lost";
}

function isCommand(input: TrackerInput | Tick): input is CommandInput | Tick {
  return !isForCluster(input) || input.kind === "tick" || input.kind === "alarm_test" ||
    input.kind === "link";
}

function takeHub(
  hub: HubWatch,
  input: TrackerInput | Tick,
  at: Parameters<typeof takeHubStatus>[2],
): void {
  if (input.kind === "echo") takeHubEcho(hub, input, at.nowMs);
  if (input.kind === "hub_status") takeHubStatus(hub, input, at);
}

function isShown({ shown }: TrackerState, { kind, lamp }: Indication): boolean {
  return shown.kind === kind && samePattern(shown.lamp, lamp);
}

function note(state: TrackerState, output: ClusterOutput, context: FactContext): void {
  if (!isAlarmFact(output)) return;
  noteFact(state.facts, output, context);
  if (output.kind === "visibility") noteVisibility(state, output, context.nowMs);
  else if (isResolved(context.cluster.nodes.get(output.node))) {
    state.commands.silence = withoutAcknowledged(state.commands.silence, output.node);
  }
}

/** Whether an acknowledgement ends, because the node is alive again or no longer watched. */
function isResolved(node: NodeState | undefined): boolean {
  return node === undefined || (node.liveness === "alive" && !isFailing(node));
}

/** A hub that was not heard while the tracker was blind or stalled may be alive. */
function noteVisibility(
  state: TrackerState,
  { blind, reason, was }: VisibilityChange,
  nowMs: number,
): void {
  hearVisibility(state.watch.word, blind, nowMs);
  const isStall = (blind ? reason : was) === "stalled";
  if (!isStall) {
    if (!blind) restartHubWatch(state.hub, nowMs);
  } else if (state.shown.kind !== "hub_dead") waitForUnread(state.hub, nowMs + STALL_UNREAD_MS);
}

/** The present indication. Also stores when it may change by itself. */
function indicationOf(state: TrackerState, rules: BuzzerRules, nowMs: number): Indication {
  const { silence, testUntilMs } = state.commands;
  const hubMs = hubDeadMs(state.hub);
  const { nextMs, ...facts } = factsAt(state.facts, { rules, silence, nowMs });
  state.nextShowMs = Math.min(nextMs, ...[hubMs, testUntilMs].filter((ms) => ms > nowMs));
  return indicate({ ...facts, test: nowMs < testUntilMs, hubDead: hubMs <= nowMs });
}
