/** The inputs of a cluster's score: messages from nodes and broker to an observer. */

import { clusterMachine } from "../../../core/detection/cluster.ts";
import {
  type ClusterInput,
  type ClusterOptions,
  type ClusterOutput,
  type ClusterState,
  newCluster,
} from "../../../core/detection/cluster_state.ts";
import { type Timing } from "../../../core/detection/detector.ts";
import { newNode, type NodeState } from "../../../core/detection/node_state.ts";
import type { Tick } from "../../../core/machine.ts";
import type { SendProbe } from "../../../core/network/probe.ts";
import type { StorageState } from "../../../core/protocol/storage.ts";
import type {
  Birth,
  Evidence,
  Farewell,
  FarewellReason,
  Heartbeat,
  LastWill,
  NodeMessage,
} from "../../../core/protocol/wire.ts";
import { type Note, play, type Played, type PlayOptions } from "./score.ts";
import { type AnyOutput, linesOf } from "./score_lines.ts";

/** A random text in production. Here one name is enough. */
export const OBSERVER = "observer-1";

/** The defaults of the configuration. */
export const TIMING: Timing = {
  suspectAfterMs: 2000,
  deadAfterMs: 4000,
  willAfterMs: 3000,
  rebootWithinMs: 180_000,
};

/** The duration of an echo that is sent at an instant; `undefined` if it is lost. */
export type RoundTrip = (sentMs: number) => number | undefined;

/**
 * A broker that returns each echo in order, by default after 2 ms. `self` is the observer's own
 * node, if it has one.
 */
export function brokerAnswer(
  roundTrip: RoundTrip = () => 2,
  self?: string,
): (output: AnyOutput, atMs: number) => Note<ClusterInput> | undefined {
  let backMs = -Infinity;
  return (output, atMs) => {
    if (output.kind !== "send_echo") return undefined;
    const tookMs = roundTrip(atMs);
    if (tookMs === undefined) return undefined;
    backMs = Math.max(backMs, atMs + tookMs);
    return [backMs, echo(output.seq, { node: self })];
  };
}

/** The observer's connection to a broker on its own machine. */
const LOCAL_LINK: ClusterInput = { kind: "link", up: true, broker: { reach: "local" } };

/** The observer's connection. */
export function link(up: boolean): ClusterInput {
  return { kind: "link", up };
}

/** An echo of this observer, by default on the hub's topic. */
export function echo(
  seq: number,
  { node, observer = OBSERVER }: {
    readonly node?: string | undefined;
    readonly observer?: string;
  } = {},
): ClusterInput {
  return { kind: "echo", node, observer, seq };
}

/** A live message of a node. */
export function live(node: string, message: NodeMessage): Evidence {
  return { kind: "evidence", node, message, retained: false };
}

/** A retained message. */
export function retained(node: string, message: NodeMessage): Evidence {
  return { kind: "evidence", node, message, retained: true };
}

/** A heartbeat, by default one each second. */
export function heartbeat(session: string, seq: number, everyMs = 1000): Heartbeat {
  return { kind: "heartbeat", session, seq, everyMs, upMs: seq * everyMs };
}

/** A birth, with optional fields besides the session. */
export function birth(session: string, more: Partial<Birth> = {}): Birth {
  return {
    kind: "birth",
    session,
    name: undefined,
    everyMs: 1000,
    reconnectMs: 2000,
    facts: {},
    ...more,
  };
}

export function lastWill(session: string): LastWill {
  return { kind: "last_will", session };
}

export function farewell(session: string, reason: FarewellReason = "stop"): Farewell {
  return { kind: "farewell", session, reason };
}

export interface Beating {
  readonly storage?: StorageState;
  readonly session?: string;
  readonly fromMs: number;
  /** The instant of the last heartbeat at the latest. */
  readonly toMs: number;
  readonly everyMs?: number;
  readonly seq?: number;
}

/** A node that sends regular heartbeats. */
export function beats(node: string, beating: Beating): Note<ClusterInput>[] {
  const { session = `${node}-a`, fromMs, toMs, everyMs = 1000, seq = 0, storage } = beating;
  const count = Math.floor((toMs - fromMs) / everyMs) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => [
    fromMs + index * everyMs,
    live(node, {
      ...heartbeat(session, seq + index, everyMs),
      ...(storage === undefined ? {} : { storage }),
    }),
  ]);
}

/** Twenty nodes, `pi-1` to `pi-20`. */
export const TWENTY = Array.from({ length: 20 }, (_, index) => `pi-${index + 1}`);

/** Each sends one heartbeat a second, 40 ms after the node before it. */
export function allBeat(fromMs: number, toMs: number, seq = 0): Note<ClusterInput>[] {
  return TWENTY.flatMap((id, index) =>
    beats(id, { fromMs: fromMs + index * 40, toMs: toMs + index * 40, seq })
  );
}

export interface ClusterScore
  extends Pick<PlayOptions<ClusterInput, ClusterOutput>, "untilMs" | "stalls" | "lateMs"> {
  readonly notes: readonly Note<ClusterInput | Tick>[];
  /** Nodes that the user named. */
  readonly expected?: readonly string[];
  /** Nodes of an earlier run. */
  readonly known?: readonly NodeState[];
  readonly roundTrip?: RoundTrip;
  readonly options?: Partial<ClusterOptions>;
  /** The network's answer to a probe. Without it, probes are never answered. */
  readonly probe?: (asked: SendProbe, atMs: number) => Note<ClusterInput> | undefined;
}

export interface PlayedCluster {
  readonly lines: readonly string[];
  readonly played: readonly Played<ClusterOutput>[];
  readonly state: ClusterState;
}

/** Plays the cluster machine with a broker that returns echoes. The link is up from instant 0. */
export function playCluster(score: ClusterScore): PlayedCluster {
  const { notes, expected = [], known = [], roundTrip, options, probe } = score;
  const state = newCluster([...expected.map((id) => newNode(id, 0, true)), ...known]);
  const machine = clusterMachine({ timing: TIMING, observer: OBSERVER, ...options });
  const answerEcho = brokerAnswer(roundTrip, options?.self);
  const played = play(machine, state, {
    ...score,
    notes: [[0, options?.network === undefined ? link(true) : LOCAL_LINK], ...notes],
    answer: (output, atMs) =>
      output.kind === "send_probe" ? probe?.(output, atMs) : answerEcho(output, atMs),
  });
  return { lines: linesOf(played), played, state };
}
