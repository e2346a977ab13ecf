/** Where messages go: recipients with the channels that reach them. */

import { quietForMs, type QuietHours } from "../../config/value/quiet_hours.ts";

/** One way to the people of a route. */
export interface RouteChannel {
  /** As in the outbox, e.g. `twilio`. */
  readonly name: string;
  /** One message costs this many of the budget. */
  readonly recipients: number;
  /** Messages an hour; `Infinity` for a channel that costs nothing. */
  readonly perHourMax: number;
  readonly quiet: QuietHours | undefined;
}

export interface Route {
  /** Its memory outlives the hub under this name. */
  readonly name: string;
  /** In the order of preference; never empty. */
  readonly channels: readonly RouteChannel[];
  /** How long an incident is open before these people are notified. */
  readonly holdMs: number;
  /** How often they are reminded of what is still so; `Infinity` for never. */
  readonly remindMs: number;
  /** They are not notified of what somebody has acknowledged. */
  readonly skipsAcknowledged: boolean;
}

/** Which channel takes a message now, or how long the wait for one is. */
export type Choice =
  | { readonly kind: "chosen"; readonly channel: RouteChannel }
  | { readonly kind: "quiet"; readonly forMs: number };

/**
 * The first channel that is awake and ready (reachable as far as is known, with budget); else the first
 * that is awake, for a message can wait there. When all are in their quiet hours it waits for the first
 * that ends.
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
