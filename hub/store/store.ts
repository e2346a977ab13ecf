/** The hub's memory: nodes, transitions, incidents and the outbox in one database. */

import { Database } from "./database.ts";
import { IncidentRows } from "./incident_rows.ts";
import { NodeRows } from "./node_rows.ts";
import { OutboxRows } from "./outbox_rows.ts";

export class Store implements Disposable {
  readonly nodes: NodeRows;
  readonly incidents: IncidentRows;
  readonly outbox: OutboxRows;
  readonly #database: Database;

  /** Opens or creates the database; `:memory:` for one that is forgotten. */
  constructor(path: string) {
    this.#database = new Database(path);
    this.nodes = new NodeRows(this.#database);
    this.incidents = new IncidentRows(this.#database);
    this.outbox = new OutboxRows(this.#database);
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]();
  }

  /** Runs `write` in one transaction: all of it is on disk afterwards, or an exception undoes all. */
  transaction<T>(write: () => T): T {
    return this.#database.transaction(write);
  }
}
