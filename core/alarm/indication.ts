/** What LED, buzzer and lamp show. */

/** One part of a pattern: the level of the output, and its duration. */
export interface Beat {
  readonly on: boolean;
  readonly ms: number;
}

/**
 * A sequence of levels for one output: `intro` is played once, then `loop` repeats. An empty loop
 * leaves the output off after the intro.
 */
export interface Pattern {
  readonly intro: readonly Beat[];
  readonly loop: readonly Beat[];
}

/** The fact that is shown. */
export type IndicationKind =
  | "all_well"
  | "blind"
  | "suspect"
  | "hub_dead"
  | "dead"
  | "dead_buzzing"
  | "test";

export interface Indication {
  readonly kind: IndicationKind;
  readonly led: Pattern;
  readonly buzzer: Pattern;
  /** Always a steady pattern, because a relay wears out. */
  readonly lamp: Pattern;
}
