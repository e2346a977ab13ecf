/** A row of the outbox as channels send it. */

import { headlineOf } from "../../core/alerting/message/headline.ts";
import { lastWord } from "../../core/alerting/merged_alert.ts";
import type { OutgoingMessage } from "../notify/channel.ts";
import type { OutboxRow } from "../store/outbox_row.ts";

/** A text without an alert is a test: it tells of nothing that is wrong. */
export function outgoingMessage(row: OutboxRow): OutgoingMessage {
  const { id, createdAtMs, recipient, text, alert, incidentIds } = row;
  const headline = alert === undefined
    ? { severity: "info", title: "Weekly test" } as const
    : headlineOf(lastWord(alert));
  return {
    recipient,
    text,
    about: { ...headline, id: `${createdAtMs}.${id}`, incidents: incidentIds },
  };
}
