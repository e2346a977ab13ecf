/** An incident as it is stored. Instants are wall clock time in ms. */

import { type Subject, subjectKey } from "../../core/alerting/alert.ts";
import { type Cause, causeFrom } from "../../core/alerting/cause.ts";
import type { IncidentKind } from "../../core/api/incident_view.ts";
import { numberOrNone, type Row, textOrNone } from "./database/database.ts";

export interface StoredIncident {
  readonly id: number;
  readonly kind: IncidentKind;
  readonly subject: string;
  /** Empty when it concerns no node, or several. */
  readonly node: string;
  readonly name: string;
  readonly cause: Cause;
  readonly diedAtMs: number;
  readonly lastHeardMs: number | undefined;
  /** When a message about it was put into the outbox. */
  readonly enqueuedAtMs: number | undefined;
  /** When a provider accepted a message about it. */
  readonly notifiedAtMs: number | undefined;
  readonly recoveredAtMs: number | undefined;
  /** How it ended. */
  readonly now: "alive" | "left" | "dead" | undefined;
  readonly changes: number;
  readonly rebooted: boolean;
  readonly acknowledgedAtMs: number | undefined;
  /** The common-cause incident that includes this one. */
  readonly parent: number | undefined;
}

/** The facts at its beginning. */
export type NewIncident =
  & Pick<StoredIncident, "kind" | "subject" | "node" | "name" | "cause" | "diedAtMs">
  & Partial<Pick<StoredIncident, "id" | "lastHeardMs" | "changes">>;

export function incidentOf(row: Row): StoredIncident {
  return {
    id: Number(row.id),
    kind: String(row.kind) as IncidentKind,
    subject: String(row.subject),
    node: String(row.node),
    name: String(row.name),
    cause: causeFrom(String(row.cause)),
    diedAtMs: Number(row.died_at_ms),
    lastHeardMs: numberOrNone(row.last_heard_ms),
    enqueuedAtMs: numberOrNone(row.promised_at_ms),
    notifiedAtMs: numberOrNone(row.told_at_ms),
    recoveredAtMs: numberOrNone(row.recovered_at_ms),
    now: textOrNone(row.now) as StoredIncident["now"],
    changes: Number(row.changes),
    rebooted: row.rebooted === 1,
    acknowledgedAtMs: numberOrNone(row.acknowledged_at_ms),
    parent: numberOrNone(row.parent),
  };
}

/** Returns the subject of a stored incident; `undefined` for a common-cause incident. */
export function subjectOf({ kind, subject, node }: StoredIncident): Subject | undefined {
  switch (kind) {
    case "node":
    case "flapping":
    case "reboot":
      return { kind, node };
    case "broker":
      return { kind };
    case "uplink":
      return { kind, channel: subject.slice(subjectKey({ kind, channel: "" }).length) };
    case "network":
      return { kind };
    case "vital":
      return { kind, node, vital: subject.slice(subjectKey({ kind, node, vital: "" }).length) };
    case "hub":
      return { kind, fault: subject.slice(subjectKey({ kind, fault: "" }).length) };
    case "common":
      return undefined;
  }
}
