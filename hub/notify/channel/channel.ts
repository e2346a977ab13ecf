/** What the hub needs from whatever carries messages to people. */

import type { Headline } from "../../../core/alerting/message/headline.ts";
import type { ProviderFailure } from "../../../core/alerting/provider_failure.ts";
import type { Deferral, Delivery } from "../../../core/alerting/retry.ts";

/** A message for one person. */
export interface OutgoingMessage {
  /** Where it goes, in the channel's own terms, e.g. a phone number in E.164. */
  readonly recipient: string;
  readonly text: string;
  /** For receivers that show more than a text. */
  readonly about?: MessageFacts;
  /** Where people open the page. */
  readonly link?: string;
}

/** What a message is about. */
export interface MessageFacts extends Headline {
  /** The same at each attempt to send it. */
  readonly id: string;
  /** Ids of incidents; messages about one of them belong together. */
  readonly incidents: readonly number[];
}

/** A message that a provider took. */
export interface DeliveredMessage {
  readonly recipient: string;
  /** As the provider gave it, never empty. */
  readonly reference: string;
}

/** What a provider knows of a message that was perhaps sent before. */
export type Finding =
  | Exclude<Delivery, { readonly kind: "refused" }>
  | { readonly kind: "absent" };

/** What a provider says of a message that it took: accepted is not delivered. */
export type DeliveryStatus =
  /** On its way: ask again. */
  | { readonly kind: "waiting" }
  /** `isAcknowledged`: a recipient has acknowledged its incidents in the provider's app. */
  | { readonly kind: "delivered"; readonly isAcknowledged?: true }
  /** It never arrived. `why` is for people; `isBlocked` as of a deferral: no other would arrive. */
  | {
    readonly kind: "failed";
    readonly why: string;
    readonly failure?: ProviderFailure;
    readonly isBlocked?: boolean;
  }
  /** This provider never says. */
  | { readonly kind: "unknown" }
  /** It did not say now. */
  | Deferral;

/** Whether a provider can be reached, found out without sending anything. */
export type Reach =
  | { readonly kind: "reached" }
  /** It is there, but would refuse every message. `why` is for people. */
  | { readonly kind: "refused"; readonly why: string; readonly failure?: ProviderFailure }
  | Deferral;

/** The channel that reaches nobody: it shows what others would send. */
export const PRINT = "print";

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
  /**
   * Asks what became of a message that the provider took, by the `reference` that it gave. Limits are
   * those of `send`. Absent where providers never say.
   */
  status?(message: DeliveredMessage, stop: AbortSignal): Promise<DeliveryStatus>;
  /** Whether `status` says if a recipient acknowledged the message, also after its delivery. */
  readonly readsAcknowledgements?: boolean;
  /**
   * Asks the provider for something that changes nothing. Limits are those of `send`. Absent where no
   * such question exists: there only messages show whether it can be reached.
   */
  probe?(stop: AbortSignal): Promise<Reach>;
}
