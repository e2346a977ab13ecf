/** What the policy knows of one node that a page shows beside its liveness. */

import { isFlapping, type PolicyState } from "./policy_state.ts";

export interface NodeCondition {
  /** A person acknowledged everything that is open. */
  readonly acknowledged: boolean;
  /** It dies and comes back again and again. */
  readonly flapping: boolean;
  /** Until when nobody is notified of it, by its own maintenance or that of all; monotonic. */
  readonly maintenanceUntilMs: number | undefined;
}

/**
 * The nodes that are dead or live without storage, and that somebody takes care of: of all of it, for
 * one whose storage failed is news again when it dies.
 */
export function acknowledgedDeaths(state: PolicyState): ReadonlySet<string> {
  const nodes = new Set(openNodes(state, true));
  if (nodes.size > 0) { for (const node of openNodes(state, false)) nodes.delete(node); }
  return nodes;
}

function* openNodes({ incidents }: PolicyState, isAcknowledged: boolean): Iterable<string> {
  for (const { subject, ended, acknowledged } of incidents.values()) {
    if (subject.kind !== "node" && subject.kind !== "vital") continue;
    if (ended === undefined && acknowledged === isAcknowledged) yield subject.node;
  }
}

/** Of a node that the policy never heard of nothing is so. */
export function conditionOf(state: PolicyState, node: string): NodeCondition {
  const keys = [`node ${node}`, `flapping ${node}`, `vital ${node} storage`];
  const open = keys.flatMap((key) => state.incidents.get(key) ?? [])
    .filter(({ ended, recorded }) => ended === undefined && recorded);
  const untilMs = Math.max(
    state.maintenance.get("") ?? -Infinity,
    state.maintenance.get(node) ?? -Infinity,
  );
  return {
    acknowledged: open.length > 0 && open.every(({ acknowledged }) => acknowledged),
    flapping: isFlapping(state, node),
    maintenanceUntilMs: untilMs === -Infinity ? undefined : untilMs,
  };
}
