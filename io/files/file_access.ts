/** Advice about files that this program may not use, such as those that root created. */

import { dirname } from "node:path";

/** The system's list of users. */
export const USERS_FILE = "/etc/passwd";
const ROOT = "root";

/**
 * Names the first of these files, or its folder, that cannot be opened for reading and writing,
 * with its owner and the command that fixes it. `undefined` when the owners and modes are right.
 */
export function accessAdvice(paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const info = infoOf(path);
    if (info === "denied") return folderAdvice(dirname(path));
    if (info === undefined || isUsable(path)) continue;
    const folder = infoOf(dirname(path));
    const user = typeof folder === "object" ? nameOf(folder.uid) : undefined;
    const owner = nameOf(info.uid);
    const mode = (info.mode ?? 0) & 0o777;
    const what = `"${path}" belongs to ${owner} (mode ${mode.toString(8).padStart(4, "0")})`;
    // A file of the folder's own user has the wrong mode.
    const fix = user === undefined || user === owner
      ? `sudo chmod u+rw ${path}`
      : `sudo chown ${user}: ${path}`;
    return `${what}, and this program may not use it; fix: ${fix}`;
  }
  return undefined;
}

/** Returns the owner of a file or folder, by name if the name is known. */
export function ownerOf(path: string): string {
  const info = infoOf(path);
  return typeof info === "object" ? nameOf(info.uid) : "an unknown user";
}

/** The numbers of a user; `undefined` if the system has none of that name. */
export function userNamed(
  name: string,
): { readonly uid: number; readonly gid: number } | undefined {
  const lines = Deno.readTextFileSync(USERS_FILE).split("\n").map((line) => line.split(":"));
  const [, , uid, gid] = lines.find(([user]) => user === name) ?? [];
  return uid === undefined || gid === undefined
    ? undefined
    : { uid: Number(uid), gid: Number(gid) };
}

function folderAdvice(folder: string): string {
  return `the folder "${folder}" belongs to ${
    ownerOf(folder)
  }, and this program may not look into it; ` +
    `fix: sudo chown -R USER: ${folder}, where USER is the user of this program`;
}

function infoOf(path: string): Deno.FileInfo | "denied" | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    return error instanceof Deno.errors.PermissionDenied ? "denied" : undefined;
  }
}

function isUsable(path: string): boolean {
  try {
    Deno.openSync(path, { read: true, write: true }).close();
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.PermissionDenied);
  }
}

/** Returns the user's name, or the number if there is no name. */
function nameOf(uid: number | null): string {
  try {
    const lines = Deno.readTextFileSync(USERS_FILE).split("\n");
    const line = lines.find((one) => one.split(":")[2] === String(uid));
    return line?.split(":")[0] ?? String(uid);
  } catch {
    return uid === 0 ? ROOT : String(uid);
  }
}
