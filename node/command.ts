/** Starts other programs, with the part of `Deno.Command` that agent and tracker use. */

import { Buffer } from "node:buffer";
import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { accessSync, constants as files } from "node:fs";
import { Socket } from "node:net";
import { constants as system } from "node:os";
import process from "node:process";
import type { Writable } from "node:stream";
import { ByteSource } from "./byte_source.ts";
import { asDeno, asDenoError } from "./errors.ts";

type Stdio = "piped" | "null";

/** Without a choice a program gets the streams of this one. */
export interface CommandOptions
  extends Pick<Deno.CommandOptions, "args" | "clearEnv" | "env" | "signal"> {
  readonly cwd?: string;
  readonly stdin?: Stdio;
  readonly stdout?: Stdio;
  readonly stderr?: Stdio;
}

/** `signal` is the name of the one that ended the program. */
export type Status = Omit<Deno.CommandStatus, "signal"> & { readonly signal: string | null };

/** The bytes of one piece of a program's output. */
const CHUNK_BYTES = 16_384;
/** A shell adds it to the number of the signal that ended a program. */
const ENDED_BY_SIGNAL = 128;

export class Command {
  readonly #file: string;
  readonly #options: CommandOptions;

  /** `file` is an absolute path. */
  constructor(file: string, options: CommandOptions = {}) {
    this.#file = file;
    this.#options = options;
  }

  /** Throws when the program is missing or may not be run, or when there is no room for a process. */
  spawn(): RunningCommand {
    const { args = [], clearEnv = false, env = {}, cwd, signal } = this.#options;
    // `spawn` of Node.js reports these only later.
    asDeno(() => accessSync(this.#file, files.X_OK));
    const child = spawn(this.#file, args, {
      env: clearEnv ? env : { ...process.env, ...env },
      stdio: stdioOf(this.#options),
      ...cwd === undefined ? {} : { cwd },
    });
    return new RunningCommand(child, signal);
  }

  /** Waits for the end; the program's output is piped. */
  async output(): Promise<Status & { readonly stdout: Uint8Array }> {
    const { status, stdout } = this.spawn();
    const parts: Uint8Array[] = [];
    for await (const part of stdout) parts.push(part);
    return { ...await status, stdout: Buffer.concat(parts) };
  }
}

function stdioOf({ stdin, stdout, stderr }: CommandOptions): StdioOptions {
  const of = (choice: Stdio | undefined) =>
    choice === undefined ? "inherit" : choice === "piped" ? "pipe" : "ignore";
  return [of(stdin), of(stdout), of(stderr)];
}

export class RunningCommand {
  readonly status: Promise<Status>;
  readonly #child: ChildProcess;
  readonly #stdout: ByteSource | undefined;

  /** Throws when the process could not be started. */
  constructor(child: ChildProcess, signal: AbortSignal | undefined) {
    this.#child = child;
    const { promise, resolve, reject } = Promise.withResolvers<Status>();
    this.status = promise;
    promise.catch(() => {});
    child.on("error", (error) => reject(asDenoError(error)));
    if (child.pid === undefined) throw new Error("Cannot start another process");
    const end = () => child.kill("SIGTERM");
    signal?.addEventListener("abort", end, { once: true });
    if (signal?.aborted) end();
    child.once("exit", (code, ending) => {
      signal?.removeEventListener("abort", end);
      resolve(statusOf(code, ending));
    });
    // A program that has ended does not read any more. The writer learns that from `write`.
    child.stdin?.on("error", () => {});
    // Node.js throws the output of an ended program away unless somebody reads it.
    if (child.stdout !== null) this.#stdout = new ByteSource(child.stdout);
  }

  get stdin(): WritableStream<Uint8Array> {
    return writableTo(piped(this.#child.stdin));
  }

  get stdout(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return piped(this.#stdout).toStream(CHUNK_BYTES);
  }

  /** This program waits for that one at its own end. */
  ref(): void {
    this.#child.ref();
    for (const pipe of this.#pipes()) pipe.ref();
  }

  /** This program ends without waiting for that one. */
  unref(): void {
    this.#child.unref();
    for (const pipe of this.#pipes()) pipe.unref();
  }

  #pipes(): readonly Socket[] {
    return this.#child.stdio.filter((stream) => stream instanceof Socket);
  }
}

function piped<Stream>(stream: Stream | null | undefined): Stream {
  if (stream === null || stream === undefined) throw new TypeError("This stream is not piped");
  return stream;
}

function statusOf(code: number | null, ending: NodeJS.Signals | null): Status {
  if (ending === null) return { success: code === 0, code: code ?? 0, signal: null };
  const number = system.signals[ending];
  return { success: false, code: ENDED_BY_SIGNAL + number, signal: ending };
}

function writableTo(stream: Writable): WritableStream<Uint8Array> {
  return new WritableStream({
    write: (bytes) =>
      new Promise((resolve, reject) =>
        stream.write(bytes, (error) => error ? reject(asDenoError(error)) : resolve())
      ),
    close: () => new Promise((resolve) => stream.end(resolve)),
  });
}
