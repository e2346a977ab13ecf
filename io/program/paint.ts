/** Colours text for a person at a terminal. */

/** Returns red text if the output is a terminal and `NO_COLOR` is not set. */
export function red(text: string, output: { isTerminal(): boolean }): string {
  return output.isTerminal() && !Deno.noColor ? `\x1b[31m${text}\x1b[39m` : text;
}
