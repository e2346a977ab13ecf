/** Colour for a person at a terminal, and for nobody else. */

/** Red text where the output is a terminal, and its reader did not ask for none (`NO_COLOR`). */
export function red(text: string, output: { isTerminal(): boolean }): string {
  return output.isTerminal() && !Deno.noColor ? `\x1b[31m${text}\x1b[39m` : text;
}
