/** Whether the hub is alive, as a tracker hears it: nobody is told by a message while it is not. */

import { staysAway, type Timing } from "../detection/detector.ts";
import type { Echo, HubStatus } from "../protocol/wire.ts";

/** The hub sends an echo to itself at least every 5 s; this many are missed for a reason. */
const SILENT_MS = 20_000;
/** A hub, or a broker, that is restarted shows nothing. */
const HOLD_MS = 10_000;

/** What a tracker knows of the hub. Instants are monotonic milliseconds. */
export interface HubWatch {
  /** A cluster need not have a hub: nothing is missed that was never heard of, or said farewell. */
  presence: "unknown" | "expected" | "left";
  /** The run of the hub that spoke last; its echoes and its status name the same. */
  session: string | undefined;
  /** The last sign of life, or when the tracker learned that there is a hub. */
  heardMs: number;
  /** When its last will was heard, if nothing was heard since. */
  willMs: number | undefined;
  /** After a farewell: until when it must be back, `Infinity` where it need not. */
  backByMs: number;
  /** Since when the tracker sees; `Infinity` before its first sight. */
  visibleSinceMs: number;
  /** After a stall nothing new is shown before what lies unread is read. */
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

/** The hub's echoes are its heartbeat; those of trackers say nothing. */
export function hearHubEcho(hub: HubWatch, { node, observer }: Echo, nowMs: number): void {
  if (node === undefined) hearAlive(hub, observer, nowMs);
}

export function hearHubStatus(
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
      return hearAlive(hub, message.session, nowMs);
    case "last_will":
      if (!retained && isOfAnotherRun(hub, message.session)) return;
      // Whoever kills a connection right after a farewell has the broker tell the will too.
      if (hub.presence === "left" && hub.session === message.session) return;
      hub.presence = "expected";
      hub.session = message.session;
      hub.willMs = nowMs;
      return;
    case "farewell":
      if (!retained && isOfAnotherRun(hub, message.session)) return;
      // Told again, as on each new connection: a wait that runs goes on.
      if (hub.presence === "left" && hub.session === message.session) return;
      hub.presence = "left";
      hub.session = message.session;
      hub.backByMs = staysAway(message.reason) ? Infinity : nowMs + rebootWithinMs;
      return;
  }
}

/** A retained birth proves no life, but from then on the tracker waits for some. */
function hearAlive(hub: HubWatch, session: string, nowMs: number): void {
  hub.presence = "expected";
  hub.session = session;
  hub.heardMs = nowMs;
  hub.willMs = undefined;
}

/** A broker may tell the will of a run only after the next one was born. */
function isOfAnotherRun(hub: HubWatch, session: string): boolean {
  return hub.session !== undefined && hub.session !== session;
}

/** The tracker sees again: whatever it did not hear meanwhile, it could not hear. */
export function seeHubAnew(hub: HubWatch, nowMs: number): void {
  hub.visibleSinceMs = nowMs;
}

/** The tracker did not run, and what came meanwhile is read by then. */
export function waitForUnread(hub: HubWatch, untilMs: number): void {
  hub.unreadUntilMs = untilMs;
}

/** From when on the hub counts as dead if nothing else is heard; `Infinity`: it does not. */
export function hubDeadMs(hub: HubWatch): number {
  const { presence, heardMs, willMs, visibleSinceMs, unreadUntilMs } = hub;
  if (presence === "left") return Math.max(hub.backByMs, visibleSinceMs + SILENT_MS, unreadUntilMs);
  if (presence === "unknown") return Infinity;
  const goneMs = willMs === undefined
    ? Math.max(heardMs, visibleSinceMs) + SILENT_MS
    : Math.max(willMs, visibleSinceMs);
  return Math.max(goneMs + HOLD_MS, unreadUntilMs);
}
