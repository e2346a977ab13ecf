/** Enqueues what an alert tells: one message in the outbox for each of its recipients. */

import { movedAlert } from "../../core/alerting/item_instants.ts";
import type { Notice } from "../../core/alerting/policy/output.ts";
import type { Clock } from "../../io/time/clock.ts";
import type { Store } from "../store/store.ts";
import type { Recipients } from "./recipients.ts";

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
  make(notice: Notice, messages: Set<number>): readonly number[] {
    const { outbox, incidents } = this.#store;
    const { route, channel } = notice;
    const { incidents: incidentIds, ...rest } = notice;
    const calendar = movedAlert(rest, (ms) => this.#wall(ms));
    const { atMs } = calendar;
    for (const id of incidentIds) incidents.enqueue(id, atMs);
    for (const recipient of this.#recipients.recipients(route, channel)) {
      messages.add(
        outbox.add({ route, channel, recipient, alert: calendar, incidentIds, atMs }),
      );
    }
    return incidentIds;
  }

  #wall(atMs: number): number {
    return this.#clock.wallMs(atMs);
  }
}
