/** Offers the system calls of `syscalls.node` to `ffi/`. */

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The global that `ffi/own_syscalls.ts` reads. */
const KERNEL_ACCESS = Symbol.for("rpi-cluster-alert.kernel-access");

/** Where packages put it beside the bundle, and where `task syscalls` does. */
const PLACES = ["syscalls.node", `syscalls/${process.platform}-${process.arch}/syscalls.node`];

interface UserNumbers {
  readonly user: number;
  readonly group: number;
  readonly groups: readonly number[];
}

/** Makes the offer when the addon is there. A program that cannot load it goes on without GPIO. */
export function offerAddon(): void {
  const path = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)))
    .find((path) => existsSync(path));
  if (path === undefined) return;
  try {
    const { call, wait } = createRequire(import.meta.url)(path);
    Reflect.set(globalThis, KERNEL_ACCESS, { call, wait, becomeUser });
  } catch (error) {
    console.error(`Cannot load ${path}: ${error instanceof Error ? error.message : error}`);
  }
}

/** By the C library of Node.js, which tells all threads. */
function becomeUser({ user, group, groups }: UserNumbers): void {
  process.setgroups?.([...groups]);
  process.setgid?.(group);
  process.setuid?.(user);
}
