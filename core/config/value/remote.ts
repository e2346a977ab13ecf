/**
 * Links by which a person reaches a node: from its owner's configuration and from its birth
 * message.
 */

import { bad, good, listOf, type Parsed, type Parser } from "../../text/parser.ts";

/** A card of the page has room for this many. */
const REMOTES_MAX = 8;
const LENGTH_MAX = 256;
/**
 * Schemes that open a shell, files, a page or a screen, and none that a browser would execute
 * itself. A user name is allowed. A password is not, because everybody who can view the page sees
 * it.
 */
const PATTERN =
  /^(?:ssh|sftp|https?|vnc|rdp):\/\/(?:[\w.~-]{1,64}@)?(?:\[[\da-f:.]+\]|[\w.-]{1,253})(?::\d{1,5})?(?:[/?#][\w\-.~:/?#[\]@!$&'()*+;=%]*)?$/i;

/** `[node] remote`: URLs separated by commas. */
export const parseRemotes: Parser<readonly string[]> = listOf(parseRemote, REMOTES_MAX);

function parseRemote(text: string): Parsed<string> {
  return isRemote(text) ? good(text) : bad(
    `URLs such as ssh://pi@john-snow.local, of at most ${LENGTH_MAX} characters, with ` +
      "ssh, sftp, http, https, vnc or rdp, and without a password",
  );
}

/** The links of a birth's fact that are safe to show. Unknown senders may write anything there. */
export function remotesOf(
  fact: string | number | readonly string[] | undefined,
): readonly string[] {
  const claimed = typeof fact === "object" ? fact : [];
  return [...new Set(claimed.filter(isRemote))].slice(0, REMOTES_MAX);
}

function isRemote(text: string): boolean {
  return text.length <= LENGTH_MAX && PATTERN.test(text);
}
