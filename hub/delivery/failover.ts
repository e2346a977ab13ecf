/** Chooses another channel when a channel fails. */

import { subjectKey } from "../../core/alerting/alert.ts";
import type { DecidedItem } from "../../core/alerting/pending_alert.ts";
import type { OutboxRow } from "../store/outbox/outbox_row.ts";
import type { Store } from "../store/store.ts";
import { type Recipients, type RouteTarget, targetsAfter } from "./recipients.ts";

/** A fixed text may be sent again after this time. */
const KNOWN_MS = 60 * 60_000;
/** States of messages that arrived or may still arrive. */
const HOPEFUL = ["pending", "accepted", "delivered"];
/** It is unknown how long a provider is down, while quiet hours last for hours. */
const DOWN_WAIT_MS = 1;

export interface FailoverOptions {
  readonly store: Store;
  readonly next: Recipients["next"];
  /** Whether a channel's provider is known to be out of reach. */
  readonly isDown: (channel: string) => boolean;
}

/** Another channel, and what to enqueue there, without recipients who are notified anyway. */
export interface FailoverStep {
  readonly channel: string;
  readonly offers: readonly Offer[];
  /** How long the quiet hours of that channel still last, in ms. */
  readonly quietMs: number;
}

export interface Offer {
  readonly recipient: string;
  /** None for a fixed text. */
  readonly items: readonly DecidedItem[];
}

/** What is to be sent elsewhere. */
export interface Failed {
  readonly row: OutboxRow;
  /** The items of the row, with later news about them. */
  readonly items: readonly DecidedItem[];
  /** Wall-clock time. */
  readonly wallMs: number;
}

export class Failover {
  readonly #options: FailoverOptions;

  constructor(options: FailoverOptions) {
    this.#options = options;
  }

  /**
   * For messages that this channel cannot deliver now: a reachable channel outside of its quiet
   * hours.
   */
  whileDown(failed: Failed): FailoverStep | undefined {
    const { isDown } = this.#options;
    return this.#steps(failed).find(({ channel, quietMs }) => quietMs === 0 && !isDown(channel));
  }

  /** For messages that this channel will never deliver: the channel that will probably deliver first. */
  afterRefusal(failed: Failed): FailoverStep | undefined {
    const { isDown } = this.#options;
    const waitMs = ({ channel, quietMs }: FailoverStep) =>
      quietMs > 0 || !isDown(channel) ? quietMs : DOWN_WAIT_MS;
    return this.#steps(failed).toSorted((one, other) => waitMs(one) - waitMs(other))[0];
  }

  #steps(failed: Failed): readonly FailoverStep[] {
    const targets = targetsAfter(this.#options.next, failed.row);
    return targets.flatMap((target) => this.#step(failed, target) ?? []);
  }

  /** `undefined` for a channel that must not carry the message, or has refused it. */
  #step({ row, items, wallMs }: Failed, target: RouteTarget): FailoverStep | undefined {
    const { channel, recipients } = target;
    // The channel that carries the message is reachable, so the message must not say that it is not.
    const own = subjectKey({ kind: "uplink", channel });
    const carried = items.filter(({ subject }) => subject !== own);
    if (carried.length === 0 && items.length > 0) return undefined;
    const answers = recipients.map((recipient) =>
      this.#offer({ row, items: carried, wallMs }, { channel, recipient })
    );
    if (answers.every((answer) => answer === "refused")) return undefined;
    const offers = answers.filter((answer) => typeof answer !== "string");
    return { channel, offers, quietMs: target.quietForMs(wallMs) };
  }

  /** What one recipient of another channel still has to be notified of. */
  #offer(
    { row, items, wallMs }: Failed,
    { channel, recipient }: { readonly channel: string; readonly recipient: string },
  ): Offer | "told" | "refused" {
    const { store } = this.#options;
    const address = { route: row.route, channel, recipient };
    if (row.alert === undefined) {
      const states = store.outbox.statesOf(row.text, address, wallMs - KNOWN_MS);
      if (HOPEFUL.some((state) => states.includes(state))) return "told";
      return states.includes("refused") ? "refused" : { recipient, items };
    }
    const untold = store.items.unpromised(items, address);
    if (untold.length === 0) return "told";
    const unrefused = store.items.unrefused(untold, address);
    return unrefused.length === 0 ? "refused" : { recipient, items: unrefused };
  }
}
