/** Explains with a code why the database's file cannot be used. */

import { dirname } from "node:path";
import type { HistoryFault } from "../../../core/alerting/cause.ts";
import { accessAdvice, ownerOf } from "../../../io/files/file_access.ts";
import { reasonOf } from "../../../io/program/user_error.ts";
import { filesOf } from "./database_file.ts";

export interface StorageFault {
  readonly cause: HistoryFault;
  /** The message of SQLite or the system. */
  readonly reason: string;
}

/** SQLite has a code for some errors only, but a fixed message for each (sqlite3_errstr). */
const WORDS: readonly (readonly [RegExp, HistoryFault])[] = [
  [/disk is full|no space left|quota/i, "full"],
  [/readonly database|read-only file system/i, "read_only"],
  [/database( table| schema)? is locked|locking protocol/i, "locked"],
  [/malformed|not a database/i, "damaged"],
  [/unable to open database file|permission denied|access permission denied/i, "no_access"],
  [/disk i\/o error|input\/output error/i, "io_error"],
];

/** The system's error codes. */
const CODES: ReadonlyMap<string, HistoryFault> = new Map([
  ["ENOSPC", "full"],
  ["EDQUOT", "full"],
  ["EROFS", "read_only"],
  ["EIO", "io_error"],
]);
/** Larger than the index of a journal. */
const PROBE_BYTES = 65_536;

/**
 * Returns the fault that an error means; `undefined` for an error with another cause, such as a
 * wrong statement.
 */
export function storageFaultOf(error: unknown): StorageFault | undefined {
  const reason = reasonOf(error);
  const cause = WORDS.find(([words]) => words.test(reason))?.[1];
  if (cause !== undefined) return { cause, reason };
  return isSystemError(error) ? { cause: "io_error", reason } : undefined;
}

/**
 * Finds a better reason when SQLite cannot open, write or lock a file. Root may own it, the disk
 * may have no space for the index of its journal, or it may be read-only. The system's own message
 * is more precise.
 */
export function explained(fault: StorageFault, path: string): StorageFault {
  const isClear = fault.cause !== "read_only" && fault.cause !== "no_access" &&
    fault.cause !== "io_error";
  if (isClear) return fault;
  const advice = accessAdvice(filesOf(path));
  if (advice !== undefined) return { cause: "no_access", reason: advice };
  const cause = faultOfFolder(path);
  if (cause !== undefined) return { ...fault, cause };
  if (fault.cause === "io_error") return fault;
  const folder = dirname(path);
  return { ...fault, reason: `${fault.reason}; "${folder}" belongs to ${ownerOf(folder)}` };
}

/** Returns why no file can be written beside the database. */
function faultOfFolder(path: string): HistoryFault | undefined {
  const probe = `${path}.probe`;
  try {
    Deno.writeFileSync(probe, new Uint8Array(PROBE_BYTES));
    return undefined;
  } catch (error) {
    return error instanceof Error && "code" in error ? CODES.get(String(error.code)) : undefined;
  } finally {
    try {
      Deno.removeSync(probe);
    } catch {
      // The probe file did not exist.
    }
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" &&
    /^E[A-Z]+$/.test(error.code);
}
