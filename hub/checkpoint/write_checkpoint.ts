/**
 * Writes a checkpoint. All access to its disk is asynchronous, because a disk may hang. The database
 * is first copied on the state folder's own file system.
 */

import { dirname, join } from "node:path";
import { copyDatabase, restingDatabase } from "../store/database/database_copy.ts";
import { type CheckpointPlace, numberFile, numberOf, SECRET_MODE } from "./checkpoint_place.ts";

const BLOCK_BYTES = 262_144;

/** The checkpoint does not belong to this hub's history, so it must not be overwritten. */
export class ForeignCheckpoint extends Error {}

/** Called after each step of a copy, so that a long copy blocks nothing. Rejects to end the copy. */
export type Pause = () => Promise<void>;

/** Throws a `ForeignCheckpoint`, or the system's error when the folder cannot be read. */
export async function assertOwnCheckpoint({ stateDir, folder }: CheckpointPlace): Promise<void> {
  if (await readNumber(folder) <= await readNumber(stateDir)) return;
  throw new ForeignCheckpoint(
    `"${folder}" has a checkpoint that this hub did not begin with; to go back to it, stop the hub, ` +
      `empty "${stateDir}" and start the hub; to give it up, empty "${folder}"`,
  );
}

/**
 * Replaces the checkpoint's database by a copy of the present one. Resolves when it is on the disk.
 * At any time the checkpoint is completely the old or the new one. Throws the system's or SQLite's
 * own error.
 */
export async function writeDatabase(place: CheckpointPlace, pause: Pause): Promise<void> {
  const { stateDir, folder, database } = place;
  const number = await readNumber(stateDir);
  // The number in the state folder is raised first, so that a hub killed in between keeps its state.
  await putText(numberFile(stateDir), `${number + 1}\n`);
  await putDatabase(join(stateDir, database), join(folder, database), pause);
  await putText(numberFile(folder), `${number + 1}\n`);
}

async function readNumber(folder: string): Promise<number> {
  return numberOf(await textIn(numberFile(folder)));
}

/** Returns the content of a small file; `undefined` when there is none. */
export async function textIn(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Replaces a small file of the checkpoint. */
export async function putText(path: string, text: string): Promise<void> {
  await put(path, async (file) => {
    await writeAll(file, new TextEncoder().encode(text));
  });
}

async function putDatabase(from: string, to: string, pause: Pause): Promise<void> {
  // SQLite would create it.
  await Deno.stat(from);
  using resting = restingDatabase(from);
  if (resting !== undefined) return await putFile(from, to);
  const copy = `${from}.checkpoint`;
  try {
    await removeIfAny(copy);
    (await Deno.open(copy, { write: true, createNew: true, mode: SECRET_MODE })).close();
    for (const _ of copyDatabase(from, copy)) await pause();
    await putFile(copy, to);
  } finally {
    for (const end of ["", "-journal"]) await removeIfAny(copy + end);
  }
}

async function putFile(from: string, to: string): Promise<void> {
  await put(to, async (target) => {
    using source = await Deno.open(from);
    const block = new Uint8Array(BLOCK_BYTES);
    for (;;) {
      const count = await source.read(block);
      if (count === null) return;
      await writeAll(target, block.subarray(0, count));
    }
  });
}

/** Fills a new file, and replaces the old one when the new one is completely on the disk. */
async function put(path: string, fill: (file: Deno.FsFile) => Promise<void>): Promise<void> {
  const part = `${path}.part`;
  await removeIfAny(part);
  try {
    {
      using file = await Deno.open(part, { write: true, createNew: true, mode: SECRET_MODE });
      await fill(file);
      await giveToFolder(part);
      await file.sync();
    }
    await Deno.rename(part, path);
  } catch (error) {
    // A full disk needs the space. The first error is the relevant one.
    await removeIfAny(part).catch(() => {});
    throw error;
  }
  using folder = await Deno.open(dirname(path));
  await folder.sync();
}

/** Gives the file to the owner of the folder, because root may run the hub. */
async function giveToFolder(path: string): Promise<void> {
  const [file, { uid, gid }] = [await Deno.stat(path), await Deno.stat(dirname(path))];
  if (file.uid === 0 && uid !== 0) await Deno.chown(path, uid, gid);
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

async function removeIfAny(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
