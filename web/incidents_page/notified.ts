/** Who was notified of an incident, as far as the page knows. */

import type { DeliveryView } from "../../core/api/delivery_view.ts";
import type { IncidentView } from "../../core/api/incident_view.ts";

/** `ask`: somebody was notified, but too long ago for the loaded deliveries. */
export type Notified =
  | { readonly kind: "guest" }
  | { readonly kind: "nobody" }
  | { readonly kind: "ask" }
  | { readonly kind: "known"; readonly deliveries: readonly DeliveryView[] };

/** Groups deliveries by their incidents; oldest first, as they were sent. */
export function byIncident(
  deliveries: readonly DeliveryView[],
): ReadonlyMap<number, readonly DeliveryView[]> {
  const known = new Map<number, DeliveryView[]>();
  for (const delivery of [...deliveries].sort((a, b) => a.id - b.id)) {
    for (const id of delivery.incident_ids) {
      const of = known.get(id);
      if (of === undefined) known.set(id, [delivery]);
      else of.push(delivery);
    }
  }
  return known;
}

/** `deliveries` is `undefined` for a guest. */
export function notifiedOf(
  incident: Pick<IncidentView, "id" | "told_at">,
  deliveries: ReadonlyMap<number, readonly DeliveryView[]> | undefined,
): Notified {
  if (deliveries === undefined) return { kind: "guest" };
  const of = deliveries.get(incident.id);
  if (of !== undefined) return { kind: "known", deliveries: of };
  return { kind: incident.told_at === null ? "nobody" : "ask" };
}
