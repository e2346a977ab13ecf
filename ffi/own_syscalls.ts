/** How this program reaches the kernel: through the C library, or through what its runtime offers. */
import { Libc } from "./libc.ts";
import { hasRawSyscalls, RawSyscalls, type SyscallAddon } from "./raw_syscalls.ts";
import type { Syscalls } from "./syscalls.ts";

/** A user by numbers. */
export interface UserNumbers {
  readonly user: number;
  readonly group: number;
  /** All groups of the user. */
  readonly groups: readonly number[];
}

/** What a runtime that cannot load libraries offers instead. */
export interface KernelAccess extends SyscallAddon {
  /** Switches all threads to another user. Throws when the kernel refuses. */
  becomeUser(numbers: UserNumbers): void;
}

/** The global by which `node/syscalls/` offers it. */
const KERNEL_ACCESS = Symbol.for("rpi-cluster-alert.kernel-access");

/** Returns what the runtime offers; undefined where libraries can be loaded. */
export function offeredAccess(): KernelAccess | undefined {
  const offered: KernelAccess | undefined = Reflect.get(globalThis, KERNEL_ACCESS);
  return offered;
}

/** Opens the system calls of this program. The caller disposes them. Throws as `new Libc()`. */
export function openSyscalls(): Syscalls {
  const offered = offeredAccess();
  const architecture: string = Deno.build.arch;
  if (offered === undefined || !hasRawSyscalls(architecture)) return new Libc();
  return new RawSyscalls(offered, architecture);
}
