/** Why an observer cannot trust its own view, by its code, in words for people. */

export const BLINDNESS_WORDS = {
  no_connection: "it has no connection to the broker",
  no_echo: "the broker does not answer",
  stalled: "it did not run for a while",
  no_link: "its cable or Wi-Fi is disconnected",
  network: "its own network is out",
  starting: "it has just started",
} as const;

export type Blindness = keyof typeof BLINDNESS_WORDS;
