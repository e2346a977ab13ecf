/** What of the database a policy starts from. */

import type { PolicyOutput } from "../../../core/alerting/policy/output.ts";
import type { Inheritance } from "../../../core/alerting/policy/policy_state.ts";
/** What outlives the hub. */
export interface Disk {
  /** One step's outputs are recorded together. */
  record(outputs: readonly PolicyOutput[], nowMs: number): void;
  /** What a hub that starts now finds; `known` are the nodes that it still watches. */
  inheritance(nowMs: number, known: ReadonlySet<string>): Inheritance;
}
