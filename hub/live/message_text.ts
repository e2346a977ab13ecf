/** The text of a message: rendered and frozen by the attempt to send it, a preview until then. */

import type { Alert } from "../../core/alerting/alert.ts";
import { lastWord } from "../../core/alerting/merged_alert.ts";
import { alertText } from "../../core/alerting/message/message.ts";
import { clockText } from "../host/clock_text.ts";
import type { OutboxRow } from "../store/outbox_row.ts";

/**
 * All instants, those of the alert too, are calendar time in ms. An alert that holds older news than
 * its own `atMs`, those of `oldestMs`, is as late as these are.
 */
export function renderAlert(alert: Alert, sentAtMs: number, oldestMs = alert.atMs): string {
  const lateMs = sentAtMs - Math.min(oldestMs, alert.atMs);
  const options = { sentAtMs: alert.atMs + lateMs };
  return alertText(lastWord(alert), (atMs) => clockText(atMs, sentAtMs), options);
}

/** What a message says, or would have said when it was enqueued if no attempt was made yet. */
export function messageText({ text, alert, createdAtMs }: OutboxRow): string {
  return text === "" && alert !== undefined ? renderAlert(alert, createdAtMs) : text;
}
