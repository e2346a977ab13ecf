/** Holds changes of nodes that may wait for the next transaction: see `mayWait`. */

import type { MonitorOutput } from "../../core/alerting/policy/monitor.ts";
import type { Transition } from "../../core/detection/node_state.ts";
import { mayWait, type WriteBudgets } from "../../core/history/write_budget.ts";

/** The limit for all nodes together. Beyond it the changes are written. */
const LATE_MAX = 1000;

export class LateChanges {
  readonly #budgets: WriteBudgets = new Map();
  #waiting: Transition[] = [];

  /** Keeps the changes if all of them may wait. Otherwise returns false and keeps nothing. */
  keep(outputs: readonly MonitorOutput[], nowMs: number): boolean {
    const late = outputs.filter((output) => output.kind === "transition")
      .filter((change) => mayWait(this.#budgets, change, nowMs));
    if (late.length < outputs.length || this.#waiting.length > LATE_MAX) return false;
    this.#waiting.push(...late);
    return true;
  }

  /** Returns the waiting changes and forgets them. */
  take(): readonly Transition[] {
    return this.#waiting.splice(0);
  }

  /** The node is no longer watched. */
  forget(node: string): void {
    this.#budgets.delete(node);
  }
}
