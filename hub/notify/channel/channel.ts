/** The interface between the hub and the channels that carry messages to people. */

import type { Headline } from "../../../core/alerting/message/headline.ts";
import type { ProviderFailure } from "../../../core/alerting/provider_failure.ts";
import type { Deferral, Delivery } from "../../../core/alerting/retry.ts";

/** A message for one person. */
export interface OutgoingMessage {
  /** The recipient in the channel's own terms, e.g. a phone number in E.164. */
  readonly recipient: string;
  readonly text: string;
  /** For receivers that show more than the text. */
  readonly about?: MessageFacts;
  /** The address of the page. */
  readonly link?: string;
}

/** Facts about the content of a message. */
export interface MessageFacts extends Headline {
  /** The same id at each attempt to send the message. */
  readonly id: string;
  /** Ids of incidents. Messages about the same incident belong together. */
  readonly incidents: readonly number[];
}

/** A message that a provider accepted. */
export interface DeliveredMessage {
  readonly recipient: string;
  /** The id that the provider gave; never empty. */
  readonly reference: string;
}

/** The result of searching at a provider for a message that was perhaps sent before. */
export type Finding =
  | Exclude<Delivery, { readonly kind: "refused" }>
  | { readonly kind: "absent" };

/** The state of a message that a provider accepted. Accepted is not delivered. */
export type DeliveryStatus =
  /** On its way: ask again. */
  | { readonly kind: "waiting" }
  /** `isAcknowledged`: a recipient has acknowledged its incidents in the provider's app. */
  | { readonly kind: "delivered"; readonly isAcknowledged?: true }
  /** It will not arrive. `why` is for people; `isBlocked`: no other message would arrive either. */
  | {
    readonly kind: "failed";
    readonly why: string;
    readonly failure?: ProviderFailure;
    readonly isBlocked?: boolean;
  }
  /** This provider never reports it. */
  | { readonly kind: "unknown" }
  /** The provider could not answer now. */
  | Deferral;

/** Whether a provider can be reached, without sending a message. */
export type Reach =
  | { readonly kind: "reached" }
  /** It can be reached, but would refuse every message. `why` is for people. */
  | { readonly kind: "refused"; readonly why: string; readonly failure?: ProviderFailure }
  | Deferral;

/** The channel that only prints messages, and reaches nobody. */
export const PRINT = "print";

/** One way to reach people. */
export interface Channel {
  /** Its name in the configuration and in the history. */
  readonly name: string;
  /** Loads now what the first message needs. Never throws. */
  prepare(): Promise<void>;
  /**
   * Tries once, in limited time. Never rejects for faults of a provider or a network: they are part
   * of the result. After `stop` the result is `deferred`, because it is unknown whether the message
   * was sent.
   */
  send(message: OutgoingMessage, stop: AbortSignal): Promise<Delivery>;
  /**
   * Asks the provider whether it already has this message, after an attempt with an unknown end.
   * `createdAtMs` is the wall-clock time at which it was enqueued. For a provider that cannot be
   * asked the result is `absent`, because a duplicate is better than a loss. Limits and errors are
   * those of `send`, but nothing is ever `refused`.
   */
  find(
    message: OutgoingMessage & { readonly createdAtMs: number },
    stop: AbortSignal,
  ): Promise<Finding>;
  /**
   * Asks for the state of a message that the provider accepted, by its `reference`. Limits are those
   * of `send`. Absent if the provider never reports it.
   */
  status?(message: DeliveredMessage, stop: AbortSignal): Promise<DeliveryStatus>;
  /** Whether `status` says if a recipient acknowledged the message, also after its delivery. */
  readonly readsAcknowledgements?: boolean;
  /**
   * Sends a request that changes nothing. Limits are those of `send`. Absent if there is no such
   * request: then only messages show whether the provider can be reached.
   */
  probe?(stop: AbortSignal): Promise<Reach>;
}
