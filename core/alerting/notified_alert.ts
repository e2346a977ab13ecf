/** Whether one alert makes another needless: a recipient is not notified twice of the same. */

import { type Alert, type AlertItem, subjectKey } from "./alert.ts";
import { spanOf } from "./item_instants.ts";
import { isEnd, itemSubject } from "./item_subject.ts";

/** One instant may be written twice, from a clock that is corrected all the time. */
const CLOCK_SLACK_MS = 1000;

/** What `other` says that neither `known` nor anything that came of it has told the recipient. */
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

/** An item, and when it was decided. */
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

/** A key for what an item is about: that a node flaps and that it is down have the same key. */
export function subjectOf(notice: AlertItem): string {
  const subject = itemSubject(notice);
  return subjectKey(subject.kind === "flapping" ? { ...subject, kind: "node" } : subject);
}
