/** `Deno.dlopen`, made of koffi. */

import { existsSync } from "node:fs";
import { type KoffiFunction, loadKoffi } from "./koffi.ts";

/** The part of a function's description that `ffi/` uses. */
interface Signature {
  readonly name?: string;
  readonly parameters: readonly Deno.NativeType[];
  readonly result: Deno.NativeResultType;
  readonly nonblocking?: boolean;
}

export type Signatures = Readonly<Record<string, Signature>>;

export interface OpenedLibrary {
  readonly symbols: Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;
  close(): void;
}

/** C's types by Deno's names. */
const C_TYPES: Readonly<Record<string, string>> = {
  bool: "bool",
  buffer: "void *",
  i32: "int32_t",
  i64: "int64_t",
  isize: "intptr_t",
  pointer: "void *",
  u32: "uint32_t",
  u64: "uint64_t",
  usize: "size_t",
  void: "void",
};

/** Deno returns these as BigInt, whatever their value. */
const BIG: ReadonlySet<unknown> = new Set(["i64", "isize", "u64", "usize"]);

/** Throws an Error with the words of Deno when there is no such library. */
export function dlopen(path: string, signatures: Signatures): OpenedLibrary {
  if (!existsSync(path)) {
    throw new Error(`Could not open library: ${path}: No such file or directory`);
  }
  const library = loadKoffi().load(path);
  const symbols = Object.entries(signatures).map(([key, signature]) => {
    const { name = key, parameters, result } = signature;
    const called = library.func(name, cType(result), parameters.map(cType));
    return [key, signature.nonblocking ? later(called, result) : atOnce(called, result)] as const;
  });
  return { symbols: Object.fromEntries(symbols), close: () => library.unload() };
}

function atOnce(called: KoffiFunction, result: Deno.NativeResultType) {
  return (...args: readonly unknown[]) => answerOf(called(...args.map(argumentOf)), result);
}

/** On a thread of Node.js's pool, which has four. */
function later(called: KoffiFunction, result: Deno.NativeResultType) {
  return (...args: readonly unknown[]): Promise<unknown> => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    called.async(...args.map(argumentOf), (error: unknown, answer: unknown) => {
      if (error) reject(error);
      else resolve(answerOf(answer, result));
    });
    return promise;
  };
}

/** koffi passes the memory of bytes itself, but that of other views as a copy. */
function argumentOf(value: unknown): unknown {
  if (!ArrayBuffer.isView(value)) return value;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function answerOf(value: unknown, result: Deno.NativeResultType): unknown {
  return BIG.has(result) && typeof value === "number" ? BigInt(value) : value;
}

function cType(type: Deno.NativeResultType): string {
  const found = typeof type === "string" ? C_TYPES[type] : undefined;
  if (found === undefined) throw new TypeError(`There is no C type for ${JSON.stringify(type)}`);
  return found;
}
