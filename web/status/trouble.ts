/** The order of nodes by trouble. */

import type { NodeView } from "../../core/api/node_view.ts";
import type { Liveness } from "../../core/detection/liveness.ts";
import { shownName } from "../words/shown_name.ts";

const RANKS: Readonly<Record<Liveness, number>> = {
  dead: 0,
  suspect: 1,
  unknown: 2,
  alive: 4,
  left: 5,
};
/** A living node that needs a person comes before healthy ones. */
const NEEDY_RANK = 3;
/** A node that lives without storage is as urgent as a dead one. */
const FAILING_RANK = 0;

const NAMES = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Returns whether the node is in maintenance at the hub's time `now`. */
export function isInMaintenance(node: NodeView, now: string): boolean {
  const until = node.maintenance_until;
  return until !== null && Date.parse(until) > Date.parse(now);
}

/** Returns whether a node needs a person for a reason other than its liveness. */
export function isNeedy(node: NodeView): boolean {
  return node.storage !== null || node.warning_codes.length > 0 || isLosingWay(node) ||
    criticalVitals(node).length > 0;
}

/**
 * A way to a living node ends at an instant that is known. A way that ends only with a reboot is a
 * choice that its owner may leave so.
 */
function isLosingWay(node: NodeView): boolean {
  return areVitalsFresh(node) && node.ways.tailscale?.warning !== undefined;
}

/** Returns whether a node is alive although its storage fails. */
export function isFailing(node: NodeView): boolean {
  return node.storage !== null && (node.liveness === "alive" || node.liveness === "suspect");
}

/**
 * Returns whether vitals are current: values from before a node fell silent say nothing about it.
 */
export function areVitalsFresh(node: NodeView): boolean {
  return node.liveness === "alive" || node.liveness === "suspect";
}

/** Returns the names of a node's vitals that are critical now. */
export function criticalVitals(node: NodeView): readonly string[] {
  if (!areVitalsFresh(node)) return [];
  return Object.keys(node.vitals).filter((name) => node.vitals[name]?.level === "critical");
}

/** Trouble first, then by name in natural order (`pi-2` before `pi-10`), then by id. */
export function troubleFirst(nodes: readonly NodeView[]): readonly NodeView[] {
  const keyed = nodes.map((node) => ({ node, rank: rankOf(node), name: shownName(node) }));
  keyed.sort((a, b) =>
    a.rank - b.rank || NAMES.compare(a.name, b.name) || (a.node.id < b.node.id ? -1 : 1)
  );
  return keyed.map(({ node }) => node);
}

/** A smaller rank is more urgent. */
export function rankOf(node: NodeView): number {
  if (isFailing(node)) return FAILING_RANK;
  return node.liveness === "alive" && isNeedy(node) ? NEEDY_RANK : RANKS[node.liveness];
}
