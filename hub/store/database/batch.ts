/** What the part with the memory asks of the part with the file, and what that answers. */

import type { Row } from "./database.ts";
import type { Snapshot } from "./snapshot.ts";
import type { StorageFault } from "./storage_fault.ts";

/** A statement for the tables that only the file has. */
export interface Statement {
  readonly sql: string;
  readonly values: Row;
}

/** What the file takes over in one transaction. */
export interface Batch {
  /** The changes of the live tables since the last batch that is on disk: a changeset of SQLite. */
  readonly changes: Uint8Array;
  readonly statements: readonly Statement[];
}

/** Long work of the file's side that is done in steps. */
export type StepWork = { readonly kind: "check" } | {
  /** Copies vitals from a file that was set aside. */
  readonly kind: "restore_vitals";
  readonly path: string;
};

/** A file that was replaced by a new one. */
export interface Replaced {
  readonly why: "damaged" | "deleted" | "replaced";
  /** Where it was set aside; `undefined` when it was gone. */
  readonly path: string | undefined;
}

export interface CatchUp {
  readonly kind: "catch_up";
  readonly batch: Batch;
  /** All live tables; present after an answer that needs it. */
  readonly snapshot: Snapshot | undefined;
  /** Answer with the shared tables, whether or not another program has changed them. */
  readonly wantsShared: boolean;
}

export type FileRequest =
  | { readonly kind: "write"; readonly batch: Batch }
  /** Repairs the file if it has a fault, and looks whether others have changed it. */
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
  /** The file can only be mended with a snapshot: ask again with one. */
  readonly needsSnapshot?: boolean;
  /** The file's live tables, which memory does not know yet: merge them, then ask again. */
  readonly content?: Snapshot;
  /** The shared tables, perhaps changed by another program. */
  readonly shared?: Snapshot;
  readonly replaced?: Replaced;
  /** Of a step: there is more to do. */
  readonly isMore?: boolean;
  /** Of a step that cannot go on: why. */
  readonly error?: string;
  /** Of a task; `undefined` when the file cannot be read. */
  readonly result?: unknown;
}

/** Where the file is: on this thread or in a worker. */
export interface FileLink {
  /** Answers come in the order of the requests; on this thread before `send` returns. */
  send(request: FileRequest, take: (answer: FileAnswer) => void): void;
}
