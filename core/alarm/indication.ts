/** What LED, buzzer and lamp do about what a tracker knows. */

/** One stretch of a pattern: the output's level, and for how long. */
export interface Beat {
  readonly on: boolean;
  readonly ms: number;
}

/**
 * A sequence of levels for one output: `intro` is played once, then `loop` for ever.
 * An empty loop leaves the output off after the intro.
 */
export interface Pattern {
  readonly intro: readonly Beat[];
  readonly loop: readonly Beat[];
}

/** What is shown, named by the fact that is shown. */
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
  /** A relay wears out: its pattern is a steady one. */
  readonly lamp: Pattern;
}
