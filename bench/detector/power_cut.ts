/** A power cut of one node in a trace. */

/** A power cut. */
export interface Death {
  readonly node: number;
  readonly atS: number;
}

/** The length of a power cut. It is longer than the detection time of every detector here. */
export const OFF_S = 60;
