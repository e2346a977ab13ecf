/** Enqueues what an alert tells, and takes back what waits to be told of a node. */

import type { Alert, Subject } from "../../core/alerting/alert.ts";
import { itemSubject } from "../../core/alerting/alert_item.ts";
import { withItems } from "../../core/alerting/pending_alert.ts";
import type { Store } from "../store/store.ts";
import type { Recipients } from "./recipients.ts";

/** An alert in calendar time, and the incidents that it tells of. */
export interface NewAlert {
  readonly alert: Alert;
  readonly incidentIds: readonly number[];
}

/** One message for each recipient, within the caller's transaction; answers the messages' ids. */
export function enqueue(
  { alert, incidentIds }: NewAlert,
  recipients: Recipients,
  { incidents, outbox }: Store,
): readonly number[] {
  const { route, channel, atMs } = alert;
  for (const id of incidentIds) incidents.enqueue(id, atMs);
  return recipients.recipients(route, channel).map((recipient) =>
    outbox.add({ route, channel, recipient, alert, incidentIds, atMs })
  );
}

/**
 * Takes a node that is no longer watched out of messages that wait, within the caller's transaction;
 * answers the ids of those that changed. What a provider may have already stays as it is, to be looked
 * for.
 */
export function revoke(node: string, { alerts, outbox }: Store): readonly number[] {
  return alerts.waitingAbout(node).flatMap(({ id, alert }) => {
    if (alert === undefined) return [];
    const notices = alert.notices.filter((item) => !isAbout(itemSubject(item), node));
    if (notices.length > 0) {
      outbox.retell(id, withItems(alert, notices));
      // An earlier attempt may have told of the node: that is not what the message says now.
      outbox.freeze(id, "");
    } else {
      outbox.settle(id, {
        state: "merged",
        isUncertain: false,
        dueAtMs: undefined,
        lastError: "no longer watched",
      });
    }
    return [id];
  });
}

function isAbout(subject: Subject, node: string): boolean {
  return "node" in subject && subject.node === node;
}
