/** What the waiting messages say of a node that is no longer watched. */

import type { Subject } from "../../core/alerting/alert.ts";
import { itemSubject } from "../../core/alerting/item_subject.ts";
import { withItems } from "../../core/alerting/merged_alert.ts";
import type { Store } from "../store/store.ts";

/**
 * Takes the node out of messages that wait, within the caller's transaction; answers the ids of those
 * that changed. What a provider may have already stays as it is, to be looked for.
 */
export function dropItems(store: Store, node: string): readonly number[] {
  const { alerts, outbox } = store;
  return alerts.waitingAbout(node).flatMap(({ id, alert }) => {
    if (alert === undefined) return [];
    const rest = withItems(
      alert,
      alert.notices.filter((notice) => !isAbout(itemSubject(notice), node)),
    );
    if (rest.notices.length > 0) {
      outbox.retell(id, rest);
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
