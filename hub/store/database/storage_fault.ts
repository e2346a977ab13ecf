/** Why the file of the database cannot be used, as a code. */

import { dirname } from "node:path";
import { accessAdvice, ownerOf } from "../../../io/files/file_access.ts";
import { reasonOf } from "../../../io/program/user_error.ts";
import { filesOf } from "./database_file.ts";

/**
 * `full`: no room on the disk; `read_only`: it can be read, not written; `locked`: another program holds
 * it; `damaged`: what is in it is not what was written; `deleted`, `replaced`: it is not the file any
 * more that the hub had opened; `no_answer`: whoever touches it hangs; `no_access`: it cannot be opened;
 * `io_error`: the disk fails.
 */
export type StorageCause =
  | "full"
  | "read_only"
  | "locked"
  | "damaged"
  | "deleted"
  | "replaced"
  | "no_access"
  | "no_answer"
  | "io_error";

export interface StorageFault {
  readonly cause: StorageCause;
  /** In SQLite's or the system's words. */
  readonly reason: string;
}

/** SQLite gives a code for some errors only, but its own words for each (sqlite3_errstr). */
const WORDS: readonly (readonly [RegExp, StorageCause])[] = [
  [/disk is full|no space left|quota/i, "full"],
  [/readonly database|read-only file system/i, "read_only"],
  [/database( table| schema)? is locked|locking protocol/i, "locked"],
  [/malformed|not a database/i, "damaged"],
  [/unable to open database file|permission denied|access permission denied/i, "no_access"],
  [/disk i\/o error|input\/output error/i, "io_error"],
];

/** The system's own codes. */
const CODES: ReadonlyMap<string, StorageCause> = new Map([
  ["ENOSPC", "full"],
  ["EDQUOT", "full"],
  ["EROFS", "read_only"],
  ["EIO", "io_error"],
]);
/** More than the index of a journal needs. */
const PROBE_BYTES = 65_536;

/** What an error says of the file; `undefined` for one that has another cause, such as a wrong statement. */
export function storageFaultOf(error: unknown): StorageFault | undefined {
  const reason = reasonOf(error);
  const cause = WORDS.find(([words]) => words.test(reason))?.[1];
  if (cause !== undefined) return { cause, reason };
  return isSystemError(error) ? { cause: "io_error", reason } : undefined;
}

/**
 * What SQLite cannot open, write or lock may be a file that root has made, or lie on a disk that has no
 * room for the index of its journal, or is read-only: the system's own words are better.
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

/** Why nothing at all can be written beside the file. */
function faultOfFolder(path: string): StorageCause | undefined {
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
      // It could not be made.
    }
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" &&
    /^E[A-Z]+$/.test(error.code);
}
