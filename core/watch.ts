/** The tracker's machine: the cluster chained to what LED and buzzer are to do about it. */

import {
  type ClusterInput,
  clusterMachine,
  type ClusterOptions,
  type ClusterOutput,
  type ClusterState,
  isNews,
  type Sight,
} from "./cluster.ts";
import type { Indication } from "./indication.ts";
import { indicate } from "./indicator.ts";
import type { Machine } from "./machine.ts";
import {
  heardSilence,
  NO_SILENCE,
  quietUntilMs,
  type Silence,
  type SilenceInput,
} from "./silence.ts";

/**
 * A broker that is shut down tells the last will of every node before it closes the observer's own
 * connection, and an observer that stalled runs its timers before it reads what came meanwhile.
 * Waiting this long keeps both from flashing the LED.
 */
const SUSPECT_HOLD_MS = 300;
/** A mere stall is over with the first echo: only a longer blindness touches the LED. */
const STALL_HOLD_MS = 1000;
/** After a mere stall the buzzer waits for what lies unread, and not for its whole hold anew. */
const STALL_QUIET_MS = 2000;

export interface WatchState {
  readonly cluster: ClusterState;
  /** From when on the LED waits for each node that is suspect. */
  readonly suspectMs: Map<string, number>;
  /** When the tracker learned of each death; -Infinity for one that it did not see happen. */
  readonly dead: Map<string, number>;
  /** Those of the dead for which the buzzer sounds, and from when on it waits. */
  readonly soundMs: Map<string, number>;
  /** From when on the LED shows that the tracker is blind; `Infinity` while it sees. */
  blindMs: number;
  /** The buzzer is quiet until then, for the tracker has just not run. */
  quietUntilMs: number;
  silence: Silence;
  shown: Indication;
}

/** What LED and buzzer are to do from now on. */
export interface Show {
  readonly kind: "show";
  readonly indication: Indication;
}

export function newWatch(cluster: ClusterState): WatchState {
  const shown = indicate({ blind: true, suspect: 0, dead: 0, buzzing: false });
  return {
    cluster,
    suspectMs: new Map(),
    dead: new Map(),
    soundMs: new Map(),
    blindMs: -Infinity,
    quietUntilMs: -Infinity,
    silence: NO_SILENCE,
    shown,
  };
}

export function watchMachine(
  options: ClusterOptions,
  buzzerHoldMs: number,
): Machine<WatchState, ClusterInput | SilenceInput, ClusterOutput | Show> {
  const cluster = clusterMachine(options);
  return {
    step(state, input, nowMs) {
      const isSilence = input.kind === "silence";
      if (isSilence) state.silence = heardSilence(state.silence, input, nowMs);
      const outputs = isSilence ? [] : cluster.step(state.cluster, input, nowMs)[1];
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
  if (output.kind === "sight") return noteSight(state, output, nowMs);
  if (output.kind !== "transition" && output.kind !== "removed") return;
  state.suspectMs.delete(output.node);
  state.dead.delete(output.node);
  state.soundMs.delete(output.node);
  if (output.kind === "removed") return;
  // From now on, for a suspicion that is dated back is one of the observer's own stall.
  if (output.to === "suspect") state.suspectMs.set(output.node, nowMs);
  if (output.to !== "dead") return;
  // Whoever was never heard may have died, and been silenced, long before this tracker started.
  state.dead.set(output.node, output.from === "unknown" ? -Infinity : nowMs);
  if (isNews(state.cluster, output)) state.soundMs.set(output.node, output.atMs);
}

function noteSight(state: WatchState, { blind, reason, was }: Sight, nowMs: number): void {
  const isStall = (blind ? reason : was) === "stalled";
  if (!blind) state.blindMs = Infinity;
  else state.blindMs = isStall ? nowMs + STALL_HOLD_MS : nowMs;
  if (isStall) state.quietUntilMs = nowMs + STALL_QUIET_MS;
  else restartHolds(state, nowMs);
}

/** Whoever was suspect or dead before the observer went blind may have come back unseen. */
function restartHolds({ suspectMs, soundMs }: WatchState, nowMs: number): void {
  for (const node of suspectMs.keys()) suspectMs.set(node, nowMs);
  for (const node of soundMs.keys()) soundMs.set(node, nowMs);
}

function indicationOf(state: WatchState, nowMs: number, buzzerHoldMs: number): Indication {
  const suspectUntilMs = nowMs - SUSPECT_HOLD_MS;
  return indicate({
    blind: state.blindMs <= nowMs,
    suspect: earliest(state.suspectMs) <= suspectUntilMs ? state.suspectMs.size : 0,
    dead: state.dead.size,
    buzzing: nextSoundMs(state, buzzerHoldMs) <= nowMs,
  });
}

/** When a wait of LED or buzzer ends; those that have ended are shown already. */
function nextShowMs(state: WatchState, buzzerHoldMs: number): number {
  const { kind } = state.shown;
  if (kind === "blind") return Infinity;
  if (state.cluster.blind) return state.blindMs;
  if (kind === "dead_buzzing") return Infinity;
  if (kind === "dead") return nextSoundMs(state, buzzerHoldMs);
  return kind === "suspect" ? Infinity : earliest(state.suspectMs) + SUSPECT_HOLD_MS;
}

/** From when on the buzzer sounds for one of the dead: after its hold, and after every silence. */
function nextSoundMs(state: WatchState, buzzerHoldMs: number): number {
  const { dead, soundMs, silence, quietUntilMs: stalledUntilMs } = state;
  if (silence === NO_SILENCE) return Math.max(earliest(soundMs) + buzzerHoldMs, stalledUntilMs);
  let earliestMs = Infinity;
  for (const [node, ms] of soundMs) {
    const quietMs = quietUntilMs(silence, node, dead.get(node) ?? -Infinity);
    earliestMs = Math.min(earliestMs, Math.max(ms + buzzerHoldMs, quietMs, stalledUntilMs));
  }
  return earliestMs;
}

function earliest(instantsMs: ReadonlyMap<string, number>): number {
  let earliestMs = Infinity;
  for (const ms of instantsMs.values()) earliestMs = Math.min(earliestMs, ms);
  return earliestMs;
}
