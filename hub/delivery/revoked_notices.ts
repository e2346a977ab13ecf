/** What still waits to be told of a node that is no longer watched. */

import type { Subject } from "../../core/alerting/alert.ts";
import { withNotices } from "../../core/alerting/merged_alert.ts";
import { noticeSubject } from "../../core/alerting/notice.ts";
import type { Store } from "../store/store.ts";
import { wordingOf } from "./render.ts";

/**
 * Takes the node out of messages that wait, within the caller's transaction; answers the ids of those
 * that changed. What a provider may have already stays as it is, to be looked for.
 */
export function dropNotices(store: Store, node: string, wallMs: number): readonly number[] {
  const { alerts, outbox } = store;
  return alerts.waitingAbout(node).flatMap(({ id, alert, createdAtMs }) => {
    if (alert === undefined) return [];
    const rest = withNotices(
      alert,
      alert.notices.filter((notice) => !isAbout(noticeSubject(notice), node)),
    );
    if (rest.notices.length > 0) {
      outbox.word(id, { alert: rest, text: wordingOf(rest, wallMs, createdAtMs) });
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
