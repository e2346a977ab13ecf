/** One step of the cluster machine: what an input or a deadline does to all nodes. */

import type { ClusterInput, ClusterOptions, ClusterOutput, ClusterState } from "./cluster.ts";
import {
  acceptBirth,
  acceptFarewell,
  acceptHeartbeat,
  acceptWill,
  grantAnew,
  hint,
  nodeDeadlineMs,
  revive,
} from "./detector.ts";
import type { Tick } from "./machine.ts";
import { change, newNode, type NodeState, type Transition } from "./node_state.ts";
import { claimants } from "./sessions.ts";
import type { Birth, Evidence, LastWill } from "./wire.ts";

/** More nodes than this are refused: memory is finite, and ids can be made up. */
export const NODES_MAX = 5000;

/** After so many slow echoes in a row an observer does not trust its view any more. */
const SLOW_IN_ROW_MAX = 3;

/** The state, the instant, and the outputs so far. */
export class ClusterStep {
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
        else this.#takeWill(node, message);
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

  /** After a stall a will may be read later than its node's silence was due: that step comes first. */
  #takeWill(node: NodeState, will: LastWill): void {
    if (will.session === node.session) this.#passSuspicion(node);
    this.#emit(acceptWill(node, will, this.#nowMs, this.#options.timing));
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
        // A path that stays slow proves nothing, ever: better to admit it than to wait in silence.
        if (verdict.inRow >= SLOW_IN_ROW_MAX) this.#loseSight("no_echo");
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
      this.#passSuspicion(node);
      if (node.liveness !== "alive" && node.fence === 0 && node.deadAtMs <= this.#nowMs) {
        // One echo serves every node that is due now.
        if (seq === 0) seq = this.#sendEcho();
        node.fence = seq;
        this.#state.fenced.add(node);
      }
      this.#schedule(node);
    }
  }

  #passSuspicion(node: NodeState): void {
    if (this.#state.blind || node.liveness !== "alive" || node.suspectAtMs > this.#nowMs) return;
    this.#emit(change(node, "suspect", "silence", node.suspectAtMs));
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
