/** Tasks on the changes of nodes' liveness, which run where the file is. */

import type { HistoryTask } from "./database/history_tables.ts";
import {
  type RemovalProgress,
  type StoredTransition,
  TransitionRows,
} from "./history/transition_rows.ts";

type Transitions = readonly StoredTransition[];

/** The changes of a node, newest first. */
export const NEWEST_TRANSITIONS: HistoryTask<{ node: string; limit: number }, Transitions> = {
  name: "newest_transitions",
  writes: false,
  run: (history, { node, limit }) => new TransitionRows(history).newest(node, limit),
};

/**
 * The last change of each of these nodes before `fromMs` and all later ones, in order. If there are
 * more than `rowsMax` changes, only for the first nodes, but for at least one.
 */
export const TRANSITIONS_SINCE: HistoryTask<
  { nodes: readonly string[]; fromMs: number; rowsMax: number },
  readonly Transitions[]
> = {
  name: "transitions_since",
  writes: false,
  run(history, { nodes, fromMs, rowsMax }) {
    const rows = new TransitionRows(history);
    const found: Transitions[] = [];
    let left = rowsMax;
    for (const node of nodes) {
      if (left <= 0) break;
      const changes = rows.since(node, fromMs);
      found.push(changes);
      left -= changes.length;
    }
    return found;
  },
};

/** Removes some old changes. Returns how to continue; `null` when no old ones are left. */
export const REMOVE_OLD_TRANSITIONS: HistoryTask<
  { progress: RemovalProgress; nowMs: number },
  RemovalProgress | null
> = {
  name: "remove_old_transitions",
  writes: true,
  run: (history, { progress, nowMs }) =>
    new TransitionRows(history).removeSomeOld(progress, nowMs) ?? null,
};
