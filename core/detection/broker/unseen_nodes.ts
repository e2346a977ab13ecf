/**
 * Nodes that only a broker could have which the observer does not see, while it sees another one. Such
 * a node is neither late nor down, because it may live. Somebody must be told that this is not known.
 */

import type { Machine } from "../../machine.ts";
import type { ClusterState } from "../cluster_state.ts";
import { isJudged } from "../link_state.ts";

/** The number of living nodes whose silence would mean nothing now; 0 for a blind observer. */
export function unseenNodes(state: Pick<ClusterState, "blind" | "links" | "nodes">): number {
  if (state.blind || state.links.length === 1) return 0;
  return state.nodes.values().filter((node) =>
    (node.liveness === "alive" || node.liveness === "suspect") && !isJudged(state, node)
  ).toArray().length;
}

export interface UnseenInput {
  readonly kind: "counted";
  readonly unseen: number;
}

/** Some nodes have not been seen for long, or all are seen again. */
export interface UnseenOutput {
  readonly kind: "unseen";
  readonly isWrong: boolean;
  readonly sinceMs: number;
}

export interface UnseenState {
  /** Since when some nodes are not seen; `undefined` while all are. Monotonic. */
  readonly sinceMs: number | undefined;
  /** What was reported. `perhaps`: an earlier run may have reported unseen nodes. */
  readonly reported: boolean | "perhaps";
}

export const NONE_UNSEEN: UnseenState = { sinceMs: undefined, reported: "perhaps" };

/** A broker that is away for less than `holdMs` is not reported. */
export function unseenMachine(holdMs: number): Machine<UnseenState, UnseenInput, UnseenOutput> {
  return {
    step(state, input, nowMs) {
      const next = input.kind === "tick" ? state : counted(state, input.unseen, nowMs);
      const { sinceMs, reported } = next;
      if (sinceMs === undefined) {
        if (reported === false || input.kind === "tick") return [next, []];
        return [{ ...next, reported: false }, [{ kind: "unseen", isWrong: false, sinceMs: nowMs }]];
      }
      if (reported === true || nowMs < sinceMs + holdMs) return [next, []];
      return [{ ...next, reported: true }, [{ kind: "unseen", isWrong: true, sinceMs }]];
    },
    deadlineMs: ({ sinceMs, reported }) =>
      sinceMs === undefined || reported === true ? Infinity : sinceMs + holdMs,
  };
}

function counted(state: UnseenState, unseen: number, nowMs: number): UnseenState {
  return { ...state, sinceMs: unseen === 0 ? undefined : state.sinceMs ?? nowMs };
}
