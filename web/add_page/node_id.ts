/** Derives the id of a Pi from its name. */

/** The hub's rule: a topic level and a user name. */
const ID = /^[a-z0-9-]{1,63}$/;
const ID_LENGTH_MAX = 63;

/** The accents of a letter, after it is decomposed. */
const MARKS = /\p{M}/gu;

/** Returns `john-snow` for `John Snow`; empty if no character of the name can be used. */
export function idOf(name: string): string {
  const plain = name.normalize("NFKD").replaceAll("ß", "ss").replaceAll(MARKS, "");
  const words = plain.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return words.slice(0, ID_LENGTH_MAX).replaceAll(/^-+|-+$/g, "");
}

export function isNodeId(text: string): boolean {
  return ID.test(text);
}
