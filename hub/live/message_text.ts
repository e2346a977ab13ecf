/** A row of the outbox as people read it: the attempt to send it renders and freezes its text. */

import type { Alert } from "../../core/alerting/alert.ts";
import { headlineOf } from "../../core/alerting/message/headline.ts";
import { alertText } from "../../core/alerting/message/message.ts";
import { clockText } from "../host/clock_text.ts";
import type { OutgoingMessage } from "../notify/channel/channel.ts";
import type { OutboxRow } from "../store/outbox_row.ts";

/**
 * All instants, those of the alert too, are calendar time in ms. An alert that holds older news than
 * its own `atMs`, those of `oldestMs`, is as late as these are.
 */
export function renderAlert(alert: Alert, sentAtMs: number, oldestMs = alert.atMs): string {
  const lateMs = sentAtMs - Math.min(oldestMs, alert.atMs);
  const options = { sentAtMs: alert.atMs + lateMs };
  return alertText(alert, (atMs) => clockText(atMs, sentAtMs), options);
}

/** What a message says, or would have said when it was enqueued if no attempt was made yet. */
export function messageText({ text, alert, createdAtMs }: OutboxRow): string {
  return text === "" && alert !== undefined ? renderAlert(alert, createdAtMs) : text;
}

/** As channels send it. A text without an alert is a test: it tells of nothing that is wrong. */
export function outgoingMessage(row: OutboxRow): OutgoingMessage {
  const { id, createdAtMs, recipient, text, alert, incidentIds } = row;
  const headline = alert === undefined
    ? { severity: "info", title: "Weekly test" } as const
    : headlineOf(alert);
  return {
    recipient,
    text,
    about: { ...headline, id: `${createdAtMs}.${id}`, incidents: incidentIds },
  };
}
