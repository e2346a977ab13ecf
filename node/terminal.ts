/** The streams of the terminal, with the part of Deno's that agent and tracker use. */

import { writeSync } from "node:fs";
import process from "node:process";
import { isatty } from "node:tty";
import { ByteSource } from "./byte_source.ts";
import { asDeno } from "./errors.ts";

const [STDIN, STDERR] = [0, 2] as const;

let source: ByteSource | undefined;

export const stdin = {
  isTerminal: () => isatty(STDIN),
  /** Through the event loop, because a thread that waits for a person would hinder the end. */
  read(buffer: Uint8Array): Promise<number | null> {
    source ??= new ByteSource(process.stdin);
    return source.read(buffer);
  },
} satisfies Partial<typeof Deno.stdin>;

export const stderr = {
  isTerminal: () => isatty(STDERR),
  writeSync: (bytes: Uint8Array) => asDeno(() => writeSync(STDERR, bytes)),
} satisfies Partial<typeof Deno.stderr>;
