/** The states of a node, as codes and as texts. */

/** An observer's belief about a node. Vitals are separate. */
export type Liveness = "unknown" | "alive" | "suspect" | "dead" | "left";

/** The texts for page, log and SMS. */
export const LIVENESS_WORDS: Readonly<Record<Liveness, string>> = {
  unknown: "unknown",
  alive: "up",
  suspect: "late",
  dead: "down",
  left: "stopped",
};
