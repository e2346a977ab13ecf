/** What an observer remembers of its cluster, what it is told, and what it puts out. */

import { type NetworkState, newNetwork } from "../network/network_state.ts";
import type { BrokerPath, NetworkLinkInput, Probed, SendProbe } from "../network/probe.ts";
import type { StorageFault } from "../protocol/storage.ts";
import type { WireMessage } from "../protocol/wire.ts";
import { DeadlineHeap } from "../structures/deadline_heap.ts";
import type { Timing } from "./detector.ts";
import { EchoBarrier } from "./echo_barrier.ts";
import type { NodeState, Transition } from "./node_state.ts";
/** The observer's own connection: up means that the broker acknowledged the subscription. */
export interface LinkInput {
  readonly kind: "link";
  readonly up: boolean;
  /** Where the broker stands, as far as it is known. */
  readonly broker?: BrokerPath;
}

/** The user took a node's credential away, or gave it back. */
export interface MembershipInput {
  readonly kind: "revoked" | "enrolled";
  readonly node: string;
}

/** The user calls a node by another name than it does itself; `undefined`: by its own again. */
export interface RenameInput {
  readonly kind: "renamed";
  readonly node: string;
  readonly name: string | undefined;
}

export type ClusterInput =
  | WireMessage
  | LinkInput
  | NetworkLinkInput
  | Probed
  | MembershipInput
  | RenameInput;

/**
 * Why an observer cannot trust its own view: `stalled` means that it did not run for a while, `no_link`
 * that no interface with carrier leads to the nodes, `network` that nothing beyond this machine answers.
 */
export type BlindReason = "no_connection" | "no_echo" | "stalled" | "no_link" | "network";

/**
 * The observer lost its sight of the cluster, or has it again. Blindness that turns out to be more
 * than a stall is told a second time, with the same instant and its graver reason.
 */
export interface Visibility {
  readonly kind: "sight";
  readonly blind: boolean;
  readonly reason: BlindReason | "sees";
  /** When sight was lost, or regained. */
  readonly atMs: number;
  /** When sight is regained: since when it was lost, and why; left out for the first sight of a run. */
  readonly sinceMs?: number;
  readonly was?: BlindReason;
}

/** To be published to the observer's own echo topic. */
export interface SendEcho {
  readonly kind: "send_echo";
  readonly seq: number;
}

/** Two machines speak under one id (a cloned SD card), or they no longer do. */
export interface DuplicateId {
  readonly kind: "rivals";
  readonly node: string;
  readonly present: boolean;
  /** Board serial numbers, as far as they are known. */
  readonly serials: readonly string[];
  readonly atMs: number;
}

/**
 * A node came back with another boot id and had not said farewell: somebody pulled its plug, or its
 * kernel crashed. Stands before the transition that says that it is alive, if there is one.
 */
export interface Rebooted {
  readonly kind: "rebooted";
  readonly node: string;
  readonly atMs: number;
  /** The last sign of life before, or `undefined` when this observer never heard one. */
  readonly lastHeardMs: number | undefined;
}

/** A node that lives says that its storage fails, or that it works. */
export interface StorageChange {
  readonly kind: "storage";
  readonly node: string;
  /** `undefined`: it works, or is not checked any more. */
  readonly fault: StorageFault | undefined;
  /** It said something else before. */
  readonly isChange: boolean;
  readonly atMs: number;
}

/** A node is no longer watched. */
export interface Removed {
  readonly kind: "removed";
  readonly node: string;
  readonly atMs: number;
}

/** A node has another name from now on. */
export interface Renamed {
  readonly kind: "renamed";
  readonly node: string;
  /** What the user gave it; `undefined`: its own. */
  readonly givenName: string | undefined;
  /** What people read. */
  readonly name: string;
}

/** An id that was refused, told once: one that no node may have, or one more than there may be. */
export interface NodeRefused {
  readonly kind: "node_refused";
  readonly node: string;
  readonly reason: "reserved" | "full";
}

export type ClusterOutput =
  | Transition
  | Visibility
  | SendEcho
  | SendProbe
  | DuplicateId
  | Rebooted
  | StorageChange
  | Removed
  | Renamed
  | NodeRefused;

export interface ClusterOptions {
  readonly timing: Timing;
  /** Whose echoes are this observer's: a random text for each run. */
  readonly observer: string;
  /** How long a node that was never heard in this run has at least; 10 s where left out. */
  readonly firstGraceMs?: number;
  /** The observer's own node, which it does not watch; left out for the hub. */
  readonly self?: string;
  /** Only these nodes are watched; otherwise every node that speaks. */
  readonly only?: readonly string[];
  /** A verdict needs a proof of the network besides the echo; left out: the echo alone decides. */
  readonly network?: OwnMachine;
}

/** By what nodes on the observer's own machine are known: they prove nothing of the network. */
export interface OwnMachine {
  readonly bootId: string | undefined;
  /** The id of this machine's own node. */
  readonly ownNode: string;
}

export interface ClusterState {
  readonly nodes: Map<string, NodeState>;
  blind: boolean;
  readonly deadlines: DeadlineHeap;
  readonly echoBarrier: EchoBarrier;
  /** Nodes whose verdict waits for an echo. */
  readonly awaitingEcho: Set<NodeState>;
  readonly revoked: Set<string>;
  /** Ids that two machines claim, as last reported. */
  readonly duplicateIds: Set<string>;
  readonly network: NetworkState;
  linkUp: boolean;
  /** The connection is another one than when the observer last saw. */
  reconnected: boolean;
  /** Why it is blind; `undefined` at the start of a run. */
  blindReason: BlindReason | undefined;
  blindSinceMs: number | undefined;
  lastStepMs: number;
  /** What is read before the second instant may have lain unread since the first. */
  backlogFromMs: number;
  backlogUntilMs: number;
  /** What was refused and told. */
  readonly refused: Set<string>;
}

/** The state at start: blind, and the nodes of `expected` awaited. */
export function newCluster(nodes: Iterable<NodeState>): ClusterState {
  return {
    nodes: new Map([...nodes].map((node) => [node.id, node])),
    blind: true,
    deadlines: new DeadlineHeap(),
    echoBarrier: new EchoBarrier(),
    awaitingEcho: new Set(),
    revoked: new Set(),
    duplicateIds: new Set(),
    network: newNetwork(),
    linkUp: false,
    reconnected: true,
    blindReason: undefined,
    blindSinceMs: undefined,
    lastStepMs: -Infinity,
    backlogFromMs: -Infinity,
    backlogUntilMs: -Infinity,
    refused: new Set(),
  };
}

/**
 * Page and LED show every node that is down, but nobody is woken for one that may be gone on purpose,
 * unless the user named it: it is known from a retained message alone and was never heard, or it said
 * farewell and not why.
 */
export function isAlertable(cluster: ClusterState, transition: Transition): boolean {
  if (transition.to !== "dead") return true;
  const node = cluster.nodes.get(transition.node);
  if (node === undefined) return false;
  return node.named || node.expected && transition.reason !== "not_returned";
}
