/** Lists all wall-clock instants in the database, and marks those that the present boot wrote. */

import type { Database } from "./database.ts";

/** A table with instants. */
export interface InstantTable {
  readonly table: string;
  /** The SQL expression that identifies a row. `row` is empty, or `NEW.` or `OLD.` in a trigger. */
  readonly key: (row: string) => string;
  readonly columns: readonly string[];
}

const byId = (row: string) => `CAST(${row}id AS TEXT)`;
const byNode = (row: string) => `${row}node`;

/**
 * In milliseconds. There are too many transitions and vitals to mark each one: see `WallClockRows`.
 */
export const INSTANTS: readonly InstantTable[] = [
  { table: "nodes", key: byId, columns: ["since_ms", "last_heard_ms", "back_by_ms"] },
  { table: "pulse", key: byId, columns: ["seen_ms", "heard_at_ms"] },
  { table: "sights", key: byId, columns: ["run_ms", "from_ms", "to_ms"] },
  {
    table: "incidents",
    key: byId,
    columns: [
      "died_at_ms",
      "last_heard_ms",
      "promised_at_ms",
      "told_at_ms",
      "recovered_at_ms",
      "acknowledged_at_ms",
    ],
  },
  {
    table: "told",
    key: (row) => `${row}incident || ' ' || ${row}route`,
    columns: ["told_at_ms"],
  },
  { table: "outbox", key: byId, columns: ["created_at_ms", "due_at_ms", "accepted_at_ms"] },
  { table: "alert_items", key: byId, columns: ["at_ms"] },
  { table: "maintenance", key: byNode, columns: ["since_ms", "until_ms"] },
  { table: "silences", key: byNode, columns: ["since_ms", "until_ms"] },
  { table: "sessions", key: byId, columns: ["created_at_ms", "last_seen_ms"] },
];

/** Facts whose text is an instant. */
export const INSTANT_FACTS: readonly string[] = ["self_test_at"];

/** An instant that is written again may differ by rounding and still be the same. */
const SAME_MS = 10;

/**
 * Marks each instant that any statement writes from now on, so that no code can forget it. The
 * triggers exist only in this connection. A deleted row also deletes its marks.
 */
export function markInstants(database: Pick<Database, "run">): void {
  for (const { table, key, columns } of INSTANTS) {
    const mark = (column: string, when: string) =>
      markOf({ table, column, row: key("NEW."), when });
    trigger(database, `mark_new_${table}`, `AFTER INSERT ON ${table}`, [
      ...columns.map((column) => mark(column, `NEW.${column} IS NOT NULL`)),
    ]);
    // One trigger for each column, because most updates set one of them or none.
    for (const column of columns) {
      const isOther = `NEW.${column} IS NOT NULL AND
        (OLD.${column} IS NULL OR abs(NEW.${column} - OLD.${column}) > ${SAME_MS})`;
      const on = `AFTER UPDATE OF ${column} ON ${table}`;
      trigger(database, `mark_${table}_${column}`, on, [mark(column, isOther)]);
    }
    trigger(database, `unmark_${table}`, `AFTER DELETE ON ${table}`, [
      `DELETE FROM instant_marks WHERE of_table = '${table}' AND of_row = ${key("OLD.")};`,
    ]);
  }
  const names = INSTANT_FACTS.map((name) => `'${name}'`).join(", ");
  for (const event of ["INSERT", "UPDATE"]) {
    const on = `AFTER ${event} ON facts WHEN NEW.name IN (${names})`;
    trigger(database, `mark_facts_${event}`, on, [
      markOf({ table: "facts", column: "value", row: "NEW.name", when: "true" }),
    ]);
  }
}

/** Moves the marked instants, in the caller's transaction. */
export function moveMarkedInstants(database: Database, byMs: number): void {
  const values = { by: Math.round(byMs) };
  for (const { table, key, columns } of INSTANTS) {
    for (const column of columns) {
      database.run(
        `UPDATE ${table} SET ${column} = ${column} + :by WHERE ${column} < ${NEVER_MS} AND
           ${key("")} IN (SELECT of_row FROM instant_marks
             WHERE of_table = '${table}' AND of_column = '${column}')`,
        values,
      );
    }
  }
  database.run(
    `UPDATE facts SET value = CAST(CAST(value AS INTEGER) + CAST(:by AS INTEGER) AS TEXT) WHERE name IN
       (SELECT of_row FROM instant_marks WHERE of_table = 'facts')`,
    values,
  );
}

interface Mark {
  readonly table: string;
  readonly column: string;
  readonly row: string;
  readonly when: string;
}

/** It does not use OR IGNORE, because the outer statement decides how a trigger handles conflicts. */
function markOf({ table, column, row, when }: Mark): string {
  return `INSERT INTO instant_marks (of_table, of_column, of_row)
    SELECT '${table}', '${column}', ${row} WHERE (${when}) AND NOT EXISTS (SELECT 1
      FROM instant_marks WHERE of_table = '${table}' AND of_column = '${column}' AND of_row = ${row});`;
}

function trigger(
  database: Pick<Database, "run">,
  name: string,
  on: string,
  statements: readonly string[],
): void {
  database.run(
    `CREATE TEMP TRIGGER IF NOT EXISTS ${name} ${on} BEGIN ${statements.join("\n")} END`,
    {},
  );
}

/** A due time that never comes: the last instant of a JavaScript date. */
export const NEVER_MS = 8.64e15;
