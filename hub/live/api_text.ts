/** English texts beside the API's codes, for programs that only show them. */

import { type Cause } from "../../core/alerting/cause.ts";
import { BLINDNESS_TEXTS, causeText } from "../../core/alerting/message/cause_text.ts";
import type { IncidentKind } from "../../core/api/incident_view.ts";
import type { NodeWarning } from "../../core/api/node_view.ts";
import type { Blindness } from "../../core/detection/blindness.ts";

/** Why an incident began. For a fault it is the code. */
export function apiCause({ kind, cause }: {
  readonly kind: IncidentKind;
  readonly cause: Cause;
}): string {
  const isFault = kind === "network" || kind === "vital" || kind === "hub";
  return isFault && typeof cause === "string" ? cause : causeText(cause);
}

export function apiWarning(node: string, { serials }: NodeWarning): string {
  const known = serials.length > 1 ? ` (serial numbers ${serials.join(", ")})` : "";
  return `Two machines claim to be "${node}"${known}`;
}

export function apiBlindness(code: Blindness): string {
  return BLINDNESS_TEXTS[code];
}
