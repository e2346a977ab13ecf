/** Finds what somebody meant who wrote a name that does not exist. */

import { distance } from "fastest-levenshtein";

/** Longer names are not compared: the work grows with the square of the length. */
const LENGTH_MAX = 64;
/** Two swapped letters are two edits, which a short name has no room for. */
const SHORT_NAME_LENGTH = 3;

/** The candidate that is closest to a name, unless none is close. */
export function closest(name: string, candidates: readonly string[]): string | undefined {
  if (name.length > LENGTH_MAX) return undefined;
  const allowed = name.length <= SHORT_NAME_LENGTH ? 1 : Math.max(2, Math.floor(name.length / 3));
  let best: { readonly candidate: string; readonly edits: number } | undefined;
  for (const candidate of candidates) {
    const edits = distance(name, candidate);
    if (edits <= allowed && edits < (best?.edits ?? Infinity)) best = { candidate, edits };
  }
  return best?.candidate;
}

/** What people can call a node by. */
export interface Nameable {
  readonly id: string;
  readonly name: string;
}

/** The id of the node that somebody meant: by an id or a name that is close, in any letter case. */
export function closestNode(text: string, nodes: readonly Nameable[]): string | undefined {
  const ids = new Map<string, string>();
  for (const { id, name } of nodes) ids.set(name.toLowerCase(), id);
  // An id is what a person has to write: it comes before a name that reads the same.
  for (const { id } of nodes) ids.set(id, id);
  const found = closest(text.trim().toLowerCase(), [...ids.keys()]);
  return found === undefined ? undefined : ids.get(found);
}
