/** What a person is told: who is down, and who is back. Instants are all on one clock, in ms. */

/** A death that a person should know of. */
export interface DownNotice {
  readonly node: string;
  readonly name: string;
  readonly diedAtMs: number;
  /** The last sign of life, or `undefined` when there was none since the observer started watching. */
  readonly lastHeardMs: number | undefined;
  /** Why it counts as dead, in plain words, e.g. `silence`. */
  readonly cause: string;
}

/** The end of a death that a person was told of. */
export interface RecoveryNotice {
  readonly node: string;
  readonly name: string;
  readonly diedAtMs: number;
  readonly lastHeardMs: number | undefined;
  readonly recoveredAtMs: number;
  /** Whether the node runs again, or came back only to be stopped by its owner. */
  readonly now: "alive" | "left";
}

/** What one message tells. At least one of both lists holds something. */
export interface Alert {
  readonly kind: "alert";
  readonly down: readonly DownNotice[];
  readonly recovered: readonly RecoveryNotice[];
  /** When the alert was decided. */
  readonly atMs: number;
}
