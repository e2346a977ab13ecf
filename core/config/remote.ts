/** By which addresses a person reaches a node: what its owner configured, and what a birth claims. */

import { bad, good, listOf, type Parsed, type Parser } from "../text/parser.ts";

/** More than these fit into no card of a page. */
const REMOTES_MAX = 8;
const LENGTH_MAX = 256;
/**
 * Schemes that open a shell, files, a page or a screen, and nothing that a browser would run itself. A
 * user name may stand in it, a password may not: everybody who may look at the page sees it.
 */
const PATTERN =
  /^(?:ssh|sftp|https?|vnc|rdp):\/\/(?:[\w.~-]{1,64}@)?(?:\[[\da-f:.]+\]|[\w.-]{1,253})(?::\d{1,5})?(?:[/?#][\w\-.~:/?#[\]@!$&'()*+;=%]*)?$/i;

/** `[node] remote`: URLs between commas. */
export const parseRemotes: Parser<readonly string[]> = listOf(parseRemote, REMOTES_MAX);

function parseRemote(text: string): Parsed<string> {
  return isRemote(text) ? good(text) : bad(
    `URLs such as ssh://pi@john-snow.local, of at most ${LENGTH_MAX} characters, with ` +
      "ssh, sftp, http, https, vnc or rdp, and without a password",
  );
}

/** Those of a birth's fact that may be shown as links, whatever else a stranger wrote there. */
export function remotesOf(
  fact: string | number | readonly string[] | undefined,
): readonly string[] {
  const claimed = typeof fact === "object" ? fact : [];
  return [...new Set(claimed.filter(isRemote))].slice(0, REMOTES_MAX);
}

function isRemote(text: string): boolean {
  return text.length <= LENGTH_MAX && PATTERN.test(text);
}
