/** The part of the database from which a policy starts. */

import type { PolicyOutput } from "../../../core/alerting/policy/output.ts";
import type { Inheritance } from "../../../core/alerting/policy/policy_state.ts";
/** The state that remains when the hub ends. */
export interface Disk {
  /** Records the outputs of one step together. */
  record(outputs: readonly PolicyOutput[], nowMs: number): void;
  /** The state that a hub finds when it starts now; `known`: the nodes that it still watches. */
  inheritance(nowMs: number, known: ReadonlySet<string>): Inheritance;
}
