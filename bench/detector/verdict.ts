/** A node called dead, and until when. Seconds from the start of the trace. */
export interface Verdict {
  readonly node: number;
  readonly fromS: number;
  readonly toS: number;
}
