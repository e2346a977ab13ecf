/** The list of nodes: filtered, in groups, trouble first. */

import type { NodeView } from "../../core/api/node_view.ts";
import { rankOf, troubleFirst } from "../status/trouble.ts";
import { text } from "../texts/texts.ts";
import { shownName } from "../words/shown_name.ts";

/** The nodes of a group; without a name, the nodes without a group. */
export interface NodeSection {
  readonly name: string | null;
  readonly ids: readonly string[];
}

const NAMES = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Returns the sections in order: the group with the worst trouble first, then by name. */
export function sectionsOf(nodes: readonly NodeView[]): readonly NodeSection[] {
  const groups = new Map<string | null, NodeView[]>();
  for (const node of nodes) {
    const group = groupOf(node);
    const members = groups.get(group);
    if (members) members.push(node);
    else groups.set(group, [node]);
  }
  const ranked = [...groups].map(([name, members]) => ({
    name,
    rank: Math.min(...members.map(troubleOf)),
    ids: troubleFirst(members).map(({ id }) => id),
  }));
  ranked.sort((a, b) => a.rank - b.rank || byName(a.name, b.name));
  return ranked.map(({ name, ids }) => ({ name, ids }));
}

/** Returns whether two lists of nodes have the same order, so that nothing has to move. */
export function isSameOrder(before: readonly NodeView[], after: readonly NodeView[]): boolean {
  return before.length === after.length && before.every((node, index) => {
    const other = after[index];
    return other === node || (other !== undefined && other.id === node.id &&
      other.display_name === node.display_name && groupOf(other) === groupOf(node) &&
      rankOf(other) === rankOf(node));
  });
}

/** Returns the nodes that contain every word of a filter. */
export function filtered(nodes: readonly NodeView[], filter: string): readonly NodeView[] {
  const words = filter.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return nodes;
  return nodes.filter((node) => {
    const searched = searchTextOf(node);
    return words.every((word) => searched.includes(word));
  });
}

function searchTextOf(node: NodeView): string {
  const { model, addresses } = node.facts;
  const state = text(`liveness.${node.liveness}`);
  return [shownName(node), node.id, state, node.group ?? "", model ?? "", addresses ?? ""].flat()
    .join("\n").toLowerCase();
}

function groupOf(node: NodeView): string | null {
  return node.group;
}

/** Groups without trouble are equal, and are sorted by name. */
function troubleOf(node: NodeView): number {
  return node.liveness === "left" ? rankOf({ ...node, liveness: "alive" }) : rankOf(node);
}

function byName(a: string | null, b: string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return NAMES.compare(a, b);
}
