/** The text of a row of the outbox. The attempt to send the row renders and freezes it. */

import type { Alert } from "../../core/alerting/alert.ts";
import { headlineOf } from "../../core/alerting/message/headline.ts";
import { alertText } from "../../core/alerting/message/message.ts";
import { clockText } from "../host/clock_text.ts";
import type { OutgoingMessage } from "../notify/channel/channel.ts";
import type { OutboxRow } from "../store/outbox/outbox_row.ts";

export interface RenderOptions {
  readonly oldestMs?: number;
  /** The hub's disk does not answer, so the message is only in its memory. */
  readonly isUnsaved?: boolean;
}

/**
 * Renders an alert. All instants are wall-clock time in ms. `oldestMs` is the instant of its oldest
 * news; the message is late if that is long ago, even if the alert itself is new.
 */
export function renderAlert(
  alert: Alert,
  sentAtMs: number,
  { oldestMs = alert.atMs, isUnsaved = false }: RenderOptions = {},
): string {
  const lateMs = sentAtMs - Math.min(oldestMs, alert.atMs);
  const options = { sentAtMs: alert.atMs + lateMs, isUnsaved };
  return alertText(alert, (atMs) => clockText(atMs, sentAtMs), options);
}

/** The text of a message. Before the first attempt it is rendered for the time of enqueueing. */
export function messageText({ text, alert, createdAtMs }: OutboxRow): string {
  return text === "" && alert !== undefined ? renderAlert(alert, createdAtMs) : text;
}

/** A row in the form for channels. A text without an alert is a test and reports no problem. */
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
