/** The tables, grouped by where they are kept. */

/** A table, and the column that defines the order of its rows. */
export interface Table {
  readonly name: string;
  readonly key: string;
}

/** `hub enrol` and `hub revoke` write these too. */
const SHARED = ["nodes", "names", "facts"];
export const SHARED_TABLES: readonly Table[] = SHARED.map((name) => ({ name, key: "rowid" }));

/**
 * The data for the hub's decisions, kept in memory and written through to the file. A table follows
 * those that it refers to.
 */
export const LIVE_TABLES: readonly Table[] = [
  ...SHARED,
  "maintenance",
  "silences",
  "sessions",
  "sights",
  "pulse",
  "incidents",
  "told",
  "outbox",
  "outbox_incidents",
  "alert_items",
  "outbox_items",
  "calendar",
  "instant_marks",
].map((name) => ({ name, key: "rowid" }));

/** Data for the page only, too large for memory: only the file has it. */
export const TRANSITIONS: Table = { name: "transitions", key: "rowid" };
export const VITALS_TABLES: readonly Table[] = [
  { name: "vitals_means", key: "rowid" },
  { name: "vitals_hours", key: "rowid" },
  { name: "vitals_minutes", key: "rowid" },
  { name: "vitals_heard", key: "at_s" },
];
