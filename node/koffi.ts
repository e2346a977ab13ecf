/** Loads koffi, which calls functions of C libraries. It is a native file beside the bundle. */

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import * as os from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** A function of a library. Pointers are opaque; `null` is C's NULL. */
export interface KoffiFunction {
  (...args: readonly unknown[]): unknown;
  async(...args: readonly unknown[]): void;
}

/** The part of koffi that is used. */
export interface Koffi {
  load(path: string): KoffiLibrary;
}

export interface KoffiLibrary {
  func(name: string, result: string, parameters: readonly string[]): KoffiFunction;
  unload(): void;
}

/** Where packages put it, and where `task bundle` does, for each machine. */
const PLACES = ["koffi.node", `koffi/${process.platform}-${process.arch}/koffi.node`];

let loaded: Koffi | undefined;

/** Returns koffi. Throws an Error that names the places where it was looked for. */
export function loadKoffi(): Koffi {
  loaded ??= load();
  return loaded;
}

/** Returns whether there is a koffi for this processor. */
export function hasKoffi(): boolean {
  // Its code for ARM is ARMv7, of which an ARMv6 ends the program.
  return !os.machine().startsWith("armv6") && paths().some((path) => existsSync(path));
}

function load(): Koffi {
  const path = hasKoffi() ? paths().find((path) => existsSync(path)) : undefined;
  if (path === undefined) {
    throw new Error(
      `Node.js cannot call C libraries without koffi; looked for ${paths().join(", ")}`,
    );
  }
  const koffi: Koffi = createRequire(import.meta.url)(path);
  return koffi;
}

function paths(): readonly string[] {
  return PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
}
