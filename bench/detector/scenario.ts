/** What goes wrong in a simulated cluster, and how often. */

import type { LinkKind } from "./link.ts";
import type { OwnFaults } from "./own_network.ts";

/** So many a day, each lasting a uniformly distributed time. */
export interface Rate {
  readonly perDay: number;
  readonly fromS: number;
  readonly toS: number;
}

/** Pauses, kills and flaps strike each node by itself; stalls and restarts everybody. */
export interface Scenario {
  readonly node: LinkKind;
  /** The observer's own link; left out where it runs beside the broker. */
  readonly observer?: LinkKind;
  /** A node that does not get to send. */
  readonly pauses?: Rate;
  /** An observer that does not get to read. */
  readonly stalls?: Rate;
  readonly brokerRestarts?: Rate;
  /** kill -9, and back a second later. */
  readonly killsPerDay?: number;
  /** Several outages of a link in a row. */
  readonly flaps?: Rate & { readonly outages: number };
  /** What befalls the network of an observer beside the broker. */
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
 * The observer's own network fails; the broker is beside it. The nodes' own links are good, so that
 * every verdict is that fault's.
 */
export const OWN_NETWORK: Readonly<Record<string, Scenario>> = {
  "cable": {
    node: "wired",
    ownNetwork: { perDay: 24, fromS: 1, toS: 120, carrierLostAfterS: 0, nodesLaterS: 0 },
  },
  // It is associated for a while without hearing anything.
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
