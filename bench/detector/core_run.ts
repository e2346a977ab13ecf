/** Runs the product's own cluster machine on a trace, step by step, like `io/drive.ts`. */

import { clusterMachine } from "../../core/detection/cluster.ts";
import {
  type ClusterInput,
  type ClusterOptions,
  type ClusterOutput,
  type ClusterState,
  newCluster,
} from "../../core/detection/cluster_state.ts";
import type { Timing } from "../../core/detection/detector.ts";
import { newNode } from "../../core/detection/node_state.ts";
import type { Machine, Tick } from "../../core/machine.ts";
import { EchoPath } from "./echo_path.ts";
import { evidence, type Heard, hearingOf, nodeId, Speech } from "./hearing.ts";
import { answerProbe, linkInputsOf } from "./own_network.ts";
import { BIRTH } from "./sender.ts";
import { DAY_S, NODES, readableS, type Trace } from "./trace.ts";
import type { Verdict } from "./verdict.ts";

/** The time for reading and deciding one message. */
const STEP_S = 0.0002;
/** A timer counts whole milliseconds, and is never early. */
const TIMER_LATE_S = 0.001;
/** Like `io/connection/connection_stream.ts`: after a send, this many reads happen without a pause. */
const PROMPT_READS = 3;
/** If there are more ticks than this at one instant, the machine is in an endless loop. */
const TICKS_AT_ONCE_MAX = 1000;
const OBSERVER = "bench";

export interface CoreOptions {
  readonly timing: Timing;
  /** A tracker reads every 250 ms, the hub (0) at once. */
  readonly readEveryS: number;
  /** Whether the timer runs before the socket is read after a stall. */
  readonly timerFirst: boolean;
  /** The proof of the observer's network. Absent: verdicts need no proof of it. */
  readonly proof?: "gateway" | "link_alone";
}

export interface CoreRun {
  readonly verdicts: readonly Verdict[];
  readonly echoes: number;
  /** When the observer was blind, and why. */
  readonly blind: readonly {
    readonly fromS: number;
    readonly toS: number;
    readonly reason: string;
  }[];
}

export function runCore(trace: Trace, options: CoreOptions): CoreRun {
  return new Observation(trace, options).run();
}

class Observation {
  readonly #trace: Trace;
  readonly #options: CoreOptions;
  readonly #machine: Machine<ClusterState, ClusterInput, ClusterOutput>;
  readonly #state: ClusterState;
  readonly #path: EchoPath;
  readonly #speech: Speech;
  readonly #hearing: readonly Heard[];
  readonly #echoes: { readonly seq: number; readonly socketS: number }[] = [];
  /** The observer's inputs about its own network, and their instants. */
  readonly #told: { readonly atS: number; readonly input: ClusterInput }[] = [];
  readonly #deadFromS = new Map<string, number>();
  readonly #verdicts: Verdict[] = [];
  readonly #blind: { fromS: number; toS: number; reason: string }[] = [];
  #nowS = 0;
  /** When the last read began. */
  #readS = -Infinity;
  /** The remaining reads without a pause after the last send. */
  #promptReads = 0;
  #nextHeard = 0;
  #nextRouted = 0;
  #echoCount = 0;
  #ticksAtOnce = 0;

  constructor(trace: Trace, options: CoreOptions) {
    this.#trace = trace;
    this.#options = options;
    const { timing, proof } = options;
    const network = { bootId: undefined, ownNode: OBSERVER };
    const cluster: ClusterOptions = {
      timing,
      observer: OBSERVER,
      ...(proof === undefined ? {} : { network }),
    };
    this.#machine = clusterMachine(cluster);
    const nodes = Array.from({ length: NODES }, (_, node) => newNode(nodeId(node), 0, true));
    this.#state = newCluster(nodes);
    this.#path = new EchoPath(trace);
    this.#speech = new Speech(trace);
    if (proof === undefined) this.#hearing = hearingOf(trace);
    else {
      this.#hearing = hearingOf(trace, { reach: "local" });
      this.#told.push(...linkInputsOf(trace.ownFaults));
    }
  }

  run(): CoreRun {
    const { stalls } = this.#trace.observer;
    for (;;) {
      const socketS = this.#socketS();
      // Data that waited when the last read began belongs to that read.
      const isPrompt = socketS <= this.#readS || this.#promptReads > 0;
      const paceS = isPrompt ? 0 : this.#readS + this.#options.readEveryS;
      const readS = readableS(stalls, Math.max(socketS, paceS, this.#nowS));
      const dueS = this.#machine.deadlineMs(this.#state) / 1000 + TIMER_LATE_S;
      const tickS = readableS(stalls, Math.max(dueS, this.#nowS));
      const toldS = readableS(stalls, Math.max(this.#told[0]?.atS ?? Infinity, this.#nowS));
      if (Math.min(readS, tickS, toldS) >= DAY_S) break;
      if (toldS <= Math.min(readS, tickS)) this.#hearOfNetwork(toldS);
      else if (tickS < readS || (tickS === readS && this.#options.timerFirst)) this.#tick(tickS);
      else this.#read(readS, socketS);
    }
    for (const [id, fromS] of this.#deadFromS) this.#endVerdict(id, fromS, DAY_S);
    return { verdicts: this.#verdicts, echoes: this.#echoCount, blind: this.#blind };
  }

  /** The instant of the next data in the socket; `Infinity` when no more will come. */
  #socketS(): number {
    const { socketS } = this.#trace.observer;
    while (Number.isNaN(socketS[this.#nextRouted])) this.#nextRouted++;
    return Math.min(
      socketS[this.#nextRouted] ?? Infinity,
      this.#hearing[this.#nextHeard]?.socketS ?? Infinity,
      this.#echoes[0]?.socketS ?? Infinity,
    );
  }

  #tick(atS: number): void {
    this.#ticksAtOnce = atS > this.#nowS ? 0 : this.#ticksAtOnce + 1;
    if (this.#ticksAtOnce > TICKS_AT_ONCE_MAX) throw new Error(`The machine ticks on at ${atS} s`);
    this.#nowS = atS;
    this.#step({ kind: "tick" });
  }

  #hearOfNetwork(atS: number): void {
    this.#nowS = atS;
    this.#ticksAtOnce = 0;
    const told = this.#told.shift();
    if (told !== undefined) this.#step(told.input);
  }

  #read(atS: number, socketS: number): void {
    const { observer, voices } = this.#trace;
    if (socketS > this.#readS) {
      this.#readS = atS;
      this.#promptReads = Math.max(0, this.#promptReads - 1);
    }
    this.#nowS = atS + STEP_S;
    this.#ticksAtOnce = 0;
    const echo = this.#echoes[0];
    const heard = this.#hearing[this.#nextHeard];
    if (heard?.socketS === socketS) {
      this.#nextHeard++;
      for (const input of heard.inputs) this.#step(input);
    } else if (echo?.socketS === socketS) {
      this.#echoes.shift();
      this.#step({ kind: "echo", node: undefined, observer: OBSERVER, seq: echo.seq });
    } else {
      const node = observer.nodes[this.#nextRouted] ?? 0;
      const place = observer.places[this.#nextRouted] ?? 0;
      this.#nextRouted++;
      const voice = voices[node];
      if (voice === undefined) throw new Error(`The trace has no node ${node}`);
      const message = voice.seqs[place] === BIRTH
        ? this.#speech.birth(node, voice.sessions[place] ?? 0)
        : this.#speech.heartbeat(node, voice, place);
      this.#step(evidence(node, message, false));
    }
  }

  #step(input: ClusterInput | Tick): void {
    const [, outputs] = this.#machine.step(this.#state, input, this.#nowS * 1000);
    for (const output of outputs) this.#take(output);
  }

  #take(output: ClusterOutput): void {
    switch (output.kind) {
      case "send_echo": {
        this.#echoCount++;
        this.#promptReads = PROMPT_READS;
        const socketS = this.#path.socketS(this.#nowS);
        if (socketS !== undefined) this.#echoes.push({ seq: output.seq, socketS });
        return;
      }
      case "send_probe": {
        const { ownFaults, deaths } = this.#trace;
        const hasGateway = this.#options.proof === "gateway";
        const { atS, probed } = answerProbe(output, this.#nowS, { ownFaults, deaths, hasGateway });
        const place = this.#told.findIndex((told) => told.atS > atS);
        this.#told.splice(place < 0 ? this.#told.length : place, 0, { atS, input: probed });
        return;
      }
      case "transition": {
        const deadS = this.#deadFromS.get(output.node);
        if (output.to === "dead") this.#deadFromS.set(output.node, this.#nowS);
        else if (deadS !== undefined) this.#endVerdict(output.node, deadS, this.#nowS);
        return;
      }
      case "visibility": {
        const last = this.#blind.at(-1);
        if (output.blind) {
          this.#blind.push({ fromS: this.#nowS, toS: DAY_S, reason: output.reason });
        } else if (last !== undefined) last.toS = this.#nowS;
        return;
      }
      default:
        return;
    }
  }

  #endVerdict(id: string, fromS: number, toS: number): void {
    this.#deadFromS.delete(id);
    this.#verdicts.push({ node: Number(id.slice("pi-".length)), fromS, toS });
  }
}
