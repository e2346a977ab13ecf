/**
 * The observer's connections, one to each broker, and which of them can prove that a node is silent.
 *
 * An observer hears a node as long as it hears it through any broker. A silence is only proven by
 * brokers through which the node was heard: one that never had its messages has nothing to prove.
 */

import type { BrokerPath } from "../network/probe.ts";
import type { BlindReason } from "./blindness.ts";
import { EchoBarrier } from "./echo_barrier.ts";
import type { NodeState } from "./node_state.ts";

/** A broker that is later than this with a node's messages than another one has lost that node. */
const BEHIND_MS = 1000;

/** A node that was heard by a broker within this time before still knows it. */
const USED_MS = 10 * 60_000;

/** One connection. Instants are monotonic milliseconds. */
export interface LinkState {
  /** Its place in the configuration, from 0. */
  readonly index: number;
  /** It is up when the broker has acknowledged the subscription. */
  up: boolean;
  /** It is up, and its echoes come back quickly. */
  sees: boolean;
  readonly echoBarrier: EchoBarrier;
  /** The latest echo that proved something. */
  proven: { readonly seq: number; readonly sentMs: number };
  /** The path to the broker, if it is known. */
  path: BrokerPath | undefined;
  /** The connection is not the one through which the observer last saw the cluster. */
  reconnected: boolean;
  /** Since when, and why, it does not see; `undefined` before it sees for the first time. */
  lost: { readonly atMs: number; readonly reason: BlindReason } | undefined;
  /** Its loss was reported. */
  isReported: boolean;
}

export function newLinks(count: number): readonly LinkState[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    up: false,
    sees: false,
    echoBarrier: new EchoBarrier(),
    proven: { seq: 0, sentMs: -Infinity },
    path: undefined,
    reconnected: true,
    lost: undefined,
    isReported: false,
  }));
}

interface Links {
  readonly links: readonly LinkState[];
}

/** Whether another link sees while this one does not: what it brings may be old. */
export function isBehind({ links }: Links, link: LinkState): boolean {
  return !link.sees && links.some(({ sees }) => sees);
}

/** The links that see, and by which the node was heard as recently as by any other. */
function recentLinksOf({ links }: Links, node: NodeState): readonly LinkState[] {
  const { heardByMs, everyMs } = node;
  const leastMs = latestMs(node) - everyMs - BEHIND_MS;
  return links.filter(({ index, sees }) => {
    const heardMs = heardByMs[index];
    return sees && heardMs !== undefined && heardMs >= leastMs;
  });
}

/** The links by which the node is connected, as far as the observer knows. */
export function carriersOf(state: Links, node: NodeState): readonly LinkState[] {
  return recentLinksOf(state, node).filter(({ index }) => !node.goneFrom.has(index));
}

/**
 * The links whose echoes prove the silence of a node. Empty: only links that do not see now could
 * have its messages.
 */
export function proofLinksOf(state: Links, node: NodeState): readonly LinkState[] {
  const { links } = state;
  if (links.length === 1 || latestMs(node) === -Infinity) return links.filter(({ sees }) => sees);
  return recentLinksOf(state, node);
}

/** Whether a silence of the node means anything now. */
export function isJudged(state: Links, node: NodeState): boolean {
  return state.links.length === 1 || proofLinksOf(state, node).length > 0;
}

/**
 * A message of the node's present session came by this link. It dates from `atMs`. What waited in a
 * broker that is not seen yet says nothing about the node's connection there.
 */
export function noteHeardBy(state: Links, node: NodeState, { link, atMs }: {
  readonly link: LinkState;
  readonly atMs: number;
}): void {
  if (state.links.length === 1 || !link.sees) return;
  node.goneFrom.delete(link.index);
  node.heardByMs[link.index] = Math.max(node.heardByMs[link.index] ?? -Infinity, atMs);
}

/**
 * A broker is back, and the node is heard by another one. Its silence means nothing until the node is
 * heard by it: the node may not be connected yet.
 */
export function markBehind(node: NodeState, { index }: LinkState): void {
  const heardMs = node.heardByMs[index];
  if (heardMs === undefined) return;
  node.heardByMs[index] = -Infinity;
  node.heardByMs[index] = Math.min(heardMs, latestMs(node) - node.everyMs - 2 * BEHIND_MS);
}

/**
 * A node was last heard by a broker that is not seen now. A broker that is seen, and by which the node
 * was heard not long before, counts for it from now on: the node has to come back there. So does
 * `returned`, a broker that has just come back, by which the node was heard at any time. Returns false
 * if there is none: whether the node lives is not known.
 */
export function adopt({ links }: Links, node: NodeState, returned?: LinkState): boolean {
  const leastMs = latestMs(node) - USED_MS;
  const used = links.filter(({ index, sees }) => {
    const heardMs = node.heardByMs[index];
    return sees && heardMs !== undefined && (index === returned?.index || heardMs >= leastMs);
  });
  for (const { index } of used) node.heardByMs[index] = latestMs(node);
  return used.length > 0;
}

function latestMs({ heardByMs }: NodeState): number {
  // `map` would leave out the brokers by which nothing came.
  return Math.max(-Infinity, ...Array.from(heardByMs, (ms) => ms ?? -Infinity));
}
