/** Files, with the functions of Deno that agent and tracker use. */

import * as fs from "node:fs";
import { asDeno, asDenoError, asDenoLater } from "./errors.ts";

/** The part of an open file that agent and tracker use. */
export type OpenFile =
  & Pick<Deno.FsFile, "readSync" | "writeSync" | "sync" | "syncSync" | "close">
  & Disposable;

class NodeFile implements OpenFile {
  readonly #number: number;
  #isClosed = false;

  constructor(number: number) {
    this.#number = number;
  }

  readSync(buffer: Uint8Array): number | null {
    const count = asDeno(() => fs.readSync(this.#number, buffer, 0, buffer.length, null));
    return count === 0 && buffer.length > 0 ? null : count;
  }

  writeSync(bytes: Uint8Array): number {
    return asDeno(() => fs.writeSync(this.#number, bytes));
  }

  sync(): Promise<void> {
    return new Promise((resolve, reject) =>
      fs.fsync(this.#number, (error) => error ? reject(asDenoError(error)) : resolve())
    );
  }

  syncSync(): void {
    asDeno(() => fs.fsyncSync(this.#number));
  }

  close(): void {
    this.#isClosed = true;
    asDeno(() => fs.closeSync(this.#number));
  }

  [Symbol.dispose](): void {
    if (!this.#isClosed) this.close();
  }
}

export function openSync(path: string | URL, options?: Deno.OpenOptions): OpenFile {
  return new NodeFile(asDeno(() => fs.openSync(path, flagsOf(options), options?.mode)));
}

export async function open(path: string | URL, options?: Deno.OpenOptions): Promise<OpenFile> {
  const number = await new Promise<number>((resolve, reject) =>
    fs.open(
      path,
      flagsOf(options),
      options?.mode,
      (error, opened) => error ? reject(asDenoError(error)) : resolve(opened),
    )
  );
  return new NodeFile(number);
}

/** A file is opened for reading by default, and is never created without being asked for. */
function flagsOf({ read, write, createNew }: Deno.OpenOptions = { read: true }): number {
  const { O_RDONLY, O_RDWR, O_WRONLY, O_CREAT, O_EXCL } = fs.constants;
  const access = write ? read ? O_RDWR : O_WRONLY : O_RDONLY;
  return access | (createNew ? O_CREAT | O_EXCL : 0);
}

export function readTextFileSync(path: string | URL): string {
  return asDeno(() => fs.readFileSync(path, "utf8"));
}

export function readTextFile(path: string | URL): Promise<string> {
  return asDenoLater(fs.promises.readFile(path, "utf8"));
}

export function writeTextFileSync(
  path: string | URL,
  text: string,
  options: Deno.WriteFileOptions = {},
): void {
  asDeno(() => fs.writeFileSync(path, text, writingOf(options)));
}

export function writeTextFile(
  path: string | URL,
  text: string,
  options: Deno.WriteFileOptions = {},
): Promise<void> {
  return asDenoLater(fs.promises.writeFile(path, text, writingOf(options)));
}

function writingOf({ createNew, mode }: Deno.WriteFileOptions) {
  return { flag: createNew ? "wx" : "w", ...(mode === undefined ? {} : { mode }) };
}

export function removeSync(path: string | URL): void {
  asDeno(() => fs.unlinkSync(path));
}

export function renameSync(from: string | URL, to: string | URL): void {
  asDeno(() => fs.renameSync(from, to));
}

export function chmodSync(path: string | URL, mode: number): void {
  asDeno(() => fs.chmodSync(path, mode));
}

export function chmod(path: string | URL, mode: number): Promise<void> {
  return asDenoLater(fs.promises.chmod(path, mode));
}

/** The number by which the kernel keeps a user or group as it is. */
const UNCHANGED = -1;

export function chownSync(path: string | URL, user: number | null, group: number | null): void {
  asDeno(() => fs.chownSync(path, user ?? UNCHANGED, group ?? UNCHANGED));
}
