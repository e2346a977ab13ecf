/** Where the hub hears the commands of its own machine: hub and command look at the same places. */

import { createHash } from "node:crypto";
import { join, resolve } from "node:path";

/** `RuntimeDirectory=` of the unit: for the hub's user alone, in memory, where no disk can fail. */
const UNIT_FOLDER = "/run/rpi-cluster-hub";
/** Hexadecimal digits: hubs of one machine have state folders of their own. */
const DIGEST_LENGTH = 16;
/** `sun_path` of Linux without its end, in bytes. */
const PATH_BYTES_MAX = 107;

/** The places in the order in which a command tries them. A hub listens at one of them. */
export function localSockets(stateDir: string): readonly [string, string] {
  return [join(UNIT_FOLDER, `${digestOf(stateDir)}.sock`), join(stateDir, "hub.sock")];
}

/**
 * The one at which a hub listens that runs with these folders in `$RUNTIME_DIRECTORY`, separated by
 * colons.
 */
export function localSocketOf(stateDir: string, runtimeFolders: string | undefined): string {
  const [ofUnit, ofState] = localSockets(stateDir);
  return (runtimeFolders ?? "").split(":").includes(UNIT_FOLDER) ? ofUnit : ofState;
}

/** Whether the kernel knows sockets by a path of this length. */
export function isTooLong(socket: string): boolean {
  return new TextEncoder().encode(socket).length > PATH_BYTES_MAX;
}

/** One folder has one digest, by whatever path it is named. */
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
