/** Links to a node's own services, as its owner configured them. */

import { oneLine } from "../words/shown_name.ts";

/** The names of the allowed schemes; no other scheme becomes a link. */
const SCHEMES = new Map([
  ["ssh:", "SSH"],
  ["sftp:", "SFTP"],
  ["http:", "Web"],
  ["https:", "Web"],
  ["vnc:", "VNC"],
  ["rdp:", "RDP"],
]);
/** More links would hide the node. */
const LINKS_MAX = 8;
const LENGTH_MAX = 256;
const NAME_MAX = 24;

export interface RemoteLink {
  readonly address: string;
  /** What its owner calls it, else what its scheme opens. */
  readonly words: string;
  /** A web page opens in another tab; other links start a program. */
  readonly isWeb: boolean;
}

/**
 * Returns the valid links among those that a node reports. `names` are what its owner calls them, or
 * empty texts.
 */
export function remoteLinks(
  remote: readonly string[],
  names: readonly string[] = [],
): readonly RemoteLink[] {
  return remote.slice(0, LINKS_MAX).flatMap((address, index) => {
    if (address.length > LENGTH_MAX || !URL.canParse(address)) return [];
    const opens = SCHEMES.get(new URL(address).protocol);
    if (opens === undefined) return [];
    return [{ address, words: oneLine(names[index] || opens, NAME_MAX), isWeb: opens === "Web" }];
  });
}
