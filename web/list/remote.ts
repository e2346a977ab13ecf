/** Links to a node's own services, as its owner configured them. */

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

export interface RemoteLink {
  readonly address: string;
  readonly words: string;
  /** A web page opens in another tab; other links start a program. */
  readonly isWeb: boolean;
}

/** Returns the valid links among those that a node reports. */
export function remoteLinks(remote: readonly string[]): readonly RemoteLink[] {
  return remote.slice(0, LINKS_MAX).flatMap((address) => {
    if (address.length > LENGTH_MAX || !URL.canParse(address)) return [];
    const words = SCHEMES.get(new URL(address).protocol);
    return words === undefined ? [] : [{ address, words, isWeb: words === "Web" }];
  });
}
