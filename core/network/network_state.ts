/** What an observer knows of its own network. Owned and changed by the cluster machine alone. */

import type { BrokerPath, Probed, ProbeResult, Reach } from "./probe.ts";

/** Where a node or a landmark stands, and the interface that leads there. */
export interface Place {
  readonly reach: Reach;
  readonly device?: string | undefined;
}

/** The observer's own network is out, or was and has to prove itself. */
export interface Outage {
  readonly reason: "no_link" | "network";
  readonly sinceMs: number;
  /** Link or landmarks are back: until when a node is awaited; `undefined` while they are away. */
  endsByMs: number | undefined;
}

export interface NetworkState {
  /** Whether an interface with carrier leads to the nodes; `undefined`: not known. */
  linkUp: boolean | undefined;
  /** The path of the observer's echo; `undefined`: not known. */
  broker: BrokerPath | undefined;
  /** Nodes that went silent and that no probe asked yet. */
  readonly doubted: Set<string>;
  /** The number of the latest probe, and when it was sent. */
  probeSeq: number;
  probedMs: number;
  isAsking: boolean;
  answers: Probed | undefined;
  /** Landmarks that answered before, by `landmarkKey`: that they do not answer now means something. */
  readonly reliable: Set<string>;
  /** By node, as the latest probe of it found. */
  readonly places: Map<string, Place>;
  outage: Outage | undefined;
  /** When sight is regained after an outage, no verdict comes sooner than this. */
  graceMs: number;
}

export function newNetwork(): NetworkState {
  return {
    linkUp: undefined,
    broker: undefined,
    doubted: new Set(),
    probeSeq: 0,
    probedMs: -Infinity,
    isAsking: false,
    answers: undefined,
    reliable: new Set(),
    places: new Map(),
    outage: undefined,
    graceMs: 0,
  };
}

/** One text for each landmark; `undefined` for a node, which is none. */
export function landmarkKey({ target }: ProbeResult): string | undefined {
  return target.kind === "node" ? undefined : `${target.kind} ${target.host}`;
}
