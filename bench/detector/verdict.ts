/** The time in which a node counted as dead, in seconds from the start of the trace. */
export interface Verdict {
  readonly node: number;
  readonly fromS: number;
  readonly toS: number;
}
