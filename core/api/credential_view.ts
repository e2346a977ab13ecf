/** A credential of the broker with which the hub has heard no agent. */
export interface UnheardCredential {
  readonly id: string;
  /** What people call it; its id without another name. */
  readonly name: string;
}

/** The maximum number in an answer. */
export const UNHEARD_SHOWN_MAX = 200;
