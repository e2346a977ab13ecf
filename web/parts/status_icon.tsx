/** States as shapes with different outlines, for readers who cannot distinguish the colours. */

import type { JSX } from "preact";
import type { DeliveryState } from "../../core/api/delivery_view.ts";
import type { NodeView } from "../../core/api/node_view.ts";
import type { Liveness } from "../../core/detection/liveness.ts";
import type { Level } from "../../core/protocol/vitals.ts";
import { isFailing } from "../status/trouble.ts";
import type { Severity } from "../status/verdict.ts";

export const LIVENESS_SEVERITIES: Readonly<Record<Liveness, Severity>> = {
  alive: "well",
  suspect: "attention",
  dead: "down",
  left: "asleep",
  unknown: "unsure",
};

/** The severity of a node's state. */
export function severityOf(node: NodeView): Severity {
  return isFailing(node) ? "down" : LIVENESS_SEVERITIES[node.liveness];
}

export const LEVEL_SEVERITIES: Readonly<Record<Level, Severity>> = {
  ok: "well",
  warning: "attention",
  critical: "down",
  not_supported: "unsure",
};

/** A message that the provider accepted may not have arrived yet: only `delivered` is good. */
export const DELIVERY_SEVERITIES: Readonly<Record<DeliveryState, Severity>> = {
  pending: "attention",
  accepted: "asleep",
  delivered: "well",
  refused: "down",
  expired: "unsure",
  merged: "asleep",
};

/** Icons of deliveries in progress. */
export const DELIVERY_ICONS: Readonly<Partial<Record<DeliveryState, "waiting" | "sent">>> = {
  pending: "waiting",
  accepted: "sent",
};

/** The icon of a severity, or of a message in progress. */
export type StatusIconKind = Severity | "waiting" | "sent";

const DISC = "M12 1a11 11 0 1 1 0 22 11 11 0 0 1 0-22z";

/** The filled outline of each icon, on a 24 by 24 square. */
const OUTLINES: Readonly<Record<StatusIconKind, string>> = {
  well: DISC,
  waiting: DISC,
  sent: DISC,
  attention:
    "M12 1.6c.8 0 1.5.4 1.9 1.1l9.2 16.2c.9 1.5-.2 3.4-1.9 3.4H2.8c-1.7 0-2.8-1.9-1.9-3.4" +
    "l9.2-16.2c.4-.7 1.1-1.1 1.9-1.1z",
  down: "M8 1h8l7 7v8l-7 7H8l-7-7V8z",
  asleep: "M6 2h12a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4H6a4 4 0 0 1-4-4V6a4 4 0 0 1 4-4z",
  unsure: "M12 1l11 11-11 11L1 12z",
};

/** The strokes inside of the outline. */
const MARKS: Readonly<Record<StatusIconKind, string>> = {
  well: "M7 12.4l3.5 3.5L17 8.6",
  waiting: "M12 6v6.4l4 2.4",
  sent: "M6.5 12h10.6M13 7.6l4.4 4.4-4.4 4.4",
  attention: "M12 8.6v5.6M12 18.1v.1",
  down: "M8.2 8.2l7.6 7.6M15.8 8.2l-7.6 7.6",
  asleep: "M9.4 8v8M14.6 8v8",
  unsure: "M7.6 12h8.8",
};

/** Decoration, because the word is always beside it. */
export function StatusIcon(
  { severity, kind = severity }: { readonly severity: Severity; readonly kind?: StatusIconKind },
): JSX.Element {
  return (
    <svg
      class={`status-icon severity-${severity}`}
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
    >
      <path class="outline" d={OUTLINES[kind]} />
      <path class="mark" d={MARKS[kind]} />
    </svg>
  );
}
