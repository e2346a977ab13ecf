/** Texts as words of a shell. */

const PLAIN = /^[\w.:\/@%+=~-]+$/;

/** Returns the text in single quotes. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Returns the text as it is where a shell reads it so, or else in quotes. */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : quoted(text);
}
