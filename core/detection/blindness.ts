/** Why an observer cannot trust its own view, as a code. */

export const BLINDNESSES = [
  /** It has just started and has not seen the broker yet. */
  "starting",
  /** It has no connection to the broker. */
  "no_connection",
  /** The broker does not answer. */
  "no_echo",
  /** The observer itself did not run for a while. */
  "stalled",
  /** Its cable or Wi-Fi is disconnected. */
  "no_link",
  /** Nothing beyond its own machine answers. */
  "network",
] as const;

export type Blindness = typeof BLINDNESSES[number];

/** Why an observer that has run for a while cannot trust its own view. */
export type BlindReason = Exclude<Blindness, "starting">;
