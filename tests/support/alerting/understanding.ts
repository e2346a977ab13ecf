/** The state of each node by the messages that a person has read. */

export type Understanding = "down" | "up";

/** Names of nodes in these tests. They are short, so that no list is cut. */
const NAME = /\bN\d\d\b/g;
/** Patterns of sentences, and what they say of the nodes in them. */
const SAYINGS: readonly (readonly [RegExp, readonly Understanding[]])[] = [
  [/\bwas down\b.*\bis up again|\bwere down\b.*\bare up again/, ["down", "up"]],
  [/\b(?:is|are) up again\b/, ["up"]],
  [/\b(?:is|are) down\b/, ["down"]],
];

/** The statements about each node, in order. Throws for a sentence about nodes with another meaning. */
export function understandingOf(
  texts: readonly string[],
): ReadonlyMap<string, readonly Understanding[]> {
  const understandings = new Map<string, Understanding[]>();
  for (const sentence of texts.flatMap((text) => text.split(/(?<=\.)\s+/))) {
    const names = sentence.match(NAME) ?? [];
    const said = SAYINGS.find(([pattern]) => pattern.test(sentence))?.[1];
    // A shortened list has no names, so it says nothing that could be checked.
    if (/^(?:In short|Also)\b|\band \d+ more\b/.test(sentence) || names.length > 0 && !said) {
      throw new Error(`cannot judge what people believe after "${sentence}"`);
    }
    for (const name of names) {
      const earlier = understandings.get(name) ?? [];
      understandings.set(name, [...earlier, ...said ?? []]);
    }
  }
  return understandings;
}
