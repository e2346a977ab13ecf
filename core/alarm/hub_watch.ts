/** Whether the hub is alive, from a tracker's view. While it is dead, nobody gets a message. */

import { staysAway, type Timing } from "../detection/detector.ts";
import type { Echo, HubStatus } from "../protocol/wire.ts";

/** The hub sends an echo to itself at least every 5 s, so several are missing after this time. */
const SILENT_MS = 20_000;
/** A restart of the hub or the broker is shorter than this and shows nothing. */
const HOLD_MS = 10_000;

/** What a tracker knows of the hub. Instants are monotonic milliseconds. */
export interface HubWatch {
  /** `unknown`: this cluster may have no hub. `left`: the hub said farewell. Both are no fault. */
  presence: "unknown" | "expected" | "left";
  /** The last run of the hub that was heard. Its echoes and its status contain this id. */
  session: string | undefined;
  /** The last sign of life, or the instant at which the tracker learned that a hub exists. */
  heardMs: number;
  /** When its last will arrived, if nothing was heard since then. */
  willMs: number | undefined;
  /** After a farewell: the deadline for its return, `Infinity` if it need not return. */
  backByMs: number;
  /** Since when the tracker sees; `Infinity` before it sees for the first time. */
  visibleSinceMs: number;
  /** After a stall nothing new is shown until the backlog is read. */
  unreadUntilMs: number;
}

export function newHubWatch(): HubWatch {
  return {
    presence: "unknown",
    session: undefined,
    heardMs: -Infinity,
    willMs: undefined,
    backByMs: Infinity,
    visibleSinceMs: Infinity,
    unreadUntilMs: -Infinity,
  };
}

/** The hub's echoes are its heartbeat. Echoes of trackers have no meaning here. */
export function takeHubEcho(hub: HubWatch, { node, observer }: Echo, nowMs: number): void {
  if (node === undefined) markHubAlive(hub, observer, nowMs);
}

export function takeHubStatus(
  hub: HubWatch,
  { message, retained }: HubStatus,
  { nowMs, rebootWithinMs }: { readonly nowMs: number } & Pick<Timing, "rebootWithinMs">,
): void {
  if (message === undefined) {
    hub.presence = "unknown";
    return;
  }
  switch (message.kind) {
    case "birth":
      return markHubAlive(hub, message.session, nowMs);
    case "last_will":
      if (!retained && isOfAnotherRun(hub, message.session)) return;
      // If a connection ends abnormally right after a farewell, the broker publishes the will as
      // well.
      if (hub.presence === "left" && hub.session === message.session) return;
      hub.presence = "expected";
      hub.session = message.session;
      hub.willMs = nowMs;
      return;
    case "farewell":
      if (!retained && isOfAnotherRun(hub, message.session)) return;
      // The hub repeats the farewell on each new connection. A wait that runs continues.
      if (hub.presence === "left" && hub.session === message.session) return;
      hub.presence = "left";
      hub.session = message.session;
      hub.backByMs = staysAway(message.reason) ? Infinity : nowMs + rebootWithinMs;
      return;
  }
}

/**
 * A retained birth does not prove that the hub is alive, but from then on the tracker expects it.
 */
function markHubAlive(hub: HubWatch, session: string, nowMs: number): void {
  hub.presence = "expected";
  hub.session = session;
  hub.heardMs = nowMs;
  hub.willMs = undefined;
}

/** A broker may publish the will of a run after the birth of the next run. */
function isOfAnotherRun(hub: HubWatch, session: string): boolean {
  return hub.session !== undefined && hub.session !== session;
}

/** The tracker sees again. It could not hear the hub meanwhile, so the waits restart. */
export function restartHubWatch(hub: HubWatch, nowMs: number): void {
  hub.visibleSinceMs = nowMs;
}

/** The tracker stalled. Its backlog is read by `untilMs`. */
export function waitForUnread(hub: HubWatch, untilMs: number): void {
  hub.unreadUntilMs = untilMs;
}

/** The instant from which the hub counts as dead if nothing else is heard; `Infinity`: never. */
export function hubDeadMs(hub: HubWatch): number {
  const { presence, heardMs, willMs, visibleSinceMs, unreadUntilMs } = hub;
  if (presence === "left") return Math.max(hub.backByMs, visibleSinceMs + SILENT_MS, unreadUntilMs);
  if (presence === "unknown") return Infinity;
  const goneMs = willMs === undefined
    ? Math.max(heardMs, visibleSinceMs) + SILENT_MS
    : Math.max(willMs, visibleSinceMs);
  return Math.max(goneMs + HOLD_MS, unreadUntilMs);
}
