/** Replaces a file atomically: a reader never sees half of it. */

import { dirname } from "node:path";

/**
 * Replaces or creates the file at `path` and flushes it to the disk before it returns. The file
 * keeps its owner and group. When that fails, the function throws and the old file stays.
 */
export function replaceFile(path: string, text: string, mode: number): void {
  const temporary = `${path}.${crypto.randomUUID()}`;
  try {
    Deno.writeTextFileSync(temporary, text, { createNew: true, mode });
    Deno.chmodSync(temporary, mode); // undoes the umask
    keepOwner(temporary, path);
    flush(temporary);
    Deno.renameSync(temporary, path);
  } catch (error) {
    removeIfAny(temporary);
    throw error;
  }
}

/** A complete file on the disk that is not at its path yet. Disposal removes it. */
export interface PreparedFile extends Disposable {
  /** Replaces the old file. */
  put(): void;
}

/** The slow part of `replaceFile`, without blocking the program. */
export async function prepareFile(path: string, text: string, mode: number): Promise<PreparedFile> {
  const temporary = `${path}.${crypto.randomUUID()}`;
  try {
    await Deno.writeTextFile(temporary, text, { createNew: true, mode });
    await Deno.chmod(temporary, mode); // undoes the umask
    keepOwner(temporary, path);
    using file = await Deno.open(temporary, { write: true });
    await file.sync();
  } catch (error) {
    removeIfAny(temporary);
    throw error;
  }
  return {
    put: () => Deno.renameSync(temporary, path),
    [Symbol.dispose]: () => removeIfAny(temporary),
  };
}

/** Gives a file that root created to the owner of its folder, who could not write it otherwise. */
export function giveToFolder(path: string): void {
  const { uid, gid } = Deno.statSync(dirname(path));
  if (Deno.statSync(path).uid === 0 && uid !== 0) Deno.chownSync(path, uid, gid);
}

/** Returns information about `path`, or `undefined` when nothing is there. */
export function statIfAny(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Keeps the owner, so that the users of the old file (the hub's user, Mosquitto's group) can still
 * read it when root enrols. A new file gets the owner of its folder.
 */
function keepOwner(temporary: string, path: string): void {
  const ours = Deno.statSync(temporary);
  const old = statIfAny(path);
  const isRoot = ours.uid === 0;
  if (old === undefined && !isRoot) return; // the set-group-id bit of the folder has chosen the group
  const model = old ?? Deno.statSync(dirname(path));
  if (model.uid === ours.uid && model.gid === ours.gid) return;
  if (!isRoot && model.uid !== ours.uid) {
    throw new Error(`it belongs to user ${model.uid}; do this as root`);
  }
  Deno.chownSync(temporary, null, model.gid);
  if (isRoot) Deno.chownSync(temporary, model.uid, null);
}

/**
 * Flushes before the rename. Otherwise a power cut could leave an empty file with the right name.
 */
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
