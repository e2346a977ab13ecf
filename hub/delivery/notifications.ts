/** Enqueues what an alert tells, and takes back what waits to be told of a node. */

import type { Alert } from "../../core/alerting/alert.ts";
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
  store: Store,
): readonly number[] {
  const { route, channel, atMs } = alert;
  for (const id of incidentIds) store.incidents.enqueue(id, atMs);
  const items = store.items.add(alert);
  return recipients.recipients(route, channel).map((recipient) =>
    store.outbox.add({ route, channel, recipient, items, incidentIds, atMs })
  );
}

/**
 * Takes a node that is no longer watched out of messages that wait, within the caller's transaction;
 * answers the ids of those that changed.
 */
export function revoke(node: string, { items, outbox }: Store): readonly number[] {
  const changed = items.withdraw(node);
  for (const id of changed) {
    // An earlier attempt may have told of the node: that is not what the message says now.
    outbox.freeze(id, "");
    if (outbox.get(id)?.alert === undefined) outbox.drop(id, "no longer watched");
  }
  return changed;
}
