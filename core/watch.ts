/** The tracker's machine: the cluster chained to what LED and buzzer are to do about it. */

import {
  type ClusterInput,
  clusterMachine,
  type ClusterOptions,
  type ClusterOutput,
  type ClusterState,
  isNews,
} from "./cluster.ts";
import type { Indication } from "./indication.ts";
import { indicate } from "./indicator.ts";
import type { Machine } from "./machine.ts";

/**
 * A broker that is shut down tells the last will of every node before it closes the observer's own
 * connection, and an observer that stalled runs its timers before it reads what came meanwhile.
 * Waiting this long keeps both from flashing the LED.
 */
const SUSPECT_HOLD_MS = 300;

export interface WatchState {
  readonly cluster: ClusterState;
  /** From when on the LED waits for each node that is suspect. */
  readonly suspectMs: Map<string, number>;
  readonly dead: Set<string>;
  /** Those of the dead for which the buzzer sounds, and from when on it waits. */
  readonly soundMs: Map<string, number>;
  shown: Indication;
}

/** What LED and buzzer are to do from now on. */
export interface Show {
  readonly kind: "show";
  readonly indication: Indication;
}

export function newWatch(cluster: ClusterState): WatchState {
  const shown = indicate({ blind: true, suspect: 0, dead: 0, buzzing: false });
  return { cluster, suspectMs: new Map(), dead: new Set(), soundMs: new Map(), shown };
}

export function watchMachine(
  options: ClusterOptions,
  buzzerHoldMs: number,
): Machine<WatchState, ClusterInput, ClusterOutput | Show> {
  const cluster = clusterMachine(options);
  return {
    step(state, input, nowMs) {
      const [, outputs] = cluster.step(state.cluster, input, nowMs);
      for (const output of outputs) note(state, output, nowMs);
      const indication = indicationOf(state, nowMs, buzzerHoldMs);
      if (indication.kind === state.shown.kind) return [state, outputs];
      state.shown = indication;
      return [state, [...outputs, { kind: "show", indication }]];
    },
    deadlineMs: (state) =>
      Math.min(cluster.deadlineMs(state.cluster), nextShowMs(state, buzzerHoldMs)),
  };
}

function note(state: WatchState, output: ClusterOutput, nowMs: number): void {
  if (output.kind === "sight" && !output.blind) return restartHolds(state, nowMs);
  if (output.kind !== "transition" && output.kind !== "removed") return;
  state.suspectMs.delete(output.node);
  state.dead.delete(output.node);
  state.soundMs.delete(output.node);
  if (output.kind === "removed") return;
  // From now on, for a suspicion that is dated back is one of the observer's own stall.
  if (output.to === "suspect") state.suspectMs.set(output.node, nowMs);
  if (output.to !== "dead") return;
  state.dead.add(output.node);
  if (isNews(state.cluster, output)) state.soundMs.set(output.node, output.atMs);
}

/** Whoever was suspect or dead before the observer went blind may have come back unseen. */
function restartHolds({ suspectMs, soundMs }: WatchState, nowMs: number): void {
  for (const node of suspectMs.keys()) suspectMs.set(node, nowMs);
  for (const node of soundMs.keys()) soundMs.set(node, nowMs);
}

function indicationOf(state: WatchState, nowMs: number, buzzerHoldMs: number): Indication {
  const suspectUntilMs = nowMs - SUSPECT_HOLD_MS;
  return indicate({
    blind: state.cluster.blind,
    suspect: earliest(state.suspectMs) <= suspectUntilMs ? state.suspectMs.size : 0,
    dead: state.dead.size,
    buzzing: earliest(state.soundMs) + buzzerHoldMs <= nowMs,
  });
}

/** When a wait of LED or buzzer ends; those that have ended are shown already. */
function nextShowMs(state: WatchState, buzzerHoldMs: number): number {
  const { kind } = state.shown;
  if (state.cluster.blind || kind === "dead_buzzing") return Infinity;
  if (kind === "dead") return earliest(state.soundMs) + buzzerHoldMs;
  return kind === "suspect" ? Infinity : earliest(state.suspectMs) + SUSPECT_HOLD_MS;
}

function earliest(instantsMs: ReadonlyMap<string, number>): number {
  let earliestMs = Infinity;
  for (const ms of instantsMs.values()) earliestMs = Math.min(earliestMs, ms);
  return earliestMs;
}
