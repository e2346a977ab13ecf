/** An alert in the words of the moment at which it is sent. */

import type { Alert } from "../../core/alerting/alert.ts";
import { lastWord } from "../../core/alerting/merged_alert.ts";
import { alertText } from "../../core/alerting/message/message.ts";
import { clockText } from "./clock_text.ts";

/**
 * All instants, those of the alert too, are calendar time in ms. An alert that holds older news than
 * its own `atMs`, those of `oldestMs`, is as late as these are.
 */
export function renderContextOf(alert: Alert, sentAtMs: number, oldestMs = alert.atMs): string {
  const lateMs = sentAtMs - Math.min(oldestMs, alert.atMs);
  const options = { sentAtMs: alert.atMs + lateMs };
  return alertText(lastWord(alert), (atMs) => clockText(atMs, sentAtMs), options);
}
