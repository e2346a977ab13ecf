/** Offers the system calls of `syscalls.node` to `ffi/`. */

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The global that `ffi/own_syscalls.ts` reads. */
const KERNEL_ACCESS = Symbol.for("rpi-cluster-alert.kernel-access");

/** The file beside the bundle. */
const ADDON = "syscalls.node";

interface UserNumbers {
  readonly user: number;
  readonly group: number;
  readonly groups: readonly number[];
}

/** Makes the offer when the addon is there. */
export function offerAddon(): void {
  const path = fileURLToPath(new URL(ADDON, import.meta.url));
  if (!existsSync(path)) return;
  const { call, wait } = createRequire(import.meta.url)(path);
  Reflect.set(globalThis, KERNEL_ACCESS, { call, wait, becomeUser });
}

/** By the C library of Node.js, which tells all threads. */
function becomeUser({ user, group, groups }: UserNumbers): void {
  process.setgroups?.([...groups]);
  process.setgid?.(group);
  process.setuid?.(user);
}
