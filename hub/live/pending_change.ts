/** The changes of the cluster that the feed has not sent yet, as its next message. */

import type { Change } from "../../core/api/feed.ts";
import type { Store } from "../store/store.ts";
import { deliveryView } from "./delivery_view.ts";
import { incidentView } from "./incident_view.ts";
import type { Projection } from "./projection.ts";
import type { RefusedView } from "./refused_view.ts";

/** A view that the feed sends as a whole after each change. */
export type WholeView = "blind" | "alarm" | "notification" | "joins" | "watchdog" | "brokers";

export class PendingChange {
  readonly #projection: Projection;
  readonly #store: Store;
  readonly #refused: RefusedView;
  readonly #changed = new Set<string>();
  readonly #removed = new Set<string>();
  readonly #heard = new Set<string>();
  readonly #incidents = new Set<number>();
  readonly #messages = new Set<number>();
  readonly #views = new Set<WholeView>();
  #refusedChanged = false;

  /**
   * Nothing reports changes of `refused`. The feed checks it with `look`, and each message includes
   * its latest changes.
   */
  constructor(projection: Projection, store: Store, refused: RefusedView) {
    this.#projection = projection;
    this.#store = store;
    this.#refused = refused;
  }

  nodeChanged(id: string): void {
    this.#changed.add(id);
  }

  nodeHeard(id: string): void {
    this.#heard.add(id);
  }

  nodeRemoved(id: string): void {
    this.#changed.delete(id);
    this.#heard.delete(id);
    this.#removed.add(id);
  }

  viewChanged(view: WholeView): void {
    this.#views.add(view);
  }

  historyChanged(incidents: Iterable<number>, messages: Iterable<number>): void {
    for (const id of incidents) this.#incidents.add(id);
    for (const id of messages) this.#messages.add(id);
  }

  /** Checks whether the list of refused clients has changed. */
  look(): void {
    if (this.#refused.look()) this.#refusedChanged = true;
  }

  /** Returns all changes as the message with this number, and forgets them. */
  take(seq: number): Change {
    this.look();
    const nodes = [...this.#changed].flatMap((id) => this.#projection.node(id) ?? []);
    const heard: Record<string, string> = {};
    for (const id of this.#heard) {
      const at = this.#changed.has(id) ? null : this.#projection.lastHeartbeatAt(id);
      if (at !== null) heard[id] = at;
    }
    const incidents = [...this.#incidents].flatMap((id) => this.#store.incidents.get(id) ?? []);
    const messages = [...this.#messages].flatMap((id) => this.#store.outbox.get(id) ?? []);
    const watchdog = this.#views.has("watchdog") ? this.#projection.watchdog() : undefined;
    const brokers = this.#views.has("brokers") ? this.#projection.brokers() : undefined;
    const change: Change = {
      kind: "change",
      seq,
      at: this.#projection.now(),
      ...(this.#views.has("blind") ? { blind: this.#projection.blind } : {}),
      ...(this.#views.has("alarm") ? { alarm: this.#projection.alarm } : {}),
      ...(this.#views.has("notification") ? { notification: this.#projection.notification } : {}),
      ...(this.#views.has("joins") ? { joins: this.#projection.joins() } : {}),
      ...(watchdog === undefined ? {} : { watchdog }),
      ...(brokers === undefined ? {} : { brokers }),
      ...(this.#refusedChanged ? { refused: this.#refused.shown } : {}),
      ...(nodes.length > 0 ? { nodes } : {}),
      ...(this.#removed.size > 0 ? { removed: [...this.#removed] } : {}),
      ...(this.#heard.size > 0 ? { heard } : {}),
      ...(incidents.length > 0 ? { incidents: incidents.map(incidentView) } : {}),
      ...(messages.length > 0 ? { deliveries: messages.map(deliveryView) } : {}),
    };
    this.forget();
    return change;
  }

  forget(): void {
    this.#changed.clear();
    this.#heard.clear();
    this.#removed.clear();
    this.#incidents.clear();
    this.#messages.clear();
    this.#views.clear();
    this.#refusedChanged = false;
  }
}
