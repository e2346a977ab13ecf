/** An alert whose instants are calendar time: what leaves the process outlives its monotonic clock. */

import type { Alert, AlertItem } from "../../core/alerting/alert.ts";

/** Every instant of it translated by `wallMs`. */
export function wallClockAlert(alert: Alert, wallMs: (atMs: number) => number): Alert {
  const notices = alert.notices.map((notice) => wallClockItem(notice, wallMs));
  return { ...alert, notices, atMs: wallMs(alert.atMs) };
}

/** All keys of a notice that end in `Ms` are instants. */
function wallClockItem(notice: AlertItem, wallMs: (atMs: number) => number): AlertItem {
  const entries = Object.entries(notice).map(([key, value]) =>
    key.endsWith("Ms") && typeof value === "number" ? [key, wallMs(value)] : [key, value]
  );
  return Object.fromEntries(entries) as AlertItem;
}
