/** The tables by the way in which they are kept. */

/** A table, and the column by which it is read in order. */
export interface Table {
  readonly name: string;
  readonly key: string;
}

/** What `hub enrol` and `hub revoke` write, too. */
const SHARED = ["nodes", "names", "facts"];
export const SHARED_TABLES: readonly Table[] = SHARED.map((name) => ({ name, key: "rowid" }));

/**
 * What the hub decides by: held in memory, written through to the file. A table comes after those that
 * it refers to.
 */
export const LIVE_TABLES: readonly Table[] = [
  ...SHARED,
  "maintenance",
  "silences",
  "sessions",
  "sights",
  "incidents",
  "told",
  "outbox",
  "outbox_incidents",
  "calendar",
  "instant_marks",
].map((name) => ({ name, key: "rowid" }));

/** What only the page asks for, too much to be held in memory: the file alone has it. */
export const TRANSITIONS: Table = { name: "transitions", key: "rowid" };
export const VITALS_TABLES: readonly Table[] = [
  { name: "vitals_means", key: "rowid" },
  { name: "vitals_heard", key: "at_s" },
];
