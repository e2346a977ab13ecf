/** Single facts that outlive the hub, by name. */

import { type Database, textOrNone } from "./database/database.ts";

export class FactRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  get(name: string): string | undefined {
    return textOrNone(
      this.#database.get("SELECT value FROM facts WHERE name = :name", { name })?.value,
    );
  }

  set(name: string, value: string): void {
    this.#database.run(
      `INSERT INTO facts (name, value) VALUES (:name, :value)
       ON CONFLICT (name) DO UPDATE SET value = :value`,
      { name, value },
    );
  }

  remove(name: string): void {
    this.#database.run("DELETE FROM facts WHERE name = :name", { name });
  }
}
