/**
 * Whether a hub is alive, from a tracker's view. While none is, nobody gets a message. A cluster may
 * have several hubs.
 */

import { staysAway, type Timing } from "../detection/detector.ts";
import type { Echo, HubStatus } from "../protocol/wire.ts";

/** The hub sends an echo to itself at least every 5 s, so several are missing after this time. */
const SILENT_MS = 20_000;
/** A restart of the hub or the broker is shorter than this and shows nothing. */
const HOLD_MS = 10_000;

/** More hubs than a cluster has. */
const HUBS_MAX = 8;

/** One run of a hub. Instants are monotonic milliseconds. */
interface WatchedHub {
  /** `left`: it said farewell, which is no fault. */
  readonly presence: "expected" | "left";
  /** The last sign of life, or the instant at which the tracker learned that this hub exists. */
  readonly heardMs: number;
  /** When its last will arrived, if nothing was heard since then. */
  readonly willMs: number | undefined;
  /** After a farewell: the deadline for its return, `Infinity` if it need not return. */
  readonly backByMs: number;
}

/** What a tracker knows of the hubs. Instants are monotonic milliseconds. */
export interface HubWatch {
  /**
   * By session, which is in the echoes and the status of a hub. Empty: this cluster may have no hub,
   * which is no fault.
   */
  readonly hubs: Map<string, WatchedHub>;
  /** Since when the tracker sees; `Infinity` before it sees for the first time. */
  visibleSinceMs: number;
  /** After a stall nothing new is shown until the backlog is read. */
  unreadUntilMs: number;
}

export function newHubWatch(): HubWatch {
  return { hubs: new Map(), visibleSinceMs: Infinity, unreadUntilMs: -Infinity };
}

/** The hub's echoes are its heartbeat. Echoes of trackers have no meaning here. */
export function takeHubEcho(watch: HubWatch, { node, observer }: Echo, nowMs: number): void {
  if (node === undefined) markHubAlive(watch, observer, nowMs);
}

export function takeHubStatus(
  watch: HubWatch,
  { message, retained }: HubStatus,
  { nowMs, rebootWithinMs }: { readonly nowMs: number } & Pick<Timing, "rebootWithinMs">,
): void {
  const { hubs } = watch;
  if (message === undefined) return hubs.clear();
  const { session } = message;
  if (message.kind === "birth") return markHubAlive(watch, session, nowMs);
  const known = hubs.get(session);
  // A broker may publish the end of a run after the birth of the next run.
  if (!retained && known === undefined && hubs.size > 0) return;
  // The hub repeats its farewell on each new connection, and a wait that runs continues. If a
  // connection ends abnormally right after a farewell, the broker publishes the will as well.
  if (known?.presence === "left") return;
  const { heardMs = -Infinity } = known ?? {};
  const hub: WatchedHub = message.kind === "last_will"
    ? { presence: "expected", heardMs, willMs: nowMs, backByMs: Infinity }
    : {
      presence: "left",
      heardMs,
      willMs: undefined,
      backByMs: staysAway(message.reason) ? Infinity : nowMs + rebootWithinMs,
    };
  add(hubs, session, hub);
}

/**
 * A retained birth does not prove that the hub is alive, but from then on the tracker expects it. A
 * hub that is gone is forgotten: the one that was heard now is its next run, or its partner.
 */
function markHubAlive(watch: HubWatch, session: string, nowMs: number): void {
  const { hubs } = watch;
  for (const [other, hub] of hubs) {
    const isOver = hub.presence === "left" || hub.willMs !== undefined ||
      goneMs(watch, hub) <= nowMs;
    if (isOver) hubs.delete(other);
  }
  const presence = "expected";
  add(hubs, session, { presence, heardMs: nowMs, willMs: undefined, backByMs: Infinity });
}

/** The hub that was heard longest ago gives way. */
function add(hubs: HubWatch["hubs"], session: string, hub: WatchedHub): void {
  hubs.delete(session);
  hubs.set(session, hub);
  const [oldest] = hubs.keys();
  if (hubs.size > HUBS_MAX && oldest !== undefined) hubs.delete(oldest);
}

/** The tracker sees again. It could not hear the hub meanwhile, so the waits restart. */
export function restartHubWatch(watch: HubWatch, nowMs: number): void {
  watch.visibleSinceMs = nowMs;
}

/** The tracker stalled. Its backlog is read by `untilMs`. */
export function waitForUnread(watch: HubWatch, untilMs: number): void {
  watch.unreadUntilMs = untilMs;
}

/**
 * The instant from which no hub is alive, although one should be, if nothing else is heard;
 * `Infinity`: never.
 */
export function hubDeadMs(watch: HubWatch): number {
  const { hubs, visibleSinceMs, unreadUntilMs } = watch;
  const expected = [...hubs.values()].filter(({ presence }) => presence === "expected");
  if (expected.length > 0) {
    return Math.max(unreadUntilMs, ...expected.map((hub) => goneMs(watch, hub)));
  }
  if (hubs.size === 0) return Infinity;
  const backByMs = Math.max(...[...hubs.values()].map((hub) => hub.backByMs));
  return Math.max(backByMs, visibleSinceMs + SILENT_MS, unreadUntilMs);
}

/** When this hub is dead if nothing else is heard of it. */
function goneMs({ visibleSinceMs }: HubWatch, { heardMs, willMs }: WatchedHub): number {
  const silentMs = willMs === undefined
    ? Math.max(heardMs, visibleSinceMs) + SILENT_MS
    : Math.max(willMs, visibleSinceMs);
  return silentMs + HOLD_MS;
}
