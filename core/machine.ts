/**
 * The shape of every decision in `core/`: a machine gets inputs with an instant and returns
 * outputs.
 */

/** `drive()` sends this input when a machine's deadline has passed. */
export interface Tick {
  readonly kind: "tick";
}

/**
 * A decision without clock, I/O and promises.
 *
 * All instants are milliseconds on the observer's monotonic clock.
 */
export interface Machine<State, Input, Output> {
  /**
   * Processes one input at an instant. It may change objects of `state` in place, so callers must
   * not keep references into the old state.
   */
  step(
    state: State,
    input: Input | Tick,
    nowMs: number,
  ): readonly [State, readonly Output[]];
  /** The latest instant for the next tick; `Infinity` when none is needed. */
  deadlineMs(state: State): number;
}
