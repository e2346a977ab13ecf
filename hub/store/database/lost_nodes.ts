/**
 * Restores nodes whose rows were damaged. Their transitions are stored elsewhere and show which
 * nodes were watched.
 */

import type { Connection } from "./connection.ts";
import { rowsOf } from "./salvage.ts";
import { TRANSITIONS } from "./tables.ts";

/** The default heartbeat interval of an agent, until it is heard again. */
const EVERY_MS = 1000;
const RECONNECT_MS = 2000;
const COLUMNS = ["node", "to_liveness", "at_ms"];

/**
 * Adds the nodes that the file's transitions name but memory lacks: nobody would notice the death
 * of a forgotten node. The node itself announces everything else when it is heard.
 */
export function restoreNodes(file: Connection, memory: Connection): void {
  for (const [id, { liveness, sinceMs }] of lastSeen(file)) {
    // Removed on purpose.
    if (liveness === "unknown") continue;
    memory.run(
      `INSERT OR IGNORE INTO nodes (id, name, facts, liveness, expected, since_ms, every_ms, reconnect_ms)
       VALUES (:id, (SELECT name FROM incidents WHERE node = :id ORDER BY id DESC LIMIT 1), '{}',
         :liveness, 1, :since, ${EVERY_MS}, ${RECONNECT_MS})`,
      { id, liveness, since: sinceMs },
    );
  }
}

function lastSeen(file: Connection) {
  const nodes = new Map<string, { readonly liveness: string; readonly sinceMs: number }>();
  for (const piece of rowsOf(file, TRANSITIONS, COLUMNS)) {
    if (piece.kind === "damage") continue;
    for (const [node, liveness, atMs] of piece.rows) {
      if (typeof node !== "string" || typeof liveness !== "string") continue;
      nodes.set(node, { liveness, sinceMs: Number(atMs) });
    }
  }
  return nodes;
}
