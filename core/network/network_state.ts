/** What an observer knows of its own network. Only the cluster machine owns and changes it. */

import type { BrokerPath, Probed, ProbeResult, Reach } from "./probe.ts";

/** Where a node or a landmark is, and the interface that leads to it. */
export interface Place {
  readonly reach: Reach;
  readonly device?: string | undefined;
}

/** The observer's own network is out, or it is back and not yet proven. */
export interface Outage {
  readonly reason: "no_link" | "network";
  readonly sinceMs: number;
  /**
   * Link or landmarks are back: the deadline for the first node; `undefined` while they are away.
   */
  endsByMs: number | undefined;
}

export interface NetworkState {
  /** Whether an interface with carrier leads to the nodes; `undefined`: not known. */
  linkUp: boolean | undefined;
  /** The path of the observer's echo; `undefined`: not known. */
  broker: BrokerPath | undefined;
  /** Silent nodes that no probe has covered yet. */
  readonly doubted: Set<string>;
  /** The number of the latest probe, and when it was sent. */
  probeSeq: number;
  probedMs: number;
  isAsking: boolean;
  answers: Probed | undefined;
  /** Landmarks that answered before, by `landmarkKey`. Only their silence has a meaning. */
  readonly reliable: Set<string>;
  /** The place of each node, from its latest probe. */
  readonly places: Map<string, Place>;
  outage: Outage | undefined;
  /** After an outage no verdict follows within this time. */
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

/** A key for each landmark; `undefined` for a node. */
export function landmarkKey({ target }: ProbeResult): string | undefined {
  return target.kind === "node" ? undefined : `${target.kind} ${target.host}`;
}
