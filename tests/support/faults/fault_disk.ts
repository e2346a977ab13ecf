/** A disk of a few megabytes, to be filled to the last byte. */

import { join } from "node:path";
import { runCommand } from "../program/command.ts";

/** Room for a hub's database with its journal, and little more. */
const SIZE = "4m";
/** What fills it. */
const BALLAST = "ballast";

/** `await using disk = await SmallDisk.mount(folder);` Needs root. */
export class SmallDisk implements AsyncDisposable {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Makes the folder, and mounts the disk there. */
  static async mount(path: string): Promise<SmallDisk> {
    await Deno.mkdir(path, { recursive: true });
    const size = `size=${SIZE},mode=0700`;
    const { code, stderr } = await runCommand("mount", {
      args: ["-t", "tmpfs", "-o", size, "tmpfs", path],
    });
    if (code !== 0) throw new Error(`cannot mount a small disk at ${path}: ${stderr.trim()}`);
    return new SmallDisk(path);
  }

  /** Nothing more can be written. */
  async fill(): Promise<void> {
    using file = await Deno.open(join(this.#path, BALLAST), { create: true, append: true });
    // Ever smaller pieces, until not even a byte finds room.
    for (let bytes = 65_536; bytes >= 1; bytes /= 2) {
      while (await hasRoom(file, new Uint8Array(bytes)));
    }
  }

  /** There is room again. */
  async free(): Promise<void> {
    await Deno.remove(join(this.#path, BALLAST));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Lazily: a program that is about to end may still have a file open.
    await runCommand("umount", { args: ["--lazy", this.#path] });
  }
}

async function hasRoom(file: Deno.FsFile, bytes: Uint8Array): Promise<boolean> {
  try {
    return await file.write(bytes) > 0;
  } catch (error) {
    if (error instanceof Error && /no space left/i.test(error.message)) return false;
    throw error;
  }
}
