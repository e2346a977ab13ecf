/** What the policy puts out: alerts for people, and what history must know of. */

import type { Alert, Subject } from "../alert.ts";
import type { Incident } from "./incident.ts";

/** An incident has begun. */
export interface Opened {
  readonly kind: "opened";
  readonly subject: Subject;
  readonly name: string;
  readonly cause: string;
  readonly startedAtMs: number;
  readonly lastHeardMs: number | undefined;
  readonly changes: number;
}

/** An incident is over; `now` is left out where nobody is to hear of it, e.g. of a node that was revoked. */
export interface Closed {
  readonly kind: "closed";
  readonly subject: Subject;
  readonly atMs: number;
  readonly now: "alive" | "left" | "dead" | undefined;
  readonly changes: number;
  readonly rebooted: boolean;
}

/** People know already: it recovered and began again before they heard of it. */
export interface Reopened {
  readonly kind: "still_told";
  readonly subject: Subject;
  readonly atMs: number;
}

/** A message is due and waits for the end of quiet hours or for budget. */
export interface Deferred {
  readonly kind: "held";
  readonly subject: Subject;
  readonly route: string;
}

/** These people need no message of it any more. */
export interface Resolved {
  readonly kind: "settled";
  readonly subject: Subject;
  /** Who they are. */
  readonly routes: readonly string[];
  /** Whose death another message told along the way: from when on they know of it. */
  readonly told: ReadonlyMap<string, number>;
}

/** Somebody takes care of it: no reminders, no escalation. */
export interface Acknowledged {
  readonly kind: "acknowledged";
  readonly subject: Subject;
  readonly atMs: number;
}

/** Nothing is told of the node (`undefined`: of any) until then; in the past: any more. */
export interface Maintained {
  readonly kind: "maintained";
  readonly node: string | undefined;
  readonly untilMs: number;
}

export type PolicyOutput =
  | Alert
  | Opened
  | Closed
  | Reopened
  | Deferred
  | Resolved
  | Acknowledged
  | Maintained;

export function opened(one: Incident): Opened {
  const { subject, name, cause, startedAtMs, lastHeardMs, changes } = one;
  return { kind: "opened", subject, name, cause, startedAtMs, lastHeardMs, changes };
}

export function closed(one: Incident, atMs: number, now: Closed["now"]): Closed {
  const { subject, changes, rebooted } = one;
  return { kind: "closed", subject, atMs, now, changes, rebooted };
}
