/** Whether anybody is notified when a Pi dies. */

/** `down`: accepts no message now; `failing`: accepted or delivered none of the last few. */
export type ChannelState = "works" | "printed" | "down" | "failing";

/** A way to notify people. `printed` is none, because its messages only go to the hub's log. */
export interface ChannelView {
  /** As in the outbox, e.g. `twilio`. */
  readonly name: string;
  readonly state: ChannelState;
}

/** `none`: no channel is set up; `printed`: only the log is; `failing`: no channel works. */
export type NotificationState = "works" | "none" | "printed" | "failing";

export interface NotificationView {
  /** Any value except `works` means that nobody is notified. */
  readonly state: NotificationState;
  /** In the order of the configuration; empty for guests. */
  readonly channels: readonly ChannelView[];
}

/** This many consecutive failures are not an accident. */
export const FAILURES_IN_A_ROW = 3;

/** Facts about a channel. */
export interface ChannelFacts {
  readonly name: string;
  readonly isPrinted: boolean;
  readonly isDown: boolean;
  /** The number of newest messages that failed in a row: refused, or not reported as delivered. */
  readonly failures: number;
}

/**
 * The state of the channels for people. With `isInOrder` a channel is used if earlier ones fail.
 */
export function notificationView(
  facts: readonly ChannelFacts[],
  { isInOrder }: { readonly isInOrder: boolean },
): NotificationView {
  const channels = facts.map((one) => ({ name: one.name, state: channelState(one) }));
  // The log accepts every message, so none moves on to a channel after it.
  const isSwallowed = isInOrder && channels[0]?.state === "printed";
  return { state: isSwallowed ? "printed" : notificationState(channels), channels };
}

function channelState({ isPrinted, isDown, failures }: ChannelFacts): ChannelState {
  if (isPrinted) return "printed";
  if (isDown) return "down";
  return failures >= FAILURES_IN_A_ROW ? "failing" : "works";
}

function notificationState(channels: readonly ChannelView[]): NotificationState {
  if (channels.length === 0) return "none";
  if (channels.some(({ state }) => state === "works")) return "works";
  return channels.every(({ state }) => state === "printed") ? "printed" : "failing";
}
