/** What people come to believe of each node by the messages that they read. */

export type Understanding = "down" | "up";

/** How the tests that judge by belief name their nodes: short, so that no list is ever cut. */
const NAME = /\bN\d\d\b/g;
/** What a sentence says of the nodes that it names. */
const SAYINGS: readonly (readonly [RegExp, readonly Understanding[]])[] = [
  [/\bwas down\b.*\bis up again|\bwere down\b.*\bare up again/, ["down", "up"]],
  [/\b(?:is|are) up again\b/, ["up"]],
  [/\b(?:is|are) down\b/, ["down"]],
];

/** What was said of each node, in order. Throws for a sentence about nodes that says something else. */
export function understandingOf(
  texts: readonly string[],
): ReadonlyMap<string, readonly Understanding[]> {
  const beliefs = new Map<string, Understanding[]>();
  for (const sentence of texts.flatMap((text) => text.split(/(?<=\.)\s+/))) {
    const names = sentence.match(NAME) ?? [];
    const said = SAYINGS.find(([pattern]) => pattern.test(sentence))?.[1];
    // A list in short names nobody: what it says could not be judged.
    if (/^(?:In short|Also)\b|\band \d+ more\b/.test(sentence) || names.length > 0 && !said) {
      throw new Error(`cannot judge what people believe after "${sentence}"`);
    }
    for (const name of names) {
      const earlier = beliefs.get(name) ?? [];
      beliefs.set(name, [...earlier, ...said ?? []]);
    }
  }
  return beliefs;
}
