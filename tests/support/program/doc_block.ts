/** Code blocks of our documents, for tests that run what people copy from there. */

/** Returns the blocks of a document in one language, in order. */
export function docBlocks(path: string, language: string): readonly string[] {
  return blocksIn(Deno.readTextFileSync(path), language);
}

function blocksIn(text: string, language: string): readonly string[] {
  const fence = new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^\\1\`\`\``, "gm");
  return [...text.matchAll(fence)].map(([, , block = ""]) => block);
}

/** Returns the only block that contains `words`. */
export function docBlock(path: string, language: string, words: string): string {
  const found = docBlocks(path, language).filter((block) => block.includes(words));
  const [block] = found;
  if (block === undefined || found.length > 1) {
    throw new Error(`${path} has ${found.length} blocks of ${language} with ${words}`);
  }
  return block;
}

/** Returns the blocks between a heading, without its `#`, and the next one. */
export function blocksBelow(path: string, heading: string, language: string): readonly string[] {
  const text = Deno.readTextFileSync(path);
  const start = new RegExp(`^#+ ${RegExp.escape(heading)}$`, "m").exec(text);
  if (start === null) throw new Error(`${path} has no heading ${heading}`);
  const rest = text.slice(start.index + start[0].length);
  // A line of a shell block that begins with one # is a comment.
  return blocksIn(rest.split(/^##+ /m)[0] ?? "", language);
}

/** Replaces each of the parts; throws when one is missing. */
export function replaced(text: string, parts: Readonly<Record<string, string>>): string {
  let result = text;
  for (const [part, by] of Object.entries(parts)) {
    if (!result.includes(part)) throw new Error(`there is no ${JSON.stringify(part)}`);
    result = result.replaceAll(part, by);
  }
  return result;
}
