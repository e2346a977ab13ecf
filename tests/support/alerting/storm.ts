/**
 * All nodes of a cluster die at once and come back at once, as the hub's machine sees it. The broker
 * runs on the hub's machine, and nodes send every 5 s. `bench/storm` runs this in an earlier version
 * as well: so it names only what both have.
 */

import {
  type MonitorInput,
  monitorMachine,
  type MonitorOutput,
} from "../../../core/alerting/policy/monitor.ts";
import type { MonitorState } from "../../../core/alerting/policy/monitor_state.ts";
import type { Rules } from "../../../core/alerting/policy/policy_state.ts";
import { newCluster } from "../../../core/detection/cluster_state.ts";
import { newNode } from "../../../core/detection/node_state.ts";
import type { Tick } from "../../../core/machine.ts";
import type { NodeMessage } from "../../../core/protocol/wire.ts";
import { birth, echo, heartbeat, lastWill, OBSERVER, TIMING } from "../detection/cluster_score.ts";
import { RULES, startOf } from "./policy_score.ts";

const EVERY_MS = 5000;
/** The hub reads what has arrived, and looks at its deadlines, this often. */
const TURN_MS = 20;
/** All nodes are born, or return, within this time. */
const BIRTHS_MS = 2000;
/** The broker publishes all last wills within this time. */
const WILLS_MS = 500;

export interface Played {
  readonly atMs: number;
  readonly output: MonitorOutput;
}

export class Storm {
  /** What the last phase put out. */
  played: readonly Played[] = [];
  /** The number of inputs of the last phase. */
  inputs = 0;
  readonly state: MonitorState;
  readonly #machine: ReturnType<typeof monitorMachine>;
  readonly #nodes: readonly string[];
  readonly #beats = new Map<string, number>();
  #played: Played[] = [];
  #answers: (readonly [atMs: number, input: MonitorInput])[] = [];
  /** How often each node was started. */
  readonly #starts = new Map<string, number>();
  /** The nodes that were killed last. */
  #killed: readonly string[];
  #nowMs = 0;

  /** `watched` may put its own collections into the state. */
  constructor(
    count: number,
    rules: Rules = RULES,
    watched: (state: MonitorState) => MonitorState = (state) => state,
  ) {
    this.#nodes = Array.from({ length: count }, (_, index) => `pi-${index}`);
    this.#killed = this.#nodes;
    const network = { bootId: "hub", ownNode: "hub" };
    this.#machine = monitorMachine({ timing: TIMING, observer: OBSERVER, network }, rules);
    this.state = watched({
      cluster: newCluster(this.#nodes.map((id) => newNode(id, 0, true))),
      policy: startOf(rules),
    });
  }

  /** The hub connects, and all nodes are heard. */
  begin(): void {
    this.#phase(() => {
      this.#step({ kind: "link", up: true, broker: { reach: "local" } });
      this.#pass(1000);
      this.#bear();
      this.#pass(5000);
    });
  }

  /** Some nodes are killed, all by default; then `forMs` pass. */
  die(forMs: number, count = this.#nodes.length): void {
    this.#killed = this.#nodes.slice(0, count);
    this.#phase(() => {
      this.#spread(WILLS_MS, (id) => this.#hear(id, lastWill(this.#sessionOf(id))));
      this.#pass(forMs);
    });
  }

  wait(forMs: number): void {
    this.#phase(() => this.#pass(forMs));
  }

  /** The killed nodes come back, and are heard for `forMs`. */
  comeBack(forMs: number): void {
    this.#phase(() => {
      this.#bear();
      this.#pass(forMs);
    });
  }

  #phase(play: () => void): void {
    this.#played = [];
    this.inputs = 0;
    play();
    this.played = this.#played;
  }

  #bear(): void {
    this.#spread(BIRTHS_MS, (id) => {
      this.#beats.set(id, 0);
      this.#starts.set(id, 1 + (this.#starts.get(id) ?? 0));
      this.#hear(id, birth(this.#sessionOf(id), { everyMs: EVERY_MS, facts: { boot_id: id } }));
    });
  }

  /** Calls for each killed node, evenly over a time. */
  #spread(forMs: number, call: (id: string) => void): void {
    const turns = forMs / TURN_MS;
    for (let turn = 0; turn < turns; turn++) {
      this.#turn();
      const share = (of: number) => Math.floor(of * this.#killed.length / turns);
      this.#killed.slice(share(turn), share(turn + 1)).forEach(call);
    }
  }

  /** Nothing new happens: living nodes send heartbeats. */
  #pass(forMs: number): void {
    const untilMs = this.#nowMs + forMs;
    while (this.#nowMs < untilMs) {
      this.#turn();
      if (this.#nowMs % EVERY_MS !== 0 || this.#beats.size === 0) continue;
      for (const id of this.#nodes) if (this.#isAlive(id)) this.#beat(id);
    }
  }

  #isAlive(id: string): boolean {
    return this.state.cluster.nodes.get(id)?.liveness === "alive";
  }

  #beat(id: string): void {
    const seq = this.#beats.get(id) ?? 0;
    this.#beats.set(id, seq + 1);
    this.#hear(id, heartbeat(this.#sessionOf(id), seq, EVERY_MS));
  }

  #sessionOf(id: string): string {
    return `${id}-${this.#starts.get(id)}`;
  }

  #hear(node: string, message: NodeMessage): void {
    this.#step({ kind: "evidence", node, message, retained: false });
  }

  #turn(): void {
    this.#nowMs += TURN_MS;
    const due = this.#answers.filter(([atMs]) => atMs <= this.#nowMs);
    this.#answers = this.#answers.filter(([atMs]) => atMs > this.#nowMs);
    for (const [, input] of due) this.#step(input);
    if (this.#machine.deadlineMs(this.state) <= this.#nowMs) this.#step({ kind: "tick" });
  }

  #step(input: MonitorInput | Tick): void {
    this.inputs++;
    const [, outputs] = this.#machine.step(this.state, input, this.#nowMs);
    for (const output of outputs) {
      this.#played.push({ atMs: this.#nowMs, output });
      if (output.kind === "send_echo") {
        this.#answers.push([this.#nowMs + TURN_MS, echo(output.seq)]);
      }
      if (output.kind === "send_probe") this.#answers.push(this.#answer(output.seq));
    }
  }

  /** The gateway answers every probe at once. */
  #answer(seq: number): readonly [atMs: number, input: MonitorInput] {
    const startedMs = this.#nowMs;
    const target = { kind: "gateway", host: "192.0.2.1" } as const;
    const result = {
      target,
      reach: "on_link",
      device: "eth0",
      answer: "answered",
      tookMs: 2,
    } as const;
    return [startedMs + TURN_MS, { kind: "probed", seq, startedMs, results: [result] }];
  }
}
