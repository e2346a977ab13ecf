/** What the system knows about a file, as Deno tells it. */

import * as fs from "node:fs";
import { asDeno, asDenoLater } from "./errors.ts";

export function statSync(path: string | URL): Deno.FileInfo {
  return infoOf(asDeno(() => fs.statSync(path)));
}

export function lstatSync(path: string | URL): Deno.FileInfo {
  return infoOf(asDeno(() => fs.lstatSync(path)));
}

export async function lstat(path: string | URL): Promise<Deno.FileInfo> {
  return infoOf(await asDenoLater(fs.promises.lstat(path)));
}

function infoOf(stats: fs.Stats): Deno.FileInfo {
  const { size, mtime, atime, birthtime, ctime, dev, ino, mode } = stats;
  const { nlink, uid, gid, rdev, blksize, blocks } = stats;
  return {
    isFile: stats.isFile(),
    isDirectory: stats.isDirectory(),
    isSymlink: stats.isSymbolicLink(),
    isBlockDevice: stats.isBlockDevice(),
    isCharDevice: stats.isCharacterDevice(),
    isFifo: stats.isFIFO(),
    isSocket: stats.isSocket(),
    ...{ size, mtime, atime, birthtime, ctime, dev, ino, mode },
    ...{ nlink, uid, gid, rdev, blksize, blocks },
  };
}
