/** From when to when it was so, what an alert item tells of. */

import type { AlertItem } from "../../../core/alerting/alert.ts";

/** Whether it tells that something is over. */
export function isEnd({ kind }: AlertItem): boolean {
  return kind === "recovered" || kind === "stable" || kind === "sees" || kind === "uplink_back" ||
    kind === "fault_over";
}

/** `toMs` is `undefined` for what is not over. */
export function spanOf(
  item: AlertItem,
): { readonly fromMs: number; readonly toMs: number | undefined } {
  switch (item.kind) {
    case "down":
    case "still_down":
      return { fromMs: item.diedAtMs, toMs: undefined };
    case "recovered":
      return { fromMs: item.diedAtMs, toMs: item.recoveredAtMs };
    case "rebooted":
      return { fromMs: item.backAtMs, toMs: undefined };
    case "stable":
      return { fromMs: item.flappedSinceMs, toMs: item.sinceMs };
    case "sees":
    case "uplink_back":
    case "fault_over":
      return { fromMs: item.sinceMs, toMs: item.endedAtMs };
    case "flapping":
    case "blind":
    case "uplink_down":
    case "fault":
      return { fromMs: item.sinceMs, toMs: undefined };
  }
}
