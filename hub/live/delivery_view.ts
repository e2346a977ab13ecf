/** The view of a notification in the outbox. */

import type { DeliveryView } from "../../core/api/delivery_view.ts";
import { formatRfc3339 } from "../../core/protocol/rfc3339.ts";
import type { OutboxRow } from "../store/outbox/outbox_row.ts";
import { messageText } from "./message_text.ts";

export function deliveryView(row: OutboxRow): DeliveryView {
  return {
    id: row.id,
    incident_ids: row.incidentIds,
    channel: row.channel,
    recipient: row.recipient,
    text: messageText(row),
    state: row.state,
    attempts: row.attempts,
    last_error: row.lastError ?? null,
    failure: row.failure ?? null,
    reference: row.reference ?? null,
    created_at: formatRfc3339(row.createdAtMs),
  };
}
