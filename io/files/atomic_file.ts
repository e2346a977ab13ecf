/** A file that changes whole or not at all: whoever reads it never sees half of it. */

import { dirname } from "node:path";

/**
 * Replaces the file at `path` (or makes it) by `text`, on the disk before it returns. The old
 * file's owner and group stay. Throws, leaving the old file, when that cannot be done.
 */
export function replaceFile(path: string, text: string, mode: number): void {
  const temporary = `${path}.${crypto.randomUUID()}`;
  try {
    Deno.writeTextFileSync(temporary, text, { createNew: true, mode });
    Deno.chmodSync(temporary, mode); // whatever the umask has taken away
    keepOwner(temporary, path);
    flush(temporary);
    Deno.renameSync(temporary, path);
  } catch (error) {
    removeIfAny(temporary);
    throw error;
  }
}

/** What root makes is for whom the folder belongs to, who could not write it otherwise. */
export function giveToFolder(path: string): void {
  const { uid, gid } = Deno.statSync(dirname(path));
  if (Deno.statSync(path).uid === 0 && uid !== 0) Deno.chownSync(path, uid, gid);
}

/** What is at `path`, `undefined` when nothing is. */
export function statIfAny(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * The new file must stay readable for whoever reads the old one (the hub's user, Mosquitto's
 * group), also when root enrols; a first one belongs to whom the folder belongs.
 */
function keepOwner(temporary: string, path: string): void {
  const ours = Deno.statSync(temporary);
  const old = statIfAny(path);
  const isRoot = ours.uid === 0;
  if (old === undefined && !isRoot) return; // the folder's set-group-id bit has chosen the group
  const model = old ?? Deno.statSync(dirname(path));
  if (model.uid === ours.uid && model.gid === ours.gid) return;
  if (!isRoot && model.uid !== ours.uid) {
    throw new Error(`it belongs to user ${model.uid}; do this as root`);
  }
  Deno.chownSync(temporary, null, model.gid);
  if (isRoot) Deno.chownSync(temporary, model.uid, null);
}

/** On the disk before the rename, or a power cut could leave an empty file under the right name. */
function flush(path: string): void {
  using file = Deno.openSync(path, { write: true });
  file.syncSync();
}

function removeIfAny(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
