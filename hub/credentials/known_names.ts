/**
 * Keeps the name with which a node was enrolled or which it announced, so that a renewed credential
 * keeps it.
 */

import type { Store } from "../store/store.ts";

/** Returns the fact that holds the enrolled name of a node. */
function factOf(id: string): string {
  return `enrolled name ${id}`;
}

/** Returns the name that the node announced itself, or else the enrolled one. */
export function knownNameOf(store: Pick<Store, "nodes" | "facts">, id: string): string | undefined {
  return store.nodes.nameOf(id) ?? store.facts.get(factOf(id));
}

export function keepEnrolledName(store: Pick<Store, "facts">, id: string, name: string): void {
  store.facts.set(factOf(id), name);
}

/** Removes the name of a revoked node, because the next node with its id is another one. */
export function forgetEnrolledName(store: Pick<Store, "facts">, id: string): void {
  store.facts.remove(factOf(id));
}
