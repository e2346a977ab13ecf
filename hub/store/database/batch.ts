/** The requests from the memory's side of the store to the file's side, and the answers. */

import type { Row } from "./database.ts";
import type { Snapshot } from "./snapshot.ts";
import type { StorageFault } from "./storage_fault.ts";

/** A statement for the tables that exist only in the file. */
export interface Statement {
  readonly sql: string;
  readonly values: Row;
}

/** The changes that the file's side writes in one transaction. */
export interface Batch {
  /** The changes of the live tables since the last batch on disk, as a changeset of SQLite. */
  readonly changes: Uint8Array;
  readonly statements: readonly Statement[];
}

/** Long work of the file's side, in steps. */
export type StepWork = { readonly kind: "check" } | {
  /** Copies vitals from a file that was set aside. */
  readonly kind: "restore_vitals";
  readonly path: string;
} | {
  /** Copies the database, as it is at the first step, into an empty file. */
  readonly kind: "copy";
  readonly path: string;
};

/** A file that was replaced by a new one. */
export interface Replaced {
  readonly why: "damaged" | "deleted" | "replaced";
  /** The path of the old file, which was set aside; `undefined` if it no longer existed. */
  readonly path: string | undefined;
}

export interface CatchUp {
  readonly kind: "catch_up";
  readonly batch: Batch;
  /** All live tables. Present if the last answer asked for them. */
  readonly snapshot: Snapshot | undefined;
  /** The answer must contain the shared tables even if no other program has changed them. */
  readonly wantsShared: boolean;
}

export type FileRequest =
  | { readonly kind: "write"; readonly batch: Batch }
  /** Repairs the file if it has a fault, and checks whether other programs have changed it. */
  | CatchUp
  | { readonly kind: "step"; readonly work: StepWork }
  /** A `HistoryTask` by its name. */
  | { readonly kind: "task"; readonly name: string; readonly args: unknown }
  | { readonly kind: "close" };

export interface FileAnswer {
  /** Why the file is not up to date; `undefined` while it is. */
  readonly fault: StorageFault | undefined;
  /** The batch of the request is on disk. */
  readonly isWritten: boolean;
  /** The file can only be repaired with a snapshot. Ask again with one. */
  readonly needsSnapshot?: boolean;
  /** The file's live tables, which memory does not know yet. Merge them, and ask again. */
  readonly content?: Snapshot;
  /** The shared tables, perhaps changed by another program. */
  readonly shared?: Snapshot;
  readonly replaced?: Replaced;
  /** For a step: there is more to do. */
  readonly isMore?: boolean;
  /** For a step that cannot continue: the reason. */
  readonly error?: string;
  /** The result of a task; `undefined` when the file cannot be read. */
  readonly result?: unknown;
}

/** Where the file is: on this thread or in a worker. */
export interface FileLink {
  /** Answers arrive in the order of the requests. On the same thread they arrive during `send`. */
  send(request: FileRequest, take: (answer: FileAnswer) => void): void;
}
