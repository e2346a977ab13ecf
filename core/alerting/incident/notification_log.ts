/**
 * The only owner of the notification states. The routes of an incident change only here, and each
 * change is an output that the database stores as a row.
 */

import type { Subject } from "../alert.ts";
import type { Incident } from "./incident.ts";

/** The new notification state of an incident for the people of a route. */
export interface NotificationChange {
  readonly kind: "notification";
  /** The incident's id. */
  readonly incident: number;
  readonly subject: Subject;
  readonly route: string;
  /**
   * `notified`: a message about it is in the outbox. `deferred`: a message is due and waits for the
   * end of quiet hours or for budget. `resolved`: they need no message about it any more.
   */
  readonly state: "notified" | "deferred" | "resolved";
  /** The instant of the change. */
  readonly atMs: number;
}

/** A message about it is sent, or another message contained it. */
export function notify(one: Incident, route: string, atMs: number): NotificationChange {
  one.notified.set(route, atMs);
  one.deferred.delete(route);
  return change(one, { route, state: "notified", atMs });
}

/** A message is due and must wait. It is sent even if the incident ends meanwhile. */
export function defer(one: Incident, route: string, atMs: number): NotificationChange[] {
  if (one.deferred.has(route)) return [];
  one.deferred.add(route);
  return [change(one, { route, state: "deferred", atMs })];
}

/** They know all of it, or need no message. */
export function resolve(one: Incident, route: string, atMs: number): NotificationChange[] {
  const wasNotified = one.notified.delete(route);
  const wasDeferred = one.deferred.delete(route);
  return wasNotified || wasDeferred ? [change(one, { route, state: "resolved", atMs })] : [];
}

/** Nobody needs a message about it any more. */
export function resolveAll(one: Incident, atMs: number): NotificationChange[] {
  return [...one.notified.keys(), ...one.deferred].flatMap((route) => resolve(one, route, atMs));
}

/** The notification states of an ended incident move to the incident that followed it. */
export function carryOver(one: Incident, id: number, atMs: number): NotificationChange[] {
  const resolved = [...one.notified.keys()].map((route) =>
    change(one, { route, state: "resolved", atMs })
  );
  one.id = id;
  return [...resolved, ...[...one.notified].map(([route, toldMs]) => notify(one, route, toldMs))];
}

function change(
  { id, subject }: Incident,
  what: Pick<NotificationChange, "route" | "state" | "atMs">,
): NotificationChange {
  return { kind: "notification", incident: id, subject, ...what };
}
