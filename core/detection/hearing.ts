/** Which nodes an observer hears: all nodes, or none while it relies on the hub's list. */

import type { HearInput, HearRequested } from "./cluster_state.ts";
import type { ClusterStep } from "./cluster_step.ts";
import { resetDeadlines } from "./deadlines.ts";
import { newNode, type NodeState } from "./node_state.ts";

/** A broker sends the retained messages of a new subscription within this time. */
const NAMED_WITHIN_MS = 10_000;

export function takeHear(step: ClusterStep, input: HearInput): void {
  switch (input.from) {
    case "hub":
      return leaveToHub(step);
    case "requested":
      return request(step, input);
    case "all":
      return beginHearing(step);
  }
}

/** From now on the observer relies on the hub. It ignores messages of the nodes. */
function leaveToHub({ state }: ClusterStep): void {
  for (const id of state.nodes.keys()) state.deadlines.cancel(id);
  state.hearing = "hub";
  state.nodes.clear();
  state.awaitingEcho.clear();
  state.duplicateIds.clear();
  state.network.doubted.clear();
  state.network.places.clear();
  state.presumed = undefined;
}

/**
 * The observer has asked the broker for the messages of all nodes. From now on messages count, but
 * silences do not count yet.
 */
function request({ state }: ClusterStep, { nodes, areOthersAlive }: HearRequested): void {
  state.hearing = "requested";
  for (const node of nodes) {
    if (isAlive(node)) clearDeadlines(node);
    state.nodes.set(node.id, node);
  }
  const dead = nodes.filter(({ liveness }) => liveness === "dead").map(({ id }) => id);
  state.presumed = { dead: new Set(dead), areOthersAlive, namedByMs: Infinity };
}

/** The broker sends the messages of all nodes. Each node gets as much time as after a reconnect. */
function beginHearing(step: ClusterStep): void {
  const { state, nowMs } = step;
  if (state.hearing !== "requested") return;
  state.hearing = "all";
  if (state.presumed) state.presumed = { ...state.presumed, namedByMs: nowMs + NAMED_WITHIN_MS };
  for (const node of state.nodes.values()) grant(step, node);
}

/**
 * Creates a node that a message names for the first time. If the hub counted all unlisted nodes as
 * alive, this node was alive, and its absence matters.
 */
export function newHeardNode({ state, nowMs }: ClusterStep, id: string): NodeState {
  const node = newNode(id, nowMs, false);
  if (!state.presumed?.areOthersAlive) return node;
  node.expected = true;
  node.liveness = "alive";
  clearDeadlines(node);
  return node;
}

/** Gives its full time to a node that was not heard in this connection. */
export function grant(step: ClusterStep, node: NodeState): void {
  if (step.state.blind) return;
  resetDeadlines(node, step.nowMs, {
    ...step.options,
    stalledMs: undefined,
    mustReconnect: true,
  });
  step.schedule(node);
}

/**
 * The observer has lost its connection. The next one brings retained messages of nodes that may be
 * new.
 */
export function forgetOthers({ state, nowMs }: ClusterStep): void {
  if (state.presumed === undefined || nowMs < state.presumed.namedByMs) return;
  state.presumed = { ...state.presumed, areOthersAlive: false };
}

/** A retained message is older than the hub's verdict that the node is dead. */
export function isPresumedDead({ state }: ClusterStep, node: NodeState): boolean {
  const isUnheard = node.liveness === "dead" && node.lastHeardMs === undefined;
  return isUnheard && state.presumed?.dead.has(node.id) === true;
}

/** Whether the node counts as alive only because the hub said so. It was not heard yet. */
export function isPresumedAlive({ state }: ClusterStep, node: NodeState): boolean {
  return state.presumed !== undefined && isAlive(node) && node.lastHeardMs === undefined;
}

function isAlive({ liveness }: NodeState): boolean {
  return liveness === "alive" || liveness === "suspect";
}

/** Clears the deadlines. The next `grant` sets them. */
function clearDeadlines(node: NodeState): void {
  node.suspectAtMs = -Infinity;
  node.deadAtMs = -Infinity;
}
