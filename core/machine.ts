/** One idea everywhere: a decision is a machine that is told the time and answers with outputs. */

/** The input by which `drive()` tells a machine that its deadline has come. */
export interface Tick {
  readonly kind: "tick";
}

/**
 * A decision without a world: no clock, no I/O, no promise.
 *
 * All instants are milliseconds on the observer's monotonic clock.
 */
export interface Machine<State, Input, Output> {
  /** Takes one input at an instant. May change what `state` owns in place; keep no reference into it. */
  step(
    state: State,
    input: Input | Tick,
    nowMs: number,
  ): readonly [State, readonly Output[]];
  /** When to send the next tick at the latest; `Infinity` when nothing is awaited. */
  deadlineMs(state: State): number;
}
