/**
 * Names and reasons from the network in a message: one line, shortened, and unable to forge one.
 */

import { graphemesOf, INVISIBLE, plainText } from "../../text/plain_text.ts";

/** Replaces the part that was cut. */
const CUT = "...";
/**
 * A shortened name keeps this many characters of its end, which is often a number:
 * `raspber...i-17`.
 */
const END_MAX = 4;
/** If the id leaves less room than this for the name, only the id is shown. */
const BESIDE_ID_MIN = 8;

export interface Named {
  readonly node: string;
  readonly name: string;
}

/** Limits for names in a text. */
export interface NameLimits {
  /** The maximum number of names in a list; the others are counted. */
  readonly names: number;
  /** The maximum number of characters in a name. */
  readonly nameLength: number;
}

/**
 * Returns a node's name on one line, or its id if the name has no visible character. If
 * `DisplayNames` has put the id after the name, the name is shortened before the id.
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

/** Shortens a text in the middle, because many names begin alike and end in a number. */
export function cutText(text: string, lengthMax: number): string {
  const points = [...text];
  if (points.length <= lengthMax) return text;
  const kept = lengthMax - CUT.length;
  const endMax = Math.min(END_MAX, Math.floor(kept / 2));
  const characters = graphemesOf(text);
  const head = atMost(characters, kept - endMax);
  const end = atMost(characters.toReversed(), endMax).toReversed();
  // A single character may be longer than the limit.
  if (head.length === 0) return points.slice(0, kept).join("").trimEnd() + CUT;
  return `${head.join("").trimEnd()}${CUT}${end.join("").trimStart()}`;
}

/** Returns the first characters that have at most this many code points together. */
function atMost(characters: readonly string[], pointsMax: number): readonly string[] {
  let points = 0;
  const end = characters.findIndex((one) => (points += [...one].length) > pointsMax);
  return end < 0 ? characters : characters.slice(0, end);
}
