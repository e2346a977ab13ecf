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
/** What people call a link. It is on a button, and a colon ends it. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._()+-]{0,23}$/u;
/** `Connect: https://…`. A URL has no blank after its first colon. */
const NAMED = /^([^:,]*):\s+(\S+)$/u;

/** A link, and what its owner calls it. */
export interface RemoteLink {
  readonly url: string;
  readonly name: string | undefined;
}

type Fact = string | number | readonly string[] | undefined;

/** `[node] remote`: URLs separated by commas, each with a name before it if its owner wants one. */
export const parseRemotes: Parser<readonly RemoteLink[]> = (text) => {
  const links = listOf(parseRemote, REMOTES_MAX)(text);
  return links.ok ? good(withoutRepeated(links.value)) : links;
};

function parseRemote(text: string): Parsed<RemoteLink> {
  const [, name, url = text] = NAMED.exec(text) ?? [];
  if (isRemote(url) && (name === undefined || NAME.test(name))) return good({ url, name });
  return bad(
    `URLs such as ssh://pi@john-snow.local, of at most ${LENGTH_MAX} characters, with ` +
      "ssh, sftp, http, https, vnc or rdp, and without a password; a name of at most 24 letters " +
      "and digits may stand before one, as in Cockpit: https://john-snow.local:9090",
  );
}

/** The text of which `parseRemotes` makes these links. */
export function remotesText(links: readonly RemoteLink[]): string {
  return links.map(({ url, name }) => name === undefined ? url : `${name}: ${url}`).join(", ");
}

/**
 * The facts of a birth about these links. The names are beside the URLs and not among them, because
 * earlier hubs know URLs alone.
 */
export function remoteFacts(
  links: readonly RemoteLink[],
): Readonly<Partial<Record<"remote" | "remote_names", readonly string[]>>> {
  if (links.length === 0) return {};
  const remote = links.map(({ url }) => url);
  if (links.every(({ name }) => name === undefined)) return { remote };
  return { remote, remote_names: links.map(({ name }) => name ?? "") };
}

/** The links of a birth's facts that are safe to show. Unknown senders may write anything there. */
export function remotesOf(remote: Fact, names?: Fact): readonly RemoteLink[] {
  const urls = typeof remote === "object" ? remote : [];
  const claimed = typeof names === "object" ? names : [];
  const links = urls.map((url, index) => ({ url, name: claimedName(claimed[index]) }));
  return withoutRepeated(links.filter(({ url }) => isRemote(url))).slice(0, REMOTES_MAX);
}

function claimedName(text: string | undefined): string | undefined {
  return text !== undefined && NAME.test(text) ? text : undefined;
}

/** The port that a link with this scheme names. */
export function portOf(links: readonly RemoteLink[], scheme: "ssh" | "vnc"): number | undefined {
  for (const { url } of links) {
    const port = url.toLowerCase().startsWith(`${scheme}://`)
      ? /:(\d{1,5})(?:[/?#]|$)/.exec(url)
      : null;
    const number = Number(port?.[1]);
    if (number >= 1 && number <= 65_535) return number;
  }
  return undefined;
}

function withoutRepeated(links: readonly RemoteLink[]): readonly RemoteLink[] {
  const urls = new Set<string>();
  return links.filter(({ url }) => {
    const isNew = !urls.has(url);
    urls.add(url);
    return isNew;
  });
}

function isRemote(text: string): boolean {
  return text.length <= LENGTH_MAX && PATTERN.test(text);
}
