/**
 * The one owner of who was notified of what: the routes of an incident change here and nowhere else, and
 * each change is an output, which the database repeats row by row.
 */

import type { Subject } from "../alert.ts";
import type { Incident } from "./incident.ts";

/** What the people of a route know of an incident from now on. */
export interface NotificationChange {
  readonly kind: "notification";
  /** The incident's id. */
  readonly incident: number;
  readonly subject: Subject;
  readonly route: string;
  /**
   * `notified`: a message about it is in the outbox. `deferred`: a message is due and waits for the end of
   * quiet hours or for budget. `resolved`: they need no message about it any more.
   */
  readonly state: "notified" | "deferred" | "resolved";
  /** Since when it is so. */
  readonly atMs: number;
}

/** A message about it goes out, or another message told them of it along the way. */
export function notify(one: Incident, route: string, atMs: number): NotificationChange {
  one.notified.set(route, atMs);
  one.deferred.delete(route);
  return change(one, { route, state: "notified", atMs });
}

/** A message is due and has to wait: they are told though the incident may end meanwhile. */
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

/** What people know of an incident that is over they now know of the one that followed. */
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
