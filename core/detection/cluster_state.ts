/** The state, the inputs, the outputs and the options of the cluster machine. */

import { type NetworkState, newNetwork } from "../network/network_state.ts";
import type { BrokerPath, NetworkLinkInput, Probed, SendProbe } from "../network/probe.ts";
import type { StorageFault } from "../protocol/storage.ts";
import type { AccessFault } from "../protocol/ways.ts";
import type { WireMessage } from "../protocol/wire.ts";
import { DeadlineHeap } from "../structures/deadline_heap.ts";
import type { BlindReason } from "./blindness.ts";
import type { Timing } from "./detector.ts";
import { type LinkState, newLinks } from "./link_state.ts";
import type { NodeState, Reason, Transition } from "./node_state.ts";

export type { BlindReason };

/** By which broker a message came: its place in the configuration. Absent: the first. */
export interface FromBroker {
  readonly link?: number;
}

/** The observer's own connection. It is up when the broker has acknowledged the subscription. */
export interface LinkInput extends FromBroker {
  readonly kind: "link";
  readonly up: boolean;
  /** The path to the broker, if it is known. */
  readonly broker?: BrokerPath;
}

/** The user revoked a node's credential, or enrolled the node again. */
export interface MembershipInput {
  readonly kind: "revoked" | "enrolled";
  readonly node: string;
}

/** The user gave a node another name; `undefined` restores the node's own name. */
export interface RenameInput {
  readonly kind: "renamed";
  readonly node: string;
  readonly name: string | undefined;
}

/**
 * From whom the observer learns about the nodes. `hub`: from the hub; the cluster machine watches no
 * node. `requested`: it has asked the broker for the messages of all nodes. `all`: the broker sends
 * them.
 */
export type Hearing = "hub" | "requested" | "all";

/** The observer learns about the nodes from another source than before. */
export type HearInput =
  | { readonly kind: "hear"; readonly from: "hub" | "all" }
  | HearRequested;

export interface HearRequested {
  readonly kind: "hear";
  readonly from: "requested";
  /** The nodes that are not well, according to the hub. */
  readonly nodes: readonly NodeState[];
  /** The hub counted all other nodes as alive, unless they left on purpose. */
  readonly areOthersAlive: boolean;
}

export type ClusterInput =
  | (WireMessage & FromBroker)
  | HearInput
  | LinkInput
  | NetworkLinkInput
  | Probed
  | MembershipInput
  | RenameInput;

/**
 * The observer became blind, or sees the cluster again. If a stall turns out to be a longer
 * blindness, the machine reports it a second time, with the same instant and the more serious
 * reason.
 */
export interface VisibilityChange {
  readonly kind: "visibility";
  readonly blind: boolean;
  readonly reason: BlindReason | "visible";
  /** The instant at which the observer became blind, or saw the cluster again. */
  readonly atMs: number;
  /**
   * Set when the observer sees again: the begin and the reason of the blindness. Absent when the
   * observer sees for the first time in this run.
   */
  readonly sinceMs?: number;
  readonly was?: BlindReason;
}

/**
 * The observer no longer sees the cluster through one of its brokers, or sees it again. It may still
 * see through another one: `VisibilityChange` says when it is blind.
 */
export interface BrokerChange {
  readonly kind: "broker";
  /** Its place in the configuration. */
  readonly link: number;
  readonly sees: boolean;
  readonly reason: BlindReason | "visible";
  readonly atMs: number;
}

/** An echo that the caller publishes to the observer's own echo topic, at one broker. */
export interface SendEcho extends FromBroker {
  readonly kind: "send_echo";
  readonly seq: number;
}

/** Two machines use the same id (a cloned SD card), or they no longer do. */
export interface DuplicateId {
  readonly kind: "duplicate_id";
  readonly node: string;
  readonly present: boolean;
  /** The serial numbers of the boards, if they are known. */
  readonly serials: readonly string[];
  readonly atMs: number;
}

/**
 * A node came back with another boot id and without a farewell: its plug was pulled, or its kernel
 * crashed. This output precedes the transition to alive, if there is one.
 */
export interface Rebooted {
  readonly kind: "rebooted";
  readonly node: string;
  readonly atMs: number;
  /** The last sign of life before the reboot; `undefined` when this observer never heard one. */
  readonly lastHeardMs: number | undefined;
}

/** A living node reports that its storage fails, or that it works. */
export interface StorageChange {
  readonly kind: "storage";
  readonly node: string;
  /** `undefined`: the storage works, or is no longer checked. */
  readonly fault: StorageFault | undefined;
  /** The node reported something else before. */
  readonly isChange: boolean;
  readonly atMs: number;
}

/** A living node reports that a way to it will end soon, or no longer. */
export interface AccessChange {
  readonly kind: "access";
  readonly node: string;
  /** `undefined`: no way to it is about to end. */
  readonly fault: AccessFault | undefined;
  /** The node reported something else before. */
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
  /** The name that the user gave it; `undefined`: its own name counts. */
  readonly givenName: string | undefined;
  /** The name that people see. */
  readonly name: string;
}

/**
 * An id was refused: it is reserved, or the cluster has its maximum of nodes. Each case is reported
 * once.
 */
export interface NodeRefused {
  readonly kind: "node_refused";
  readonly node: string;
  readonly reason: "reserved" | "full";
}

export type ClusterOutput =
  | Transition
  | VisibilityChange
  | BrokerChange
  | SendEcho
  | SendProbe
  | DuplicateId
  | Rebooted
  | StorageChange
  | AccessChange
  | Removed
  | Renamed
  | NodeRefused;

export interface ClusterOptions {
  readonly timing: Timing;
  /** Identifies this observer's echoes: a random text for each run. */
  readonly observer: string;
  /** The minimum grace of a node that was never heard in this run; 10 s if absent. */
  readonly firstGraceMs?: number;
  /** The observer's own node, which it does not watch. Absent for the hub. */
  readonly self?: string;
  /** Only these nodes are watched. Absent: every node that sends a message is watched. */
  readonly only?: readonly string[];
  /** Further nodes are refused. Default: `NODES_MAX`. */
  readonly nodesMax?: number;
  /**
   * Set: a verdict needs a proof of the network in addition to the echo. Absent: the echo alone
   * decides.
   */
  readonly network?: OwnMachine;
}

/** Identifies nodes on the observer's own machine. Such nodes prove nothing about the network. */
export interface OwnMachine {
  readonly bootId: string | undefined;
  /** The id of this machine's own node. */
  readonly ownNode: string;
}

/** What the hub said about the nodes before an observer began to hear them by itself. */
export interface Presumed {
  readonly dead: ReadonlySet<string>;
  readonly areOthersAlive: boolean;
  /** The broker sends its retained messages, which name the other nodes, before this instant. */
  readonly namedByMs: number;
}

export interface ClusterState {
  readonly nodes: Map<string, NodeState>;
  blind: boolean;
  readonly deadlines: DeadlineHeap;
  /** One for each broker. */
  readonly links: readonly LinkState[];
  /** The number of the latest echo, which all brokers get. */
  echoSeq: number;
  /** Nodes whose verdict waits for an echo. */
  readonly awaitingEcho: Set<NodeState>;
  readonly revoked: Set<string>;
  /** Ids that two machines use, as last reported. */
  readonly duplicateIds: Set<string>;
  readonly network: NetworkState;
  /** Any link is up. */
  linkUp: boolean;
  /** Why the observer is blind; `undefined` at the start of a run. */
  blindReason: BlindReason | undefined;
  blindSinceMs: number | undefined;
  lastStepMs: number;
  /**
   * A message that is read before `backlogUntilMs` may have arrived at any time since
   * `backlogFromMs`.
   */
  backlogFromMs: number;
  backlogUntilMs: number;
  /** Refusals that were reported. */
  readonly refused: Set<string>;
  hearing: Hearing;
  /** What the hub said before the observer began to hear all nodes by itself. */
  presumed: Presumed | undefined;
}

/** The state at start: blind, with the given nodes, and links to so many brokers. */
export function newCluster(nodes: Iterable<NodeState>, brokers = 1): ClusterState {
  return {
    nodes: new Map([...nodes].map((node) => [node.id, node])),
    blind: true,
    deadlines: new DeadlineHeap(),
    links: newLinks(brokers),
    echoSeq: 0,
    awaitingEcho: new Set(),
    revoked: new Set(),
    duplicateIds: new Set(),
    network: newNetwork(),
    linkUp: false,
    blindReason: undefined,
    blindSinceMs: undefined,
    lastStepMs: -Infinity,
    backlogFromMs: -Infinity,
    backlogUntilMs: -Infinity,
    refused: new Set(),
    hearing: "all",
    presumed: undefined,
  };
}

/**
 * Whether people are alerted about a transition. Page and LED show every dead node. Nobody is
 * alerted about a node that may be away on purpose, unless the user named it: a node that is known
 * only from a retained message, or one whose farewell had no reason.
 */
export function isAlertable(
  cluster: { readonly nodes: Pick<ReadonlyMap<string, NodeState>, "get"> },
  transition: Transition,
): boolean {
  if (transition.to !== "dead") return true;
  const node = cluster.nodes.get(transition.node);
  return node !== undefined && isMissed(node, transition.reason);
}

/** Whether people are alerted about a dead node. */
export function isAlertableDeath(node: NodeState): boolean {
  return isMissed(node, node.livenessReason);
}

function isMissed({ named, expected }: NodeState, reason: Reason | undefined): boolean {
  return named || expected && reason !== "not_returned";
}
