/** What a node was called when it was enrolled or heard, so that a renewed credential keeps its name. */

import type { Store } from "../store/store.ts";

/** The fact that holds the name with which a node was enrolled. */
function factOf(id: string): string {
  return `enrolled name ${id}`;
}

/** The node's own name: as it said itself, else as it was enrolled. */
export function knownNameOf(store: Pick<Store, "nodes" | "facts">, id: string): string | undefined {
  return store.nodes.nameOf(id) ?? store.facts.get(factOf(id));
}

export function keepEnrolledName(store: Pick<Store, "facts">, id: string, name: string): void {
  store.facts.set(factOf(id), name);
}

/** A node that is revoked keeps nothing: the next one with its id is another. */
export function forgetEnrolledName(store: Pick<Store, "facts">, id: string): void {
  store.facts.remove(factOf(id));
}
