/** The sockets for local commands. Hub and command use the same list. */

import { createHash } from "node:crypto";
import { join, resolve } from "node:path";

/**
 * `RuntimeDirectory=` of the unit: in memory, where no disk can fail, and only for the hub's user.
 */
const UNIT_FOLDER = "/run/rpi-cluster-hub";
/** Hexadecimal digits. Several hubs on one machine have different state folders. */
const DIGEST_LENGTH = 16;
/** The length of Linux' `sun_path` without its end, in bytes. */
const PATH_BYTES_MAX = 107;

/** Returns the sockets in the order in which a command tries them. A hub listens at one of them. */
export function localSockets(stateDir: string): readonly [string, string] {
  return [join(UNIT_FOLDER, `${digestOf(stateDir)}.sock`), join(stateDir, "hub.sock")];
}

/**
 * Returns the socket at which a hub listens. `runtimeFolders` is its `$RUNTIME_DIRECTORY`,
 * separated by colons.
 */
export function localSocketOf(stateDir: string, runtimeFolders: string | undefined): string {
  const [ofUnit, ofState] = localSockets(stateDir);
  return (runtimeFolders ?? "").split(":").includes(UNIT_FOLDER) ? ofUnit : ofState;
}

/** Returns whether the path is too long for a Unix socket. */
export function isTooLong(socket: string): boolean {
  return new TextEncoder().encode(socket).length > PATH_BYTES_MAX;
}

/** Returns the same digest for all paths of a folder. */
function digestOf(folder: string): string {
  return createHash("sha256").update(realPathOf(folder)).digest("hex").slice(0, DIGEST_LENGTH);
}

function realPathOf(folder: string): string {
  try {
    return Deno.realPathSync(folder);
  } catch {
    return resolve(folder);
  }
}
