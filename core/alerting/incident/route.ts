/** Routes of messages: recipients with the channels that reach them. */

import { quietForMs, type QuietHours } from "../../config/value/quiet_hours.ts";

/** A channel that reaches the people of a route. */
export interface RouteChannel {
  /** As in the outbox, e.g. `twilio`. */
  readonly name: string;
  /** One message uses this many messages of the budget. */
  readonly recipients: number;
  /** The maximum number of messages an hour; `Infinity` for a free channel. */
  readonly perHourMax: number;
  readonly quiet: QuietHours | undefined;
}

export interface Route {
  /** The database stores its state under this name. */
  readonly name: string;
  /** In the order of preference; never empty. */
  readonly channels: readonly RouteChannel[];
  /** How long an incident is open before these people are notified. */
  readonly holdMs: number;
  /** How often they are reminded of an open incident; `Infinity` for never. */
  readonly remindMs: number;
  /** They are not notified of acknowledged incidents. */
  readonly skipsAcknowledged: boolean;
}

/** The channel for a message now, or how long to wait for one. */
export type Choice =
  | { readonly kind: "chosen"; readonly channel: RouteChannel }
  | { readonly kind: "quiet"; readonly forMs: number };

/**
 * Chooses the first channel that is awake and ready, i.e. with budget and not known to be
 * unreachable. If there is none, it chooses the first that is awake, because a message can wait
 * there. If all channels are in their quiet hours, the message waits for the first end of quiet
 * hours.
 */
export function chooseChannel(
  { channels }: Route,
  isReady: (channel: RouteChannel) => boolean,
  timeOfDayMs: number,
): Choice {
  let fallback: RouteChannel | undefined;
  let forMs = Infinity;
  for (const channel of channels) {
    const quietMs = channel.quiet === undefined ? 0 : quietForMs(channel.quiet, timeOfDayMs);
    if (quietMs > 0) forMs = Math.min(forMs, quietMs);
    else if (isReady(channel)) return { kind: "chosen", channel };
    else fallback ??= channel;
  }
  return fallback === undefined ? { kind: "quiet", forMs } : { kind: "chosen", channel: fallback };
}
