/** All nodes as one observer sees them, tracker and hub alike: messages and deadlines become transitions. */

import { ClusterStep } from "./cluster_step.ts";
import { DeadlineHeap } from "./deadline_heap.ts";
import type { Timing } from "./detector.ts";
import { Fence } from "./fence.ts";
import type { Machine } from "./machine.ts";
import type { NodeState, Transition } from "./node_state.ts";
import type { WireMessage } from "./wire.ts";

/** The observer's own connection: up means that the broker acknowledged the subscription. */
export interface LinkInput {
  readonly kind: "link";
  readonly up: boolean;
}

/** The user took a node's credential away, or gave it back. */
export interface MembershipInput {
  readonly kind: "revoked" | "enrolled";
  readonly node: string;
}

export type ClusterInput = WireMessage | LinkInput | MembershipInput;

/** The observer lost its sight of the cluster, or has it again. */
export interface Sight {
  readonly kind: "sight";
  readonly blind: boolean;
  readonly reason: "no_connection" | "no_echo" | "sees";
  readonly atMs: number;
}

/** To be published to the observer's own echo topic. */
export interface SendEcho {
  readonly kind: "send_echo";
  readonly seq: number;
}

/** Two machines speak under one id (a cloned SD card), or they no longer do. */
export interface Rivals {
  readonly kind: "rivals";
  readonly node: string;
  readonly present: boolean;
  /** Board serial numbers, as far as they are known. */
  readonly serials: readonly string[];
  readonly atMs: number;
}

/** A node is no longer watched. */
export interface Removed {
  readonly kind: "removed";
  readonly node: string;
  readonly atMs: number;
}

/** A made-up or superfluous id that was refused; told once. */
export interface NodesFull {
  readonly kind: "nodes_full";
  readonly node: string;
}

export type ClusterOutput = Transition | Sight | SendEcho | Rivals | Removed | NodesFull;

export interface ClusterOptions {
  readonly timing: Timing;
  /** Whose echoes are this observer's: a random text for each run. */
  readonly observer: string;
  /** How long a node that was never heard in this run has at least; 10 s where left out. */
  readonly firstGraceMs?: number;
  /** The observer's own node, which it does not watch. */
  readonly self?: string;
  /** Only these nodes are watched; otherwise every node that speaks. */
  readonly only?: readonly string[];
}

export interface ClusterState {
  readonly nodes: Map<string, NodeState>;
  blind: boolean;
  readonly deadlines: DeadlineHeap;
  readonly fence: Fence;
  /** Nodes whose verdict waits for an echo. */
  readonly fenced: Set<NodeState>;
  readonly revoked: Set<string>;
  /** Ids that two machines claim, as last reported. */
  readonly rivals: Set<string>;
  linkUp: boolean;
  reconnected: boolean;
  fullTold: boolean;
}

/** The state at start: blind, and the nodes of `expected` awaited. */
export function newCluster(nodes: Iterable<NodeState>): ClusterState {
  return {
    nodes: new Map([...nodes].map((node) => [node.id, node])),
    blind: true,
    deadlines: new DeadlineHeap(),
    fence: new Fence(),
    fenced: new Set(),
    revoked: new Set(),
    rivals: new Set(),
    linkUp: false,
    reconnected: true,
    fullTold: false,
  };
}

export function clusterMachine(
  options: ClusterOptions,
): Machine<ClusterState, ClusterInput, ClusterOutput> {
  return {
    step(state, input, nowMs) {
      const outputs: ClusterOutput[] = [];
      new ClusterStep(state, options, nowMs, outputs).take(input);
      return [state, outputs];
    },
    deadlineMs(state) {
      if (!state.linkUp) return Infinity;
      const echoMs = state.fence.nextSendMs();
      if (state.blind) return echoMs;
      return Math.min(echoMs, state.fence.overdueMs(), state.deadlines.nextMs());
    },
  };
}

/**
 * A node that is known from a retained message alone, neither named by the user nor ever heard, may
 * be long gone: page and LED show it as down, but nobody is woken for it.
 */
export function isNews(cluster: ClusterState, transition: Transition): boolean {
  return transition.to !== "dead" || cluster.nodes.get(transition.node)?.expected === true;
}
