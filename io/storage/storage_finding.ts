/** Interprets the answer of a storage shell. */

import type { StorageFinding } from "../../core/protocol/storage.ts";
import type { ShellAnswer } from "./storage_shell.ts";

/** The C library's messages for errors of a device or of a damaged file system. */
const DEVICE_ERRORS: ReadonlySet<string> = new Set([
  "Input/output error",
  "Remote I/O error",
  "Structure needs cleaning",
  "Bad message",
  "No such device",
  "No such device or address",
  "No medium found",
  "Connection timed out",
]);
/** Its messages for a machine without free processes or memory. */
const NO_PROCESS: ReadonlySet<string> = new Set([
  "Cannot allocate memory",
  "Resource temporarily unavailable",
  "Cannot fork",
]);
/** 128 and SIGBUS: a page of the program itself could not be read from the disk. */
const BUS_ERROR = 128 + 7;

/**
 * Interprets a read or a write. An answer that does not come from the device is not a fault: a
 * missing tool, a file system without direct reads, a full disk, a file of another user.
 */
export function findingOf({ code, words }: ShellAnswer): StorageFinding {
  if (code === 0) return words === "" ? "ok" : "lost_write";
  if (code === BUS_ERROR || DEVICE_ERRORS.has(words)) return "errors";
  return NO_PROCESS.has(words) ? "no_process" : "not_known";
}

/** Interprets a shell that could not be started. */
export function startFinding(error: unknown): StorageFinding {
  const isMissing = error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable;
  return isMissing ? "not_known" : "no_process";
}
