/** The id of a Pi, made of its name. */

/** As the hub takes it: a topic level and a user name. */
const ID = /^[a-z0-9-]{1,63}$/;
const ID_LENGTH_MAX = 63;

/** Marks that a letter carries, once it is taken apart. */
const MARKS = /\p{M}/gu;

/** `john-snow` for `John Snow`; empty where nothing of a name can stay. */
export function idOf(name: string): string {
  const plain = name.normalize("NFKD").replaceAll("ß", "ss").replaceAll(MARKS, "");
  const words = plain.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return words.slice(0, ID_LENGTH_MAX).replaceAll(/^-+|-+$/g, "");
}

export function isNodeId(text: string): boolean {
  return ID.test(text);
}
