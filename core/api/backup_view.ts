/** The nightly backups of the hub, as the API shows them. */

/** Why no backup could be made. */
export const BACKUP_FAILURES = [
  /** Too little room is free. */
  "no_room",
  /** The hub's user may not write there. */
  "forbidden",
  /** The disk can only be read. */
  "read_only",
  /** The hub does without its database at present. */
  "database",
  /** See `error`. */
  "other",
] as const;
export type BackupFailure = typeof BACKUP_FAILURES[number];

/** Instants are RFC 3339. */
export interface BackupView {
  /** The folder with the backups. */
  readonly folder: string;
  /** When the last one was made; `null` if there is none. */
  readonly last_at: string | null;
  /** Why the last attempt failed; `null` if it did not. */
  readonly failure: BackupFailure | null;
  /** The reason as the log has it; the page makes its own text of the code. */
  readonly error: string | null;
}
