/** The outputs of the policy: alerts for people, and changes for the history. */

import type { Alert, CommonCause, Subject } from "../alert.ts";
import type { Cause } from "../cause.ts";
import type { Incident } from "../incident/incident.ts";
import type { NotificationChange } from "../incident/notification_log.ts";

/** An incident has begun. */
export interface Opened {
  readonly kind: "opened";
  /** Unique for all time. */
  readonly id: number;
  readonly subject: Subject;
  readonly name: string;
  readonly cause: Cause;
  readonly startedAtMs: number;
  readonly lastHeardMs: number | undefined;
  readonly changes: number;
}

/** An incident is over. `now` is absent if nobody is to be notified, e.g. of a revoked node. */
export interface Closed {
  readonly kind: "closed";
  readonly subject: Subject;
  readonly atMs: number;
  readonly now: "alive" | "left" | "dead" | undefined;
  readonly changes: number;
  readonly rebooted: boolean;
}

/** Deaths that are one incident. This incident contains the incident of each death. */
export interface Grouped {
  readonly kind: "grouped";
  /** Its id, which may be known already. */
  readonly id: number;
  readonly parts: readonly number[];
  readonly common: CommonCause;
  /** The route whose message reports it. */
  readonly route: string;
  readonly atMs: number;
}

/** An alert, and the incidents that it reports. */
export interface DecidedAlert extends Alert {
  readonly incidents: readonly number[];
}

/** Somebody takes care of it, so there are no reminders and no escalation. */
export interface Acknowledged {
  readonly kind: "acknowledged";
  readonly subject: Subject;
  readonly atMs: number;
}

/** No message is sent about the node (`undefined`: any node) until then. A past instant ends it. */
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
