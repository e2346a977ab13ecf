/** What the policy puts out: alerts for people, and what history must know of. */

import type { Alert, CommonCause, Subject } from "../alert.ts";
import type { Cause } from "../cause.ts";
import type { Incident } from "./incident.ts";
import type { NotificationChange } from "./notification_log.ts";

/** An incident has begun. */
export interface Opened {
  readonly kind: "opened";
  /** No other incident ever has it. */
  readonly id: number;
  readonly subject: Subject;
  readonly name: string;
  readonly cause: Cause;
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

/** Deaths that are one incident, above each of theirs. */
export interface Grouped {
  readonly kind: "grouped";
  /** Its id; it may be known already. */
  readonly id: number;
  readonly parts: readonly number[];
  readonly common: CommonCause;
  /** The route whose message says so. */
  readonly route: string;
  readonly atMs: number;
}

/** An alert, and the incidents that it tells of. */
export interface DecidedAlert extends Alert {
  readonly incidents: readonly number[];
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
  | DecidedAlert
  | NotificationChange
  | Opened
  | Closed
  | Grouped
  | Acknowledged
  | Maintained;

export function closed(one: Incident, atMs: number, now: Closed["now"]): Closed {
  const { subject, changes, rebooted } = one;
  return { kind: "closed", subject, atMs, now, changes, rebooted };
}
