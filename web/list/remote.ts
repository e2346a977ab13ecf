/** Links to a node's own services, as its owner configured them. */

/** What people call a scheme; nothing else is ever made a link. */
const SCHEMES = new Map([
  ["ssh:", "SSH"],
  ["sftp:", "SFTP"],
  ["http:", "Web"],
  ["https:", "Web"],
  ["vnc:", "VNC"],
  ["rdp:", "RDP"],
]);
/** More would hide the node. */
const LINKS_MAX = 8;
const LENGTH_MAX = 256;

export interface RemoteLink {
  readonly address: string;
  readonly words: string;
  /** A web page opens beside this one; the others start a program. */
  readonly isWeb: boolean;
}

/** The links among what a node reports: whatever else stands there is left out. */
export function remoteLinks(remote: readonly string[]): readonly RemoteLink[] {
  return remote.slice(0, LINKS_MAX).flatMap((address) => {
    if (address.length > LENGTH_MAX || !URL.canParse(address)) return [];
    const words = SCHEMES.get(new URL(address).protocol);
    return words === undefined ? [] : [{ address, words, isWeb: words === "Web" }];
  });
}
