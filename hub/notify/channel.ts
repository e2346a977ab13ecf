/** What the hub needs from whatever carries messages to people. */

import type { Delivery } from "../../core/retry.ts";

/** A message for one person. */
export interface OutgoingMessage {
  /** Where it goes, in the channel's own terms, e.g. a phone number in E.164. */
  readonly recipient: string;
  readonly text: string;
}

/** What a provider knows of a message that was perhaps sent before. */
export type Finding =
  | Exclude<Delivery, { readonly kind: "refused" }>
  | { readonly kind: "absent" };

/** One way to reach people. Each channel has its own file in this folder. */
export interface Channel {
  /** As in the configuration and in the history. */
  readonly name: string;
  /** Loads now what the first message would otherwise have to wait for. Never throws. */
  prepare(): Promise<void>;
  /**
   * Tries once, in limited time. Never throws for what a provider or a network does: that is the
   * delivery. After `stop` the answer is `deferred`, for nobody knows whether it was sent.
   */
  send(message: OutgoingMessage, stop: AbortSignal): Promise<Delivery>;
  /**
   * Asks the provider whether it has this message already, after an attempt whose end nobody knows.
   * `createdAtMs` (calendar time) is when it was promised. A provider that cannot be asked at all
   * means `absent`: a message told twice is better than one that is lost. Limits and errors are those
   * of `send`, but nothing is ever `refused`.
   */
  find(
    message: OutgoingMessage & { readonly createdAtMs: number },
    stop: AbortSignal,
  ): Promise<Finding>;
}
