/** Which nodes want to be seen first. */

import type { NodeView } from "../../core/api/feed.ts";
import type { Liveness } from "../../core/detection/liveness.ts";
import { shownName } from "../words/shown_name.ts";

const RANKS: Readonly<Record<Liveness, number>> = {
  dead: 0,
  suspect: 1,
  unknown: 2,
  alive: 4,
  left: 5,
};
/** A node that lives but needs a person: before those that are well. */
const NEEDY_RANK = 3;
/** A node that lives without storage: it is as good as dead. */
const FAILING_RANK = 0;

const NAMES = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Whether somebody said that it may be off for a while, at the hub's time `now`. */
export function isInMaintenance(node: NodeView, now: string): boolean {
  const until = node.maintenance_until;
  return until !== null && Date.parse(until) > Date.parse(now);
}

/** Whether a node needs a person for more than its liveness. */
export function isNeedy(node: NodeView): boolean {
  return node.storage !== null || node.warning_codes.length > 0 || criticalVitals(node).length > 0;
}

/** Whether a node lives on although its storage fails. */
export function isFailing(node: NodeView): boolean {
  return node.storage !== null && (node.liveness === "alive" || node.liveness === "suspect");
}

/** Whether vitals are of now: what a Pi measured before it fell silent tells nothing about it. */
export function areVitalsFresh(node: NodeView): boolean {
  return node.liveness === "alive" || node.liveness === "suspect";
}

/** The names of a node's vitals that are critical now. */
export function criticalVitals(node: NodeView): readonly string[] {
  if (!areVitalsFresh(node)) return [];
  return Object.keys(node.vitals).filter((name) => node.vitals[name]?.level === "critical");
}

/** Trouble first, then by name as people count (`pi-2` before `pi-10`), then by id. */
export function troubleFirst(nodes: readonly NodeView[]): readonly NodeView[] {
  const keyed = nodes.map((node) => ({ node, rank: rankOf(node), name: shownName(node) }));
  keyed.sort((a, b) =>
    a.rank - b.rank || NAMES.compare(a.name, b.name) || (a.node.id < b.node.id ? -1 : 1)
  );
  return keyed.map(({ node }) => node);
}

/** The smaller, the more a node wants to be seen. */
export function rankOf(node: NodeView): number {
  if (isFailing(node)) return FAILING_RANK;
  return node.liveness === "alive" && isNeedy(node) ? NEEDY_RANK : RANKS[node.liveness];
}
