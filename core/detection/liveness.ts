/** The states of a node, as programs name them and as people read them. */

/** What an observer believes of a node. Vitals are a separate axis. */
export type Liveness = "unknown" | "alive" | "suspect" | "dead" | "left";

/** The words of the page, the log and the SMS. */
export const LIVENESS_WORDS: Readonly<Record<Liveness, string>> = {
  unknown: "unknown",
  alive: "up",
  suspect: "late",
  dead: "down",
  left: "stopped",
};
