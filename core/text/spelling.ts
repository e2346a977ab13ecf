/** Finds the name that was probably meant when a name does not exist. */

import { distance } from "fastest-levenshtein";

/** Longer names are not compared, because the work grows with the square of the length. */
const LENGTH_MAX = 64;
/** Two swapped letters are two edits, which is too many for a short name. */
const SHORT_NAME_LENGTH = 3;

/** The candidate that is closest to a name, or `undefined` if none is close. */
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

/** The names by which people refer to a node. */
export interface Nameable {
  readonly id: string;
  readonly name: string;
}

/** The id of the node whose id or name is closest to the text, in any letter case. */
export function closestNode(text: string, nodes: readonly Nameable[]): string | undefined {
  const ids = new Map<string, string>();
  for (const { id, name } of nodes) ids.set(name.toLowerCase(), id);
  // People have to write ids, so an id has priority over an equal name.
  for (const { id } of nodes) ids.set(id, id);
  const found = closest(text.trim().toLowerCase(), [...ids.keys()]);
  return found === undefined ? undefined : ids.get(found);
}
