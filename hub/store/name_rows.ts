/** The user's own names for nodes. */

import type { Database } from "./database/database.ts";

export class NameRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** By node. */
  all(): ReadonlyMap<string, string> {
    const rows = this.#database.all("SELECT node, name FROM names", {});
    return new Map(rows.map(({ node, name }) => [String(node), String(name)]));
  }

  /** `undefined` restores the node's own name. */
  set(node: string, name: string | undefined): void {
    if (name === undefined) return this.remove(node);
    this.#database.run(
      `INSERT INTO names (node, name) VALUES (:node, :name)
       ON CONFLICT (node) DO UPDATE SET name = :name`,
      { node, name },
    );
  }

  remove(node: string): void {
    this.#database.run("DELETE FROM names WHERE node = :node", { node });
  }
}
