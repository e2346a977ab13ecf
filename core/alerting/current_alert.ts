/** An alert that waited, as it is to be sent now: it does not report what is known to be over. */

import type { Alert } from "./alert.ts";
import { mergedAlert, withItems } from "./merged_alert.ts";
import { pendingOf, subjectOf } from "./notified_alert.ts";

/** An alert with its place among those of its route, by which they were decided one after the other. */
export interface DecidedAlert {
  readonly alert: Alert;
  readonly position: number;
}

/** What came after an alert that waited. */
export interface LaterAlerts {
  /** They wait for the same recipient and join the message. */
  readonly joining: readonly DecidedAlert[];
  /** Everything else that was decided for its route: what it says of the same nodes is true now. */
  readonly decided: readonly DecidedAlert[];
}

/** What `waiting` says, and those that join it, with what came of it by now. */
export function currentAlert(waiting: DecidedAlert, { joining, decided }: LaterAlerts): Alert {
  const { route, channel } = waiting.alert;
  // Up to which position the alert says what became of a subject: older news would undo it.
  const knownTo = new Map<string, number>();
  for (const notice of waiting.alert.notices) knownTo.set(subjectOf(notice), waiting.position);
  let alert = waiting.alert;
  let newest = waiting;
  for (const { isJoining, ...one } of inOrder(joining, decided)) {
    const notices = isJoining ? one.alert.notices : pendingOf([alert], one.alert);
    const news = notices.filter((notice) => {
      const position = knownTo.get(subjectOf(notice));
      return position === undefined ? isJoining : position < one.position;
    });
    if (news.length === 0) continue;
    for (const notice of news) knownTo.set(subjectOf(notice), one.position);
    alert = mergedAlert(alert, withItems(one.alert, news));
    if (one.position > newest.position) newest = one;
  }
  return { ...alert, route, channel, atMs: newest.alert.atMs };
}

function inOrder(
  joining: readonly DecidedAlert[],
  decided: readonly DecidedAlert[],
): readonly (DecidedAlert & { readonly isJoining: boolean })[] {
  return [
    ...joining.map((one) => ({ ...one, isJoining: true })),
    ...decided.map((one) => ({ ...one, isJoining: false })),
  ].toSorted((one, other) => one.position - other.position);
}
