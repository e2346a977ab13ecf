/** Whether one alert makes another needless: what somebody was told is not told to him again. */

import { type Alert, type AlertItem, subjectKey } from "./alert.ts";
import { isEnd, itemSubject } from "./item_subject.ts";

/** One instant may be written twice, from a clock that is corrected all the time. */
const CLOCK_SLACK_MS = 1000;

/** What `other` says that is news to whoever was told `known`, for he knows not even what came of it. */
export function pendingOf(known: readonly Alert[], other: Alert): readonly AlertItem[] {
  const told = new Map<string, Notified[]>();
  for (const { notices, atMs } of known) {
    for (const item of notices) {
      const subject = subjectOf(item);
      const same = told.get(subject);
      if (same === undefined) told.set(subject, [{ item, atMs }]);
      else same.push({ item, atMs });
    }
  }
  return other.notices.filter((item) => {
    const same = told.get(subjectOf(item)) ?? [];
    return !same.some((one) => tells(one, { item, atMs: other.atMs }));
  });
}

/** A notice, and when it was decided to tell it. */
interface Notified {
  readonly item: AlertItem;
  readonly atMs: number;
}

/** Both are about the same. */
function tells(told: Notified, { item, atMs }: Notified): boolean {
  const [known, asked] = [spanOf(told.item), spanOf(item)];
  if (!isSame(known.fromMs, asked.fromMs)) return false;
  // A reminder is news each time.
  const isNew = item.kind === "still_down" && !isSame(told.atMs, atMs);
  if (isNew && !isEnd(told.item)) return false;
  return asked.toMs === undefined || isSame(known.toMs, asked.toMs);
}

function isSame(oneMs: number | undefined, otherMs: number | undefined): boolean {
  return oneMs !== undefined && otherMs !== undefined &&
    Math.abs(oneMs - otherMs) <= CLOCK_SLACK_MS;
}

interface Span {
  readonly fromMs: number;
  readonly toMs?: number;
}

/** From when to when, if it is over, it was so. */
function spanOf(notice: AlertItem): Span {
  switch (notice.kind) {
    case "down":
    case "still_down":
      return { fromMs: notice.diedAtMs };
    case "recovered":
      return { fromMs: notice.diedAtMs, toMs: notice.recoveredAtMs };
    case "rebooted":
      return { fromMs: notice.backAtMs };
    case "stable":
      return { fromMs: notice.flappedSinceMs, toMs: notice.sinceMs };
    case "sees":
    case "uplink_back":
    case "fault_over":
      return { fromMs: notice.sinceMs, toMs: notice.endedAtMs };
    case "flapping":
    case "blind":
    case "uplink_down":
    case "fault":
      return { fromMs: notice.sinceMs };
  }
}

/** A text for what a notice is about: whether a node flaps is one with whether it is down. */
export function subjectOf(notice: AlertItem): string {
  const subject = itemSubject(notice);
  return subjectKey(subject.kind === "flapping" ? { ...subject, kind: "node" } : subject);
}
