/** All nodes as one observer sees them, tracker and hub alike: messages and deadlines become transitions. */

import { DeadlineHeap } from "./deadline_heap.ts";
import {
  acceptBirth,
  acceptFarewell,
  acceptHeartbeat,
  acceptWill,
  change,
  claimants,
  grantAnew,
  hint,
  newNode,
  nodeDeadlineMs,
  type NodeState,
  revive,
  type Timing,
  type Transition,
} from "./detector.ts";
import { Fence } from "./fence.ts";
import type { Machine, Tick } from "./machine.ts";
import type { Birth, Evidence, LastWill, WireMessage } from "./wire.ts";

/** More nodes than this are refused: memory is finite, and ids can be made up. */
export const NODES_MAX = 5000;

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
  /** The observer's own node, which it does not watch. */
  readonly self?: string;
  /** Only these nodes are watched; otherwise every node that speaks. */
  readonly only?: readonly string[];
}

export interface ClusterState {
  readonly nodes: Map<string, NodeState>;
  blind: boolean;
  blindSinceMs: number;
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
export function newCluster(nodes: Iterable<NodeState>, nowMs: number): ClusterState {
  return {
    nodes: new Map([...nodes].map((node) => [node.id, node])),
    blind: true,
    blindSinceMs: nowMs,
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
      new Step(state, options, nowMs, outputs).take(input);
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

/** One step of the machine: the state, the instant and the outputs so far. */
class Step {
  readonly #state: ClusterState;
  readonly #options: ClusterOptions;
  readonly #nowMs: number;
  readonly #outputs: ClusterOutput[];

  constructor(
    state: ClusterState,
    options: ClusterOptions,
    nowMs: number,
    outputs: ClusterOutput[],
  ) {
    this.#state = state;
    this.#options = options;
    this.#nowMs = nowMs;
    this.#outputs = outputs;
  }

  take(input: ClusterInput | Tick): void {
    switch (input.kind) {
      case "evidence":
        return this.#takeEvidence(input);
      case "echo":
        if (input.observer === this.#options.observer) this.#takeEcho(input.seq);
        return;
      case "link":
        return input.up ? this.#linkUp() : this.#linkDown();
      case "forgotten":
      case "revoked":
        if (input.kind === "revoked") this.#state.revoked.add(input.node);
        return this.#remove(input.node);
      case "enrolled":
        this.#state.revoked.delete(input.node);
        return;
      case "tick":
        return this.#tick();
      case "ignored":
        return;
    }
  }

  #takeEvidence({ node: id, message, retained }: Evidence): void {
    const node = this.#nodeOf(id);
    if (node === undefined) return;
    const { timing } = this.#options;
    const nowMs = this.#nowMs;
    switch (message.kind) {
      case "heartbeat":
        if (!retained && acceptHeartbeat(node, message, nowMs)) {
          this.#emit(revive(node, "heartbeat", nowMs, timing));
        }
        break;
      case "birth":
        if (retained) this.#takeHint(node, message);
        else if (acceptBirth(node, message, nowMs)) {
          this.#emit(revive(node, "birth", nowMs, timing));
        }
        break;
      case "last_will":
        if (retained) this.#takeHint(node, message);
        else this.#emit(acceptWill(node, message, nowMs, timing));
        break;
      case "farewell":
        this.#emit(acceptFarewell(node, message, { nowMs, retained }));
        break;
      case "vitals":
        if (!retained && message.session === node.session) node.vitals = message.vitals;
        break;
    }
    this.#reportRivals(node);
    this.#schedule(node);
  }

  #takeHint(node: NodeState, message: Birth | LastWill): void {
    this.#emit(hint(node, message, this.#nowMs));
    // The interval may be news, and the wait for a first sign of life follows it.
    if (node.liveness !== "unknown" || this.#state.blind) return;
    grantAnew(node, this.#nowMs, { ...this.#options, reconnected: true });
  }

  /** A retained message may name a node that was never heard: it exists, so its absence shows. */
  #nodeOf(id: string): NodeState | undefined {
    const { self, only } = this.#options;
    const known = this.#state.nodes.get(id);
    if (known !== undefined) return known;
    if (id === self || this.#state.revoked.has(id) || (only && !only.includes(id))) {
      return undefined;
    }
    if (this.#state.nodes.size >= NODES_MAX) {
      if (!this.#state.fullTold) this.#outputs.push({ kind: "nodes_full", node: id });
      this.#state.fullTold = true;
      return undefined;
    }
    const node = newNode(id, this.#nowMs, false);
    this.#state.nodes.set(id, node);
    if (!this.#state.blind) grantAnew(node, this.#nowMs, { ...this.#options, reconnected: true });
    return node;
  }

  #takeEcho(seq: number): void {
    const state = this.#state;
    const verdict = state.fence.returned(seq, this.#nowMs);
    switch (verdict.kind) {
      case "unknown":
        return;
      case "slow":
        // Bytes may still lie unread in a broker that was stalled itself: ask once more.
        if (state.fenced.size > 0 || state.blind) this.#fenceAgain();
        return;
      case "proof":
        if (state.blind) return this.#regainSight();
        for (const node of [...state.fenced]) {
          if (node.fence === 0) state.fenced.delete(node);
          else if (node.fence <= seq) this.#decide(node, verdict.sentMs);
        }
    }
  }

  /** The broker has been asked after the deadline, and it had no heartbeat. */
  #decide(node: NodeState, sentMs: number): void {
    this.#state.fenced.delete(node);
    node.fence = 0;
    if (node.deadAtMs > sentMs) return this.#schedule(node);
    const reason = node.liveness === "unknown" ? "not_heard" : "silence";
    this.#emit(change(node, "dead", reason, node.deadAtMs));
  }

  #fenceAgain(): void {
    const { fenced } = this.#state;
    const seq = this.#sendEcho();
    for (const node of fenced) {
      // Heard meanwhile: its verdict is off.
      if (node.fence === 0) fenced.delete(node);
      else node.fence = seq;
    }
  }

  #linkUp(): void {
    const state = this.#state;
    state.linkUp = true;
    state.reconnected = true;
    state.fence.reset();
    this.#sendEcho();
  }

  #linkDown(): void {
    this.#state.linkUp = false;
    this.#state.fence.reset();
    this.#loseSight("no_connection");
  }

  #loseSight(reason: "no_connection" | "no_echo"): void {
    const state = this.#state;
    if (state.blind) return;
    state.blind = true;
    state.blindSinceMs = this.#nowMs;
    this.#outputs.push({ kind: "sight", blind: true, reason, atMs: this.#nowMs });
  }

  /** Every wait starts anew: whatever was not heard meanwhile was not heard by a blind observer. */
  #regainSight(): void {
    const state = this.#state;
    state.blind = false;
    state.fenced.clear();
    this.#outputs.push({ kind: "sight", blind: false, reason: "sees", atMs: this.#nowMs });
    for (const node of state.nodes.values()) {
      grantAnew(node, this.#nowMs, { ...this.#options, reconnected: state.reconnected });
      this.#schedule(node);
    }
    state.reconnected = false;
  }

  #tick(): void {
    const state = this.#state;
    if (!state.linkUp) return;
    if (state.fence.isOverdue(this.#nowMs)) this.#loseSight("no_echo");
    if (!state.blind) this.#passDeadlines();
    if (state.fence.nextSendMs() <= this.#nowMs) this.#sendEcho();
  }

  #passDeadlines(): void {
    let seq = 0;
    for (const id of this.#state.deadlines.takeDue(this.#nowMs)) {
      const node = this.#state.nodes.get(id);
      if (node === undefined) continue;
      if (node.rivalUntilMs !== 0 && node.rivalUntilMs <= this.#nowMs) this.#reportRivals(node);
      if (node.liveness === "alive" && node.suspectAtMs <= this.#nowMs) {
        this.#emit(change(node, "suspect", "silence", node.suspectAtMs));
      }
      if (node.liveness !== "alive" && node.fence === 0 && node.deadAtMs <= this.#nowMs) {
        // One echo serves every node that is due now.
        if (seq === 0) seq = this.#sendEcho();
        node.fence = seq;
        this.#state.fenced.add(node);
      }
      this.#schedule(node);
    }
  }

  #sendEcho(): number {
    const seq = this.#state.fence.send(this.#nowMs);
    this.#outputs.push({ kind: "send_echo", seq });
    return seq;
  }

  #reportRivals(node: NodeState): void {
    if (node.rivalUntilMs === 0) return;
    const present = node.rivalUntilMs > this.#nowMs;
    const isNew = this.#state.rivals.has(node.id) !== present;
    if (present) this.#state.rivals.add(node.id);
    else {
      this.#state.rivals.delete(node.id);
      node.rivalUntilMs = 0;
    }
    if (!isNew) return;
    const serials = claimants(node);
    this.#outputs.push({ kind: "rivals", node: node.id, present, serials, atMs: this.#nowMs });
  }

  #remove(id: string): void {
    const node = this.#state.nodes.get(id);
    if (node === undefined) return;
    this.#state.nodes.delete(id);
    this.#state.deadlines.cancel(id);
    this.#state.fenced.delete(node);
    this.#state.rivals.delete(id);
    this.#outputs.push({ kind: "removed", node: id, atMs: this.#nowMs });
  }

  #schedule(node: NodeState): void {
    if (!this.#state.blind) this.#state.deadlines.schedule(node.id, nodeDeadlineMs(node));
  }

  #emit(transition: Transition | undefined): void {
    if (transition !== undefined) this.#outputs.push(transition);
  }
}
