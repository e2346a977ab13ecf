/**
 * The ways by which a person reaches a node, as its own agent finds them. First rule: what cannot be
 * known is not up.
 */

import { formatRfc3339 } from "./rfc3339.ts";

/** All ways, in the order in which people see them. */
export const WAY_NAMES = ["ssh", "vnc", "connect", "tailscale", "remoteit"] as const;

export type WayName = typeof WAY_NAMES[number];

/**
 * `local`: it listens for its own machine alone. `down`: it does not listen, or it is installed and
 * does not run. `unknown`: the agent cannot know it.
 */
export const WAY_STATES = ["up", "local", "down", "unknown"] as const;

export type WayState = typeof WAY_STATES[number];

/** Why a way that works will end. */
export const WAY_WARNINGS = [
  /** It ends with the session of its user, and nothing starts it after a reboot. */
  "not_after_reboot",
  /** Its key expires within `KEY_WARNING_MS`. */
  "key_expires",
  "key_expired",
] as const;

export type WayWarning = typeof WAY_WARNINGS[number];

/** One way, with the names of the wire. */
export interface Way {
  readonly state: WayState;
  /** The TCP port, for `ssh` and `vnc`. */
  readonly port?: number;
  /** The machine's name in its private network, for `tailscale`. */
  readonly host?: string;
  /** RFC 3339: when its key expires, for `tailscale`; absent: never, or not known. */
  readonly expires_at?: string;
  readonly warning?: WayWarning;
}

/** The ways that exist on a machine. A way that is not installed is absent. */
export type Ways = Readonly<Partial<Record<WayName, Way>>>;

/** Ways are read this often; each reading starts one or two processes for a moment. */
export const WAYS_READ_EVERY_MS = 300_000;
/** A key that expires within this time is a warning. */
export const KEY_WARNING_MS = 7 * 24 * 3_600_000;

/** Who can connect to a port. */
export type Listening = "everybody" | "itself" | "nobody" | "unknown";

/** What an agent reads. `undefined` for a service: it is not installed. */
export interface WayReadings {
  readonly ssh: { readonly port: number; readonly listening: Listening };
  readonly vnc: { readonly port: number; readonly listening: Listening };
  readonly connect: {
    readonly isRunning: boolean | undefined;
    /** Something starts it when the machine boots; `undefined`: not known. */
    readonly startsAtBoot: boolean | undefined;
  } | undefined;
  readonly tailscale: {
    readonly isRunning: boolean | undefined;
    readonly host: string | undefined;
    /** Wall-clock time; `undefined`: never, or not known. */
    readonly expiresAtMs: number | undefined;
  } | undefined;
  readonly remoteit: { readonly isRunning: boolean | undefined } | undefined;
}

/** The ways of a machine at a wall-clock time. */
export function judgeWays(readings: WayReadings, wallMs: number): Ways {
  const { connect, tailscale, remoteit } = readings;
  return {
    ssh: portWay(readings.ssh),
    vnc: portWay(readings.vnc),
    ...(connect && { connect: connectWay(connect) }),
    ...(tailscale && { tailscale: tailscaleWay(tailscale, wallMs) }),
    ...(remoteit && { remoteit: { state: stateOf(remoteit.isRunning) } }),
  };
}

function portWay({ port, listening }: WayReadings["ssh"]): Way {
  return { state: PORT_STATES[listening], port };
}

const PORT_STATES: Readonly<Record<Listening, WayState>> = {
  everybody: "up",
  itself: "local",
  nobody: "down",
  unknown: "unknown",
};

function stateOf(isRunning: boolean | undefined): WayState {
  if (isRunning === undefined) return "unknown";
  return isRunning ? "up" : "down";
}

function connectWay({ isRunning, startsAtBoot }: NonNullable<WayReadings["connect"]>): Way {
  const state = stateOf(isRunning);
  return state === "up" && startsAtBoot === false
    ? { state, warning: "not_after_reboot" }
    : { state };
}

function tailscaleWay(
  { isRunning, host, expiresAtMs }: NonNullable<WayReadings["tailscale"]>,
  wallMs: number,
): Way {
  const warning = keyWarning(expiresAtMs, wallMs);
  return {
    state: stateOf(isRunning),
    ...(host === undefined ? {} : { host }),
    ...(expiresAtMs === undefined ? {} : { expires_at: formatRfc3339(expiresAtMs) }),
    ...(warning === undefined ? {} : { warning }),
  };
}

function keyWarning(expiresAtMs: number | undefined, wallMs: number): WayWarning | undefined {
  if (expiresAtMs === undefined || expiresAtMs - wallMs > KEY_WARNING_MS) return undefined;
  return expiresAtMs > wallMs ? "key_expires" : "key_expired";
}

/** Whether `after` must be published before the next regular message. */
export function waysChanged(before: Ways | undefined, after: Ways | undefined): boolean {
  return JSON.stringify(before) !== JSON.stringify(after);
}

/** A way that ends at an instant that is known: people are notified of it before. */
export const ACCESS_FAULTS = ["key_expires", "key_expired"] as const satisfies WayWarning[];

export type AccessFault = typeof ACCESS_FAULTS[number];

/** The fault of a node's ways that people are notified of. */
export function accessFaultOf(ways: Ways | undefined): AccessFault | undefined {
  const warning = ways?.tailscale?.warning;
  return ACCESS_FAULTS.find((fault) => fault === warning);
}
