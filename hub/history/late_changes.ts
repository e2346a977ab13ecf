/** Changes of nodes that wait for the next transaction: see `mayWait`. */

import type { MonitorOutput } from "../../core/alerting/policy/monitor.ts";
import type { Transition } from "../../core/detection/node_state.ts";
import { mayWait, type WriteBudgets } from "../../core/history/write_budget.ts";

/** Of all nodes; then they are written. */
const LATE_MAX = 1000;

export class LateChanges {
  readonly #budgets: WriteBudgets = new Map();
  #waiting: Transition[] = [];

  /** Keeps what is to be written, if all of it may wait; else says false, and keeps nothing. */
  keep(outputs: readonly MonitorOutput[], nowMs: number): boolean {
    const late = outputs.filter((output) => output.kind === "transition")
      .filter((change) => mayWait(this.#budgets, change, nowMs));
    if (late.length < outputs.length || this.#waiting.length > LATE_MAX) return false;
    this.#waiting.push(...late);
    return true;
  }

  /** What waits, which is forgotten here. */
  take(): readonly Transition[] {
    return this.#waiting.splice(0);
  }

  /** The node is no longer watched. */
  forget(node: string): void {
    this.#budgets.delete(node);
  }
}
