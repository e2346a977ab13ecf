/**
 * The list of packages that a hub signs for one node and one request. The node's updater compares
 * its first lines with what it asked for, so an older list is worth nothing.
 */

export interface ManifestFile {
  readonly file: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface Manifest {
  readonly node: string;
  /** The updater's own random text. */
  readonly nonce: string;
  /** As `dpkg --print-architecture` says it. */
  readonly architecture: string;
  readonly version: string;
  readonly files: readonly ManifestFile[];
}

const NONCE = /^[0-9a-f]{32}$/;

export function isNonce(text: string): boolean {
  return NONCE.test(text);
}

/** Returns the text that is signed. No value has a space or a line break. */
export function manifestText(manifest: Manifest): string {
  const { node, nonce, architecture, version, files } = manifest;
  return [
    "rpi-cluster-alert update 1",
    `node ${node}`,
    `nonce ${nonce}`,
    `architecture ${architecture}`,
    `version ${version}`,
    ...files.map(({ sha256, bytes, file }) => `file ${sha256} ${bytes} ${file}`),
    "",
  ].join("\n");
}
