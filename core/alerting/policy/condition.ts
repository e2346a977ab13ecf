/** Facts from the policy about one node that a page shows beside its liveness. */

import { isOutage, STORAGE_VITAL } from "../alert.ts";
import type { Incident } from "../incident/incident.ts";
import { isFlapping, type PolicyState } from "./policy_state.ts";

export interface NodeCondition {
  /** A person acknowledged every open incident. */
  readonly acknowledged: boolean;
  /** The node dies and comes back repeatedly. */
  readonly flapping: boolean;
  /** Until when nobody is notified of it, by its own maintenance or the cluster's; monotonic. */
  readonly maintenanceUntilMs: number | undefined;
}

/**
 * The nodes that are dead, or alive without storage, and whose open incidents are all acknowledged.
 * One acknowledgement is not enough, because a node whose storage failed is news again when it
 * dies.
 */
export function acknowledgedDeaths(state: PolicyState): ReadonlySet<string> {
  const nodes = new Set<string>();
  for (const one of state.incidents.values()) if (one.acknowledged) addOpen(nodes, one);
  if (nodes.size === 0) return nodes;
  const news = new Set<string>();
  for (const one of state.incidents.values()) if (!one.acknowledged) addOpen(news, one);
  return nodes.difference(news);
}

function addOpen(nodes: Set<string>, { subject, ended }: Incident): void {
  if (isOutage(subject) && ended === undefined) nodes.add(subject.node);
}

/** Returns an empty condition for a node that the policy does not know. */
export function conditionOf(state: PolicyState, node: string): NodeCondition {
  const keys = [`node ${node}`, `flapping ${node}`, `vital ${node} ${STORAGE_VITAL}`];
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
