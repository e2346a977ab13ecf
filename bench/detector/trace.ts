/** A simulated day: the messages of all nodes, and their arrival at the one observer. */

import { countUpTo, Link, type Span } from "./link.ts";
import { backAfter, type BrokerRestart, liveNode, spansOf, type Voice } from "./node_life.ts";
import { outagesOf, type OwnFault, ownFaultsOf } from "./own_network.ts";
import type { Death } from "./power_cut.ts";
import { RandomStream } from "./random_stream.ts";
import type { Scenario } from "./scenario.ts";
import { type Cut, type Ladder, transmit } from "./tcp.ts";

export const NODES = 20;
export const DAY_S = 86_400;
/** The delay from the broker to an observer on the same machine. */
const LOCAL_S = 0.0005;

export interface TraceOptions {
  /** Names the random streams. A variant of a scenario keeps the name to get the same numbers. */
  readonly name: string;
  readonly scenario: Scenario;
  readonly everyS: number;
  readonly seed: number;
  readonly ladder: Ladder;
}

/** The observer's side. */
export interface Observer {
  /** The times in which it does not read. */
  readonly stalls: readonly Span[];
  readonly cuts: readonly Cut[];
  /** The times from a lost segment until its client gave up. */
  readonly blocks: readonly Span[];
  /** Its link, for the echoes; `undefined` if it runs beside the broker. */
  readonly link: Link | undefined;
  /** All messages routed to it, in the broker's order; NaN for lost ones. */
  readonly routedS: Float64Array;
  readonly socketS: Float64Array;
  /** The node of each message, and its place among the node's messages. */
  readonly nodes: Int32Array;
  readonly places: Int32Array;
}

export interface Trace {
  readonly options: TraceOptions;
  readonly restarts: readonly BrokerRestart[];
  readonly voices: readonly Voice[];
  readonly observer: Observer;
  /** Faults of the observer's own network. */
  readonly ownFaults: readonly OwnFault[];
  /** Nodes without power. */
  readonly deaths: readonly Death[];
}

export function makeTrace(options: TraceOptions): Trace {
  const { seed, name, scenario, everyS, ladder } = options;
  const id = `${seed}/${name}`;
  const shared = new RandomStream(`${id}/shared`);
  const stalls = spansOf(scenario.stalls, shared, DAY_S);
  const restarts = spansOf(scenario.brokerRestarts, shared, DAY_S)
    .map(({ fromS, toS }, index) => ({ downS: fromS, upS: toS, sendsWills: index % 2 === 0 }));
  const ownFaults = ownFaultsOf(scenario.ownNetwork, id, DAY_S);
  const laterS = scenario.ownNetwork?.nodesLaterS ?? 0;
  const voices = Array.from({ length: NODES }, (_, node) => {
    const name = `${id}/n${node}`;
    const outages = outagesOf(ownFaults, laterS, name);
    return liveNode({ name, scenario, everyS, untilS: DAY_S, ladder, restarts, outages });
  });
  const comingBack = new RandomStream(`${id}/obs`);
  const brokerCuts = restarts.map((restart) => ({
    downS: restart.downS,
    backS: backAfter(restart, comingBack),
  }));
  const routed = route(voices);
  const link = scenario.observer &&
    Link.open(scenario.observer, `${id}/obslink`, { outages: [], untilS: DAY_S });
  if (link === undefined) {
    const cuts = brokerCuts.map((cut) => ({ ...cut, cause: "broker" as const }));
    const socketS = routed.routedS.map((atS) => isCut(cuts, atS) ? NaN : atS + LOCAL_S);
    return {
      options,
      restarts,
      voices,
      observer: { ...routed, socketS, stalls, cuts, blocks: [], link },
      ownFaults,
      deaths: [],
    };
  }
  const random = new RandomStream(`${id}/obstcp`);
  const { arrivedS: socketS, cuts, blocks } = transmit(routed.routedS, {
    link,
    random,
    ladder,
    brokerCuts,
  });
  return {
    options,
    restarts,
    voices,
    observer: { ...routed, socketS, stalls, cuts, blocks, link },
    ownFaults,
    deaths: [],
  };
}

/** When an observer that wants to read at `atS` can read. */
export function readableS(stalls: readonly Span[], atS: number): number {
  for (const { fromS, toS } of stalls) {
    if (fromS > atS) break;
    if (atS < toS) return toS;
  }
  return atS;
}

/** The same day with other voices. The losses and delays on the way to the observer stay the same. */
export function withVoices(
  trace: Trace,
  voices: readonly Voice[],
  /** For each node, the earlier places of its messages. */
  origins: readonly Int32Array[],
): Trace {
  const before = trace.observer;
  const socketOf = trace.voices.map(({ brokerS }) => new Float64Array(brokerS.length));
  for (const [index, socketS] of before.socketS.entries()) {
    const place = before.places[index] ?? 0;
    const row = socketOf[before.nodes[index] ?? 0];
    if (row !== undefined) row[place] = socketS;
  }
  const routed = route(voices);
  const socketS = routed.routedS.map((_, index) => {
    const node = routed.nodes[index] ?? 0;
    const origin = origins[node]?.[routed.places[index] ?? 0] ?? 0;
    return socketOf[node]?.[origin] ?? NaN;
  });
  return { ...trace, voices, observer: { ...before, ...routed, socketS } };
}

/** All voices in the broker's order. At the same instant the lower node comes first. */
function route(
  voices: readonly Voice[],
): Pick<Observer, "routedS" | "nodes" | "places"> {
  const total = voices.reduce((sum, { brokerS }) => sum + brokerS.length, 0);
  const routedS = new Float64Array(total);
  const nodes = new Int32Array(total);
  const places = new Int32Array(total);
  const next = voices.map(() => 0);
  for (let index = 0; index < total; index++) {
    let first = -1;
    let firstS = Infinity;
    for (let node = 0; node < voices.length; node++) {
      const atS = voices[node]?.brokerS[next[node] ?? 0] ?? Infinity;
      if (atS < firstS) {
        first = node;
        firstS = atS;
      }
    }
    routedS[index] = firstS;
    nodes[index] = first;
    places[index] = next[first] ?? 0;
    next[first] = (next[first] ?? 0) + 1;
  }
  return { routedS, nodes, places };
}

/** Whether a connection is down at an instant. */
export function isCut(cuts: readonly Cut[], atS: number): boolean {
  return cuts.some(({ downS, backS }) => atS >= downS && atS < backS);
}

/** The number of messages that the broker had routed to the observer by an instant. */
export function routedBy({ routedS }: Observer, atS: number): number {
  return countUpTo(routedS, atS);
}
