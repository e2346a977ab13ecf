/**
 * A simulated cluster whose truth is known: nodes that send heartbeats, restart, stop or die, a
 * broker and an observer that fail now and then, and the messages that the observer receives.
 * Instants are milliseconds.
 */

import type { ClusterInput } from "../../../core/detection/cluster_state.ts";
import type { NodeMessage } from "../../../core/protocol/wire.ts";
import { birth, farewell, heartbeat, lastWill, link, live, retained } from "./cluster_score.ts";
import type { Note } from "./score.ts";

/** An action of a node at an instant. */
export type Fate =
  | { readonly kind: "steady" }
  | { readonly kind: "restarts"; readonly atMs: number; readonly downMs: number }
  /** `isSilent`: its power is cut, so the broker publishes no last will. */
  | { readonly kind: "dies"; readonly atMs: number; readonly isSilent: boolean }
  | { readonly kind: "stops"; readonly atMs: number };

export interface WorldNode {
  readonly everyMs: number;
  readonly startMs: number;
  /** How long after the broker's return the node is connected again. */
  readonly reconnectMs: number;
  readonly fate: Fate;
}

export interface Outage {
  readonly fromMs: number;
  readonly lengthMs: number;
  /** Of the broker, or only of the observer's connection. */
  readonly of: "broker" | "observer";
  /** A broker that stops properly first publishes every node's last will. */
  readonly tellsWills: boolean;
}

export interface World {
  readonly nodes: readonly WorldNode[];
  readonly outages: readonly Outage[];
  readonly untilMs: number;
}

interface Saying {
  readonly atMs: number;
  readonly message: NodeMessage;
}

/** All messages to the observer. The link is up at instant 0. */
export function hearings(world: World): readonly Note<ClusterInput>[] {
  const notes: Note<ClusterInput>[] = world.outages.flatMap(({ fromMs, lengthMs }) => [
    [fromMs, link(false)],
    [fromMs + lengthMs, link(true)],
  ]);
  world.nodes.forEach((node, index) => {
    const id = `pi-${index + 1}`;
    const said = sayings(node, world);
    for (const { atMs, message } of said) {
      if (!isCutOff(atMs, world.outages)) notes.push([atMs, live(id, message)]);
    }
    for (const outage of world.outages) {
      const backMs = outage.fromMs + outage.lengthMs;
      const status = said.findLast(({ atMs, message }) =>
        atMs < backMs && message.kind !== "heartbeat"
      );
      if (status !== undefined) notes.push([backMs + 1, retained(id, status.message)]);
      const connected = said.findLast(({ atMs }) => atMs < outage.fromMs)?.message;
      if (outage.of === "broker" && outage.tellsWills && connected?.kind === "heartbeat") {
        notes.push([outage.fromMs - 1, live(id, lastWill(connected.session))]);
      }
    }
  });
  return notes;
}

/** The messages of a node to the broker, in order. */
function sayings(node: WorldNode, { outages, untilMs }: World): readonly Saying[] {
  const { fate, startMs } = node;
  if (fate.kind === "steady") return run(node, "a", { fromMs: startMs, toMs: untilMs, outages });
  const first = run(node, "a", { fromMs: startMs, toMs: fate.atMs, outages });
  const end = (message: NodeMessage): readonly Saying[] =>
    first.length > 0 && brokerBackMs(fate.atMs, outages) === undefined
      ? [{ atMs: fate.atMs, message }]
      : [];
  switch (fate.kind) {
    case "dies":
      return fate.isSilent ? first : [...first, ...end(lastWill("a"))];
    case "stops":
      return [...first, ...end(farewell("a"))];
    case "restarts": {
      const span = { fromMs: fate.atMs + fate.downMs, toMs: untilMs, outages };
      return [...first, ...end(lastWill("a")), ...run(node, "b", span)];
    }
  }
}

/** One session: a birth for each connection, then heartbeats. */
function run(
  node: WorldNode,
  session: string,
  span: {
    readonly fromMs: number;
    readonly toMs: number;
    readonly outages: readonly Outage[];
  },
): readonly Saying[] {
  const { everyMs, reconnectMs } = node;
  const said: Saying[] = [];
  let isConnected = false;
  for (let atMs = span.fromMs, seq = 0; atMs < span.toMs;) {
    const backMs = brokerBackMs(atMs, span.outages);
    if (backMs !== undefined) {
      isConnected = false;
      atMs = backMs + reconnectMs;
      continue;
    }
    if (!isConnected) said.push({ atMs, message: birth(session, { everyMs, reconnectMs: 2000 }) });
    isConnected = true;
    said.push({ atMs, message: heartbeat(session, seq++, everyMs) });
    const nextMs = atMs + everyMs;
    const cut = span.outages.find(({ of, fromMs }) =>
      of === "broker" && atMs < fromMs && fromMs <= nextMs
    );
    isConnected = cut === undefined;
    atMs = cut === undefined ? nextMs : cut.fromMs + cut.lengthMs + reconnectMs;
  }
  return said;
}

/** When an absent broker returns; `undefined` if it is present. */
function brokerBackMs(atMs: number, outages: readonly Outage[]): number | undefined {
  const outage = outages.find(({ of, fromMs, lengthMs }) =>
    of === "broker" && fromMs - 1 <= atMs && atMs <= fromMs + lengthMs
  );
  return outage && outage.fromMs + outage.lengthMs;
}

function isCutOff(atMs: number, outages: readonly Outage[]): boolean {
  return outages.some(({ fromMs, lengthMs }) => fromMs - 1 <= atMs && atMs <= fromMs + lengthMs);
}
