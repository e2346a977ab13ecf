/** A power cut of one node in a trace. */

/** A power cut. */
export interface Death {
  readonly node: number;
  readonly atS: number;
}

/** How long the power stays away; longer than any detector here takes. */
export const OFF_S = 60;
