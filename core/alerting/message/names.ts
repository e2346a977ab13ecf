/** Names and reasons from the network in a message: on one line, shortened, and unable to forge a message. */

import { graphemesOf, INVISIBLE, plainText } from "../../text/plain_text.ts";

/** Stands for what was cut. */
const CUT = "...";
/** Characters that a cut name keeps of its end, where the numbers are: `raspber...i-17`. */
const END_MAX = 4;
/** A name that is cut further, for the id beside it, says nothing. */
const BESIDE_ID_MIN = 8;

export interface Named {
  readonly node: string;
  readonly name: string;
}

/** How much of names is shown. */
export interface NameLimits {
  /** How many names a list shows; the others are counted. */
  readonly names: number;
  /** How many characters a name has at most. */
  readonly nameLength: number;
}

/**
 * A node's name on one line, and its id where there is nothing to see. An id that stands beside the
 * name, as `ToldNames` puts it there, is told before the name is.
 */
export function nameOf(
  { name, node }: Named,
  { nameLength }: Pick<NameLimits, "nameLength">,
): string {
  const plain = plainText(name);
  if (INVISIBLE.test(plain)) return cutText(plainText(node), nameLength);
  const beside = ` (${node})`;
  if (!plain.endsWith(beside)) return cutText(plain, nameLength);
  const room = nameLength - beside.length;
  if (room < BESIDE_ID_MIN) return cutText(node, nameLength);
  return cutText(plain.slice(0, -beside.length), room) + beside;
}

/** `John Snow, Khal Drogo and 3 more`. */
export function nameList(nodes: readonly Named[], limits: NameLimits): string {
  const shown = nodes.slice(0, limits.names).map((node) => nameOf(node, limits)).join(", ");
  const more = nodes.length - limits.names;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** At most so many characters, cut in the middle: many names begin alike and end in a number. */
export function cutText(text: string, lengthMax: number): string {
  const points = [...text];
  if (points.length <= lengthMax) return text;
  const kept = lengthMax - CUT.length;
  const endMax = Math.min(END_MAX, Math.floor(kept / 2));
  const characters = graphemesOf(text);
  const head = atMost(characters, kept - endMax);
  const end = atMost(characters.toReversed(), endMax).toReversed();
  // A single character may be longer than all that is allowed.
  if (head.length === 0) return points.slice(0, kept).join("").trimEnd() + CUT;
  return `${head.join("").trimEnd()}${CUT}${end.join("").trimStart()}`;
}

/** The first characters that have no more than so many code points together. */
function atMost(characters: readonly string[], pointsMax: number): readonly string[] {
  let points = 0;
  const end = characters.findIndex((one) => (points += [...one].length) > pointsMax);
  return end < 0 ? characters : characters.slice(0, end);
}
