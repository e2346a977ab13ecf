/** English texts beside the API's codes, for programs that only show them. */

import { type Cause } from "../../core/alerting/cause.ts";
import { BLINDNESS_TEXTS, causeText } from "../../core/alerting/message/cause_text.ts";
import type { IncidentKind } from "../../core/api/incident_view.ts";
import { DUPLICATE_ID_START, type NodeWarning } from "../../core/api/node_view.ts";
import type { Blindness } from "../../core/detection/blindness.ts";
import { WAY_NAMES, type Ways, type WayWarning } from "../../core/protocol/ways.ts";

const WAY_WARNING_TEXTS: Readonly<Record<WayWarning, string>> = {
  not_after_reboot: "Raspberry Pi Connect will not survive a reboot: lingering is off",
  key_expires: "The Tailscale key expires in less than 7 days",
  key_expired: "The Tailscale key has expired",
};

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
  return `${DUPLICATE_ID_START} "${node}"${known}`;
}

/** The warnings about a node's ways. */
export function apiWayWarnings(ways: Ways): readonly string[] {
  return WAY_NAMES.flatMap((name) => {
    const warning = ways[name]?.warning;
    return warning === undefined ? [] : [WAY_WARNING_TEXTS[warning]];
  });
}

export function apiBlindness(code: Blindness): string {
  return BLINDNESS_TEXTS[code];
}
