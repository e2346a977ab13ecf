/** The view of a stored incident. */

import type { Cause } from "../../core/alerting/cause.ts";
import { causeText } from "../../core/alerting/message/cause_text.ts";
import type { IncidentReason, IncidentView } from "../../core/api/incident_view.ts";
import { formatRfc3339 } from "../../core/protocol/rfc3339.ts";
import type { StoredIncident } from "../store/stored_incident.ts";
import { apiCause } from "./api_text.ts";

export function incidentView(incident: StoredIncident): IncidentView {
  return {
    id: incident.id,
    kind: incident.kind,
    node: incident.node,
    name: nameOfIncident(incident),
    died_at: formatRfc3339(incident.diedAtMs),
    last_heard_at: rfc3339OrNull(incident.lastHeardMs),
    told_at: rfc3339OrNull(incident.notifiedAtMs),
    recovered_at: rfc3339OrNull(incident.recoveredAtMs),
    acknowledged_at: rfc3339OrNull(incident.acknowledgedAtMs),
    cause: apiCause(incident),
    reason: reasonOf(incident.cause),
    changes: incident.changes,
    parent: incident.parent ?? null,
  };
}

/** A common incident without a group has no name, so its cause is the name. */
function nameOfIncident({ kind, name, cause }: StoredIncident): string {
  return kind === "common" && name === "" ? causeText(cause) : name;
}

function reasonOf(cause: Cause): IncidentReason {
  if (typeof cause === "string" || cause.kind !== "provider") return cause;
  const { why: _, ...reason } = cause;
  return reason;
}

function rfc3339OrNull(wallMs: number | undefined): string | null {
  return wallMs === undefined ? null : formatRfc3339(wallMs);
}
