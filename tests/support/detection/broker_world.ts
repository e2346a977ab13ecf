/**
 * A simulated cluster with several brokers, whose truth is known: what the observer hears by each of
 * them while brokers, their nodes' connections and its own fail. Instants are milliseconds.
 */

import { clusterMachine } from "../../../core/detection/cluster.ts";
import {
  type ClusterInput,
  type ClusterOutput,
  type ClusterState,
  newCluster,
} from "../../../core/detection/cluster_state.ts";
import { newNode } from "../../../core/detection/node_state.ts";
import type { NodeMessage } from "../../../core/protocol/wire.ts";
import {
  birth,
  echo,
  farewell,
  heartbeat,
  lastWill,
  link,
  live,
  OBSERVER,
  TIMING,
} from "./cluster_score.ts";
import type { Fate } from "./cluster_world.ts";
import { type Note, play, type Played } from "./score.ts";

/** An agent or observer ends a connection whose broker is silent for this long. */
const KEEPALIVE_MS = 15_000;

/** What fails, at one broker. */
export interface Trouble {
  readonly fromMs: number;
  readonly lengthMs: number;
  /**
   * `down`: the broker is away. `frozen`: it stops, and goes on with all that waited. `observer`: only
   * the observer's connection is lost. `nodes`: only the nodes' connections are.
   */
  readonly kind: "down" | "frozen" | "observer" | "nodes";
  /** A broker that ends properly, or that loses its nodes, first publishes every node's last will. */
  readonly tellsWills: boolean;
}

export interface ReachingNode {
  readonly everyMs: number;
  readonly startMs: number;
  /** How long after a broker's return the node is connected to it again. */
  readonly reconnectMs: number;
  readonly fate: Fate;
  /** The brokers that it knows; default: all. */
  readonly brokers?: readonly number[];
}

export interface BrokerWorld {
  readonly nodes: readonly ReachingNode[];
  /** By broker. Those of one broker do not overlap. */
  readonly troubles: readonly (readonly Trouble[])[];
  /** Nodes that the user named. */
  readonly expected?: readonly string[];
  readonly untilMs: number;
}

export interface PlayedBrokers {
  readonly played: readonly Played<ClusterOutput>[];
  readonly state: ClusterState;
}

/** `pi-1`, `pi-2`, ... */
export function nodeId(index: number): string {
  return `pi-${index + 1}`;
}

/** Plays the cluster machine with all that it hears. All links are up from instant 0. */
export function playBrokers(world: BrokerWorld): PlayedBrokers {
  const { troubles, expected = [], untilMs } = world;
  const state = newCluster(expected.map((id) => newNode(id, 0, true)), troubles.length);
  const machine = clusterMachine({ timing: TIMING, observer: OBSERVER });
  const backMs = troubles.map(() => -Infinity);
  const played = play(machine, state, {
    notes: troubles.flatMap((own, index) => [...ofLink(own, index), ...ofNodes(world, index)]),
    untilMs,
    answer(output, atMs): Note<ClusterInput> | undefined {
      if (output.kind !== "send_echo") return undefined;
      const { seq, link: index = 0 } = output;
      const own = troubles[index] ?? [];
      const frozen = own.find((one) => one.kind === "frozen" && isDuring(one, atMs));
      if (frozen !== undefined && frozen.lengthMs > KEEPALIVE_MS) return undefined;
      // What waited in the broker precedes the echo.
      const dueMs = frozen === undefined ? atMs + 2 : endMs(frozen) + 3;
      const at = backMs[index] = Math.max(backMs[index] ?? -Infinity, dueMs);
      return [at, by(index, echo(seq))];
    },
  });
  return { played, state };
}

function by<Input extends ClusterInput>(index: number, input: Input): ClusterInput {
  return index === 0 ? input : Object.assign({}, input, { link: index });
}

function endMs({ fromMs, lengthMs }: Trouble): number {
  return fromMs + lengthMs;
}

function isDuring(trouble: Trouble, atMs: number): boolean {
  return trouble.fromMs <= atMs && atMs < endMs(trouble);
}

/** The observer's own connection to one broker. */
function ofLink(troubles: readonly Trouble[], index: number): Note<ClusterInput>[] {
  const notes: Note<ClusterInput>[] = [[0, by(index, link(true))]];
  for (const trouble of troubles) {
    const { kind, fromMs, lengthMs } = trouble;
    const isLost = kind === "down" || kind === "observer" ||
      (kind === "frozen" && lengthMs > KEEPALIVE_MS);
    if (!isLost) continue;
    notes.push([kind === "frozen" ? fromMs + KEEPALIVE_MS : fromMs, by(index, link(false))]);
    notes.push([endMs(trouble) + 10, by(index, link(true))]);
  }
  return notes;
}

/** What the observer hears of all nodes by one broker. */
function ofNodes({ nodes, troubles, untilMs }: BrokerWorld, index: number): Note<ClusterInput>[] {
  const own = troubles[index] ?? [];
  return nodes.flatMap((node, at) => {
    const { brokers } = node;
    if (brokers !== undefined && !brokers.includes(index)) return [];
    const notes = sessionsOf(node, untilMs).flatMap((session) => said(session, node, own));
    return notes.flatMap(([atMs, message]): Note<ClusterInput>[] => {
      const isUnheard = own.some((one) => one.kind === "observer" && isDuring(one, atMs));
      return isUnheard ? [] : [[atMs, by(index, live(nodeId(at), message))]];
    });
  });
}

interface Session {
  readonly id: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Its last word; `undefined`: it has none, as in a power cut. */
  readonly end: NodeMessage | undefined;
}

function sessionsOf({ startMs, fate }: ReachingNode, untilMs: number): readonly Session[] {
  const whole = { id: "a", fromMs: startMs, toMs: untilMs, end: undefined };
  switch (fate.kind) {
    case "steady":
      return [whole];
    case "dies":
      return [{ ...whole, toMs: fate.atMs, end: fate.isSilent ? undefined : lastWill("a") }];
    case "stops":
      return [{ ...whole, toMs: fate.atMs, end: farewell("a") }];
    case "restarts":
      return [
        { ...whole, toMs: fate.atMs, end: lastWill("a") },
        { ...whole, id: "b", fromMs: fate.atMs + fate.downMs },
      ];
  }
}

/** What one session says by one broker, and when the observer hears it. */
function said(
  { id, fromMs, toMs, end }: Session,
  { everyMs, reconnectMs }: ReachingNode,
  troubles: readonly Trouble[],
): readonly (readonly [number, NodeMessage])[] {
  if (toMs <= fromMs) return [];
  const out: [number, NodeMessage][] = [];
  const cuts = troubles.filter(({ kind, lengthMs }) =>
    kind === "down" || kind === "nodes" || (kind === "frozen" && lengthMs > KEEPALIVE_MS)
  );
  // When the node's connection to this broker begins anew.
  const births = [fromMs, ...cuts.map((cut) => endMs(cut) + reconnectMs)]
    .map((ms) => cuts.find((cut) => isCut(cut, ms, reconnectMs)) === undefined ? ms : undefined)
    .filter((ms) => ms !== undefined && ms >= fromMs && ms < toMs) as number[];
  for (const atMs of births) out.push([heardMs(atMs, troubles), birth(id, { everyMs })]);
  // The same heartbeats with the same numbers, whatever the brokers do.
  for (let seq = 0, atMs = fromMs; atMs < toMs; atMs += everyMs, seq++) {
    const isConnected = !cuts.some((cut) => isCut(cut, atMs, reconnectMs));
    const isWaiting = cuts.some((cut) =>
      cut.kind === "frozen" && atMs >= cut.fromMs &&
      atMs < cut.fromMs + KEEPALIVE_MS
    );
    if (isConnected || isWaiting) out.push([heardMs(atMs, troubles), heartbeat(id, seq, everyMs)]);
  }
  for (const cut of cuts) {
    if (!cut.tellsWills || cut.fromMs <= fromMs || cut.fromMs >= toMs) continue;
    // A frozen broker finds the closed connections when it goes on.
    out.push([cut.kind === "frozen" ? endMs(cut) + 2 : cut.fromMs - 1, lastWill(id)]);
  }
  const isThere = !cuts.some((cut) => isCut(cut, toMs, reconnectMs));
  if (end !== undefined && isThere) out.push([heardMs(toMs, troubles), end]);
  return out.sort(([a], [b]) => a - b);
}

/** Whether the node has no connection: until it has made a new one. */
function isCut(cut: Trouble, atMs: number, reconnectMs: number): boolean {
  return cut.fromMs - 1 <= atMs && atMs < endMs(cut) + reconnectMs;
}

/** A frozen broker passes everything on when it goes on. */
function heardMs(atMs: number, troubles: readonly Trouble[]): number {
  const frozen = troubles.find((one) => one.kind === "frozen" && isDuring(one, atMs));
  return frozen === undefined ? atMs + 1 : endMs(frozen) + 1;
}
