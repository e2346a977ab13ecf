/** Promises what an alert tells to its people: messages in the outbox, and who knows of what. */

import { type Alert, type CommonCause, subjectKey } from "../../core/alerting/alert.ts";
import { isEnd, itemSubject } from "../../core/alerting/item_subject.ts";
import type { Clock } from "../../io/time/clock.ts";
import type { Store } from "../store/store.ts";
import { wallClockAlert } from "../store/wall_clock_alert.ts";
import type { Recipients } from "./recipients.ts";
import { renderContextOf } from "./render.ts";

export class Notifications {
  readonly #store: Store;
  readonly #recipients: Recipients;
  readonly #clock: Clock;

  constructor(store: Store, audience: Recipients, clock: Clock) {
    this.#store = store;
    this.#recipients = audience;
    this.#clock = clock;
  }

  /** Within the caller's transaction. Adds the messages' ids to `messages`; answers the incidents' ids. */
  make(alert: Alert, messages: Set<number>): readonly number[] {
    const { outbox, incidents } = this.#store;
    const { route, channel } = alert;
    const calendar = wallClockAlert(alert, (ms) => this.#wall(ms));
    const { atMs } = calendar;
    const concerned = new Set<number>();
    for (const notice of alert.notices) {
      const key = subjectKey(itemSubject(notice));
      for (const id of isEnd(notice) ? this.#tellEnd(key, route) : this.#tell(key, route, atMs)) {
        concerned.add(id);
        incidents.enqueue(id, atMs);
      }
    }
    if (alert.common !== undefined) concerned.add(this.#adopt(alert.common, calendar));
    const text = renderContextOf(calendar, atMs);
    const incidentIds = [...concerned];
    for (const recipient of this.#recipients.recipients(route, channel)) {
      messages.add(
        outbox.add({ route, channel, recipient, text, alert: calendar, incidentIds, atMs }),
      );
    }
    return incidentIds;
  }

  #tell(subject: string, route: string, atMs: number): readonly number[] {
    const { incidents, notifications } = this.#store;
    const id = incidents.openOf(subject) ?? incidents.newestOf(subject);
    if (id === undefined) return [];
    notifications.tell(id, route, atMs);
    // What is over when it is told, as an unexpected reboot, has no end to be told.
    notifications.settle(subject, route);
    return [id];
  }

  #tellEnd(subject: string, route: string): readonly number[] {
    return this.#store.notifications.settle(subject, route);
  }

  /** One incident above those that have a cause in common; answers its id. */
  #adopt(common: CommonCause, { atMs, route }: Alert): number {
    const { incidents } = this.#store;
    const parts = common.nodes.flatMap((node) =>
      incidents.openOf(subjectKey({ kind: "node", node })) ?? []
    ).flatMap((id) => incidents.get(id) ?? []);
    const known = parts.find(({ parent }) => parent !== undefined)?.parent;
    const heard = parts.flatMap(({ lastHeardMs }) => lastHeardMs ?? []);
    const cause = commonText(common);
    const parent = known ?? incidents.open({
      kind: "common",
      subject: `common ${route} ${Math.round(atMs)}`,
      node: "",
      name: common.group ?? cause,
      cause,
      diedAtMs: Math.min(...parts.map(({ diedAtMs }) => diedAtMs)),
      ...(heard.length > 0 ? { lastHeardMs: Math.min(...heard) } : {}),
    });
    incidents.adopt(parent, parts.map(({ id }) => id));
    incidents.enqueue(parent, atMs);
    return parent;
  }

  #wall(atMs: number): number {
    return this.#clock.wallMs(atMs);
  }
}

/** What most of the deaths of an alert have in common, for the history. */
function commonText({ group, nodes, of }: CommonCause): string {
  const count = nodes.length === of ? `all ${of} Pis` : `${nodes.length} of ${of} Pis`;
  return group === undefined ? `${count} at once` : `${count} of ${group} at once`;
}
