/** The hub's line for a Pi, as it answers it. */

export interface Offer {
  readonly id: string;
  readonly name: string;
  /** Finds the line in the feed. */
  readonly join: string;
  readonly line: string;
  readonly commands: readonly string[];
  /** RFC 3339. */
  readonly until: string;
  readonly encrypted: boolean;
  readonly architectures: readonly string[];
  readonly note?: string;
}
