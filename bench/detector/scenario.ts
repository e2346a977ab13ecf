/** The faults of a simulated cluster, and their rates. */

import type { LinkKind } from "./link.ts";
import type { OwnFaults } from "./own_network.ts";

/** This many events a day. Each lasts a uniformly distributed time. */
export interface Rate {
  readonly perDay: number;
  readonly fromS: number;
  readonly toS: number;
}

/** Pauses, kills and flaps affect single nodes. Stalls and restarts affect all nodes. */
export interface Scenario {
  readonly node: LinkKind;
  /** The observer's own link. Absent if the observer runs beside the broker. */
  readonly observer?: LinkKind;
  /** Times in which a node cannot send. */
  readonly pauses?: Rate;
  /** Times in which the observer cannot read. */
  readonly stalls?: Rate;
  readonly brokerRestarts?: Rate;
  /** `kill -9` of an agent, which is back a second later. */
  readonly killsPerDay?: number;
  /** Several outages of a link in a row. */
  readonly flaps?: Rate & { readonly outages: number };
  /** Faults of the network of an observer beside the broker. */
  readonly ownNetwork?: OwnFaults;
}

export type ScenarioName =
  | "wired"
  | "wifi"
  | "wifi-bad"
  | "node-pause"
  | "obs-stall"
  | "obs-wifi-bad"
  | "broker-restart"
  | "kill+1s-restart"
  | "link-flap"
  | "mix";

const PAUSE = { fromS: 0.5, toS: 6 };
const STALL = { fromS: 1, toS: 14 };
const RESTART = { fromS: 1, toS: 5 };
const FLAP = { fromS: 2, toS: 8 };

export const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = {
  "wired": { node: "wired" },
  "wifi": { node: "wifi" },
  "wifi-bad": { node: "wifi_bad" },
  "node-pause": { node: "wired", pauses: { perDay: 24, ...PAUSE } },
  "obs-stall": { node: "wired", stalls: { perDay: 24, ...STALL } },
  "obs-wifi-bad": { node: "wired", observer: "wifi_bad" },
  "broker-restart": { node: "wired", brokerRestarts: { perDay: 12, ...RESTART } },
  "kill+1s-restart": { node: "wired", killsPerDay: 12 },
  "link-flap": { node: "wired", flaps: { perDay: 12, outages: 3, ...FLAP } },
  "mix": {
    node: "wifi",
    observer: "wired",
    pauses: { perDay: 4, ...PAUSE },
    stalls: { perDay: 4, ...STALL },
    brokerRestarts: { perDay: 1, ...RESTART },
    killsPerDay: 1,
    flaps: { perDay: 0.2, outages: 2, ...FLAP },
  },
};

/**
 * The observer's own network fails, and the broker runs beside it. The nodes' own links are good, so
 * the fault is the cause of every verdict.
 */
export const OWN_NETWORK: Readonly<Record<string, Scenario>> = {
  "cable": {
    node: "wired",
    ownNetwork: { perDay: 24, fromS: 1, toS: 120, carrierLostAfterS: 0, nodesLaterS: 0 },
  },
  // The Wi-Fi stays associated for a while although nothing arrives.
  "wifi": {
    node: "wired",
    ownNetwork: { perDay: 24, fromS: 1, toS: 120, carrierLostAfterS: 8, nodesLaterS: 0 },
  },
  "access point": {
    node: "wired",
    ownNetwork: { perDay: 12, fromS: 30, toS: 90, carrierLostAfterS: 2, nodesLaterS: 30 },
  },
  "router": {
    node: "wired",
    ownNetwork: { perDay: 12, fromS: 30, toS: 120, carrierLostAfterS: 0, nodesLaterS: 30 },
  },
  "router behind a switch": {
    node: "wired",
    ownNetwork: { perDay: 12, fromS: 30, toS: 120, nodesLaterS: 30 },
  },
};

export const SCENARIO_NAMES: readonly ScenarioName[] = [
  "wired",
  "wifi",
  "wifi-bad",
  "node-pause",
  "obs-stall",
  "obs-wifi-bad",
  "broker-restart",
  "kill+1s-restart",
  "link-flap",
  "mix",
];
