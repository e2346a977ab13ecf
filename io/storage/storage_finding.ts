/** What the answer of a storage shell means. */

import type { StorageFinding } from "../../core/protocol/storage.ts";
import type { ShellAnswer } from "./storage_shell.ts";

/** As the C library calls what a device, or a file system that found it broken, makes of a request. */
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
/** As it calls a machine that has no process or memory left. */
const NO_PROCESS: ReadonlySet<string> = new Set([
  "Cannot allocate memory",
  "Resource temporarily unavailable",
  "Cannot fork",
]);
/** 128 and SIGBUS: a page of the program itself could not be read from the disk. */
const BUS_ERROR = 128 + 7;

/**
 * Of a read or a write. What is no word of the device is no fault: a missing tool, a file system
 * without direct reads, a full disk, a file of somebody else.
 */
export function findingOf({ code, words }: ShellAnswer): StorageFinding {
  if (code === 0) return words === "" ? "ok" : "lost_write";
  if (code === BUS_ERROR || DEVICE_ERRORS.has(words)) return "errors";
  return NO_PROCESS.has(words) ? "no_process" : "not_known";
}

/** Of a shell that could not be started. */
export function startFinding(error: unknown): StorageFinding {
  const isMissing = error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable;
  return isMissing ? "not_known" : "no_process";
}
