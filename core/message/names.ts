/** Strangers' names and reasons in a message: one line, cut, and never another message. */

/** What could forge a line of its own, or turn the direction of what follows. */
const UNSHOWABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;
/** What leaves no mark on the screen. */
const INVISIBLE = /^[\s\p{Cf}\p{Mn}\u115f\u1160\u2800\u3164\uffa0]*$/u;
/** Stands for what was cut. */
const CUT = "...";
/** Characters that a cut name keeps of its end, where the numbers are: `raspber...i-17`. */
const END_MAX = 4;

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

/** A node's name on one line, and its id where there is nothing to see. */
export function nameOf({ name, node }: Named, { nameLength }: NameLimits): string {
  const plain = plainText(name);
  return cutText(INVISIBLE.test(plain) ? plainText(node) : plain, nameLength);
}

/** `John Snow, Khal Drogo and 3 more`. */
export function nameList(nodes: readonly Named[], limits: NameLimits): string {
  const shown = nodes.slice(0, limits.names).map((node) => nameOf(node, limits)).join(", ");
  const more = nodes.length - limits.names;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** A text on one line that keeps its direction to itself, without half characters. */
export function plainText(text: string): string {
  return text.toWellFormed().normalize("NFC").replaceAll(UNSHOWABLE, " ").trim();
}

/** At most so many characters, cut in the middle: many names begin alike and end in a number. */
export function cutText(text: string, lengthMax: number): string {
  const characters = [...text];
  if (characters.length <= lengthMax) return text;
  const kept = lengthMax - CUT.length;
  const end = Math.min(END_MAX, Math.floor(kept / 2));
  const head = characters.slice(0, kept - end).join("").trimEnd();
  return `${head}${CUT}${characters.slice(-end).join("").trimStart()}`;
}
