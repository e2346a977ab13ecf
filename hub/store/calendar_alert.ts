/** An alert whose instants are calendar time: what leaves the process outlives its monotonic clock. */

import type { Alert, Notice } from "../../core/alerting/alert.ts";

/** Every instant of it translated by `wallMs`. */
export function calendarAlert(alert: Alert, wallMs: (atMs: number) => number): Alert {
  const notices = alert.notices.map((notice) => calendarNotice(notice, wallMs));
  return { ...alert, notices, atMs: wallMs(alert.atMs) };
}

/** All keys of a notice that end in `Ms` are instants. */
function calendarNotice(notice: Notice, wallMs: (atMs: number) => number): Notice {
  const entries = Object.entries(notice).map(([key, value]) =>
    key.endsWith("Ms") && typeof value === "number" ? [key, wallMs(value)] : [key, value]
  );
  return Object.fromEntries(entries) as Notice;
}
