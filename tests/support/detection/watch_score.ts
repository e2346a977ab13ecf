/** A tracker's score: its messages and presses, and what it shows and publishes. */

import type { ButtonEdge } from "../../../core/alarm/button.ts";
import type { BuzzerRules } from "../../../core/alarm/buzzer.ts";
import {
  newTracker,
  type TrackerInput,
  trackerMachine,
  type TrackerOutput,
  type TrackerState,
} from "../../../core/alarm/tracker_machine.ts";
import type { WatchChange } from "../../../core/alarm/watch_source.ts";
import type { WatchMode } from "../../../core/config/value/watch_mode.ts";
import { type ClusterOptions, newCluster } from "../../../core/detection/cluster_state.ts";
import { newNode } from "../../../core/detection/node_state.ts";
import type { AlarmMessage, AlarmSilence, HubStatus } from "../../../core/protocol/wire.ts";
import { brokerAnswer, link, OBSERVER, type RoundTrip, TIMING } from "./cluster_score.ts";
import { type Note, play, type Played, type PlayOptions } from "./score.ts";
import { type AnyOutput, linesOfKind } from "./score_lines.ts";

export const BUZZER_HOLD_MS = 4000;
/** The node of the tracker. */
export const SELF = "arya";
/** The wall clock at instant 0 of a score: an arbitrary instant in whole milliseconds. */
export const WALL_MS = 1_800_000_000_000;
/** The default session of the hub. */
export const HUB = "hub-a";

export interface WatchScore {
  readonly notes: readonly Note<TrackerInput>[];
  readonly untilMs: number;
  readonly expected?: readonly string[];
  readonly roundTrip?: RoundTrip;
  readonly stalls?: PlayOptions<TrackerInput, TrackerOutput>["stalls"];
  readonly rules?: BuzzerRules;
  readonly options?: Partial<ClusterOptions>;
  /** From whom the tracker learns of the nodes; `all` if absent. */
  readonly watch?: WatchMode;
  /** How long the broker takes for a subscription, in ms; `undefined`: it never answers. */
  readonly subscribeTrip?: RoundTrip;
  /** Whether the broker returns the tracker's silences, and after how long. */
  readonly sayTrip?: RoundTrip;
}

export interface PlayedWatch {
  readonly state: TrackerState;
  readonly played: readonly Played<TrackerOutput>[];
}

/** Plays a tracker with a broker that returns echoes. The link is up from instant 0. */
export function playWatch(score: WatchScore): PlayedWatch {
  const { notes, untilMs, expected = [], roundTrip, stalls = [], options } = score;
  const rules = score.rules ?? { holdMs: BUZZER_HOLD_MS };
  const machine = trackerMachine(
    { timing: TIMING, observer: OBSERVER, self: SELF, ...options },
    rules,
  );
  const nodes = expected.map((id) => newNode(id, 0, true));
  const state = newTracker(newCluster(nodes), score.watch);
  const echoes = brokerAnswer(roundTrip, SELF);
  const answer = (output: AnyOutput, atMs: number): Note<TrackerInput> | undefined => {
    if (output.kind === "publish_silence") return heardBack(output.silence, atMs, score.sayTrip);
    if (output.kind === "watch") return subscribed(output, atMs, score.subscribeTrip);
    return echoes(output, atMs);
  };
  const all: Note<TrackerInput>[] = [[0, link(true)], ...notes];
  return { state, played: play(machine, state, { notes: all, untilMs, stalls, answer }) };
}

/** The lines of indications. */
export function shown(score: WatchScore): readonly string[] {
  return linesOfKind(playWatch(score).played, "show");
}

/** The lines of indications and published silences. */
export function shownAndSaid(score: WatchScore): readonly string[] {
  return linesOfKind(playWatch(score).played, "show", "publish_silence");
}

function heardBack(
  silence: AlarmSilence,
  atMs: number,
  sayTrip: RoundTrip = () => 3,
): Note<TrackerInput> | undefined {
  const tookMs = sayTrip(atMs);
  if (tookMs === undefined) return undefined;
  const message: AlarmMessage = { kind: "alarm", source: "press", ...silence, retained: false };
  return [atMs + tookMs, { kind: "silence", message, wallMs: WALL_MS + atMs + tookMs }];
}

/** The broker sends the messages of all nodes from then on. */
function subscribed(
  { source }: WatchChange,
  atMs: number,
  subscribeTrip: RoundTrip = () => 5,
): Note<TrackerInput> | undefined {
  const tookMs = subscribeTrip(atMs);
  if (source === "hub" || tookMs === undefined) return undefined;
  return [atMs + tookMs, { kind: "hear", from: "all" }];
}

/** The hub's echoes, every 5 s. */
export function hubEchoes(fromMs: number, toMs: number, observer = HUB): Note<TrackerInput>[] {
  const count = Math.floor((toMs - fromMs) / 5000) + 1;
  return Array.from({ length: count }, (_, index) => [
    fromMs + index * 5000,
    { kind: "echo", node: undefined, observer, seq: index },
  ]);
}

/** A message on the hub's status topic; none: it was deleted. */
export function hubSays(message: HubStatus["message"], retained = false): HubStatus {
  return { kind: "hub_status", message, retained };
}

/** An edge of the button that is read at once. */
export function edge(atMs: number, pressed: boolean, wallMs = WALL_MS + atMs): ButtonEdge {
  return { kind: "edge", pressed, atMs, wallMs };
}

/** A press at an instant, and its release after a while. */
export function press(atMs: number, heldMs = 100): Note<ButtonEdge>[] {
  return [[atMs, edge(atMs, true)], [atMs + heldMs, edge(atMs + heldMs, false)]];
}
