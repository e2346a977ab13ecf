/** Takes over the row of `pulse` from a run that ended, perhaps by a power cut: see `PulseRows`. */

import { unpackColumns } from "../../../core/history/packed_columns.ts";
import type { Database, Row } from "./database.ts";

/**
 * Moves its values to the tables of nodes, sights and the wall clock, where later runs read them. The
 * row is then empty and belongs to this run. Call this in a transaction, before anything is read.
 * `lastChangeMs` is the wall-clock time of the last transition of this boot.
 */
export function settlePulse(database: Database, lastChangeMs?: number): void {
  const row = database.get("SELECT * FROM pulse", {});
  database.run("INSERT OR IGNORE INTO pulse (id, heard) VALUES (1, x'')", {});
  if (row === undefined) return;
  for (const [node, at] of heardOf(row)) {
    // After a change the node's own row is newer.
    database.run(
      "UPDATE nodes SET last_heard_ms = max(coalesce(last_heard_ms, :at), :at) WHERE id = :node",
      { node, at },
    );
  }
  if (typeof row.sight === "number") {
    // A hub that recorded a change did see its cluster at that time.
    const seen = Math.max(Number(row.seen_ms), lastChangeMs ?? -Infinity);
    database.run("UPDATE sights SET to_ms = max(to_ms, :seen) WHERE id = :sight", {
      sight: row.sight,
      seen,
    });
  }
  if (typeof row.up_ms === "number") {
    database.run("UPDATE calendar SET up_ms = max(up_ms, :up)", { up: row.up_ms });
  }
  database.run(
    `UPDATE pulse SET heard = x'', heard_at_ms = NULL, sight = NULL, seen_ms = NULL, up_ms = NULL`,
    {},
  );
}

function* heardOf({ heard, heard_at_ms: at }: Row): Generator<readonly [string, number]> {
  if (!(heard instanceof Uint8Array) || typeof at !== "number") return;
  try {
    for (const [node, [age]] of unpackColumns(heard)) {
      if (typeof age === "number") yield [node, at - age];
    }
  } catch (error) {
    // The row is damaged. The nodes' own rows have older signs of life.
    if (!(error instanceof RangeError)) throw error;
  }
}
