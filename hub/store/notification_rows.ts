/** Which routes were notified of an incident, and for which a message is deferred. */

import type { Route } from "../../core/alerting/policy/route.ts";
import { type Database, numberOrNone } from "./database/database.ts";

/** What the people of a route know of an incident of which they still have to hear. */
export interface Notified {
  readonly route: string;
  /** Calendar time in ms; `undefined` while the message is deferred. */
  readonly atMs: number | undefined;
}

/** Repeats what the policy decides, row by row; an incident that was removed meanwhile has no row. */
export class NotificationRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The message is in the outbox, or the reminder of it. */
  notify(incident: number, route: string, atMs: number): void {
    this.#set(incident, route, Math.round(atMs));
  }

  /** The message is due and waits for quiet hours or budget. */
  defer(incident: number, route: string): void {
    this.#set(incident, route, null);
  }

  /** These people, or all where no route is named, need no message of the incident any more. */
  resolve(incident: number, route?: string): void {
    this.#database.run(
      `UPDATE told SET settled = 1 WHERE incident = :incident AND settled = 0
         AND (:route IS NULL OR route = :route)`,
      { incident, route: route ?? null },
    );
  }

  /**
   * Names of routes that are gone: where the same incident is known by a present name, those people are
   * gone, too; otherwise it is the first present route that was called so. Those who are called up
   * beside the others inherit nothing from them.
   */
  rename(routes: readonly Pick<Route, "name" | "skipsAcknowledged">[]): void {
    const heirs = routes.filter(({ skipsAcknowledged }) => !skipsAcknowledged);
    const [first] = heirs;
    if (first === undefined) return;
    const namesOf = (some: typeof routes) => JSON.stringify(some.map(({ name }) => name));
    const present = namesOf(routes);
    const gone = "settled = 0 AND route NOT IN (SELECT value FROM json_each(:present))";
    this.#database.run(
      `UPDATE told SET settled = 1 WHERE ${gone} AND EXISTS (SELECT 1 FROM told AS other
         WHERE other.incident = told.incident
         AND other.route IN (SELECT value FROM json_each(:heirs)))`,
      { present, heirs: namesOf(heirs) },
    );
    // What is known counts for more than what is deferred.
    for (const what of ["told_at_ms IS NULL", "told_at_ms IS NOT NULL"]) {
      this.#database.run(
        `UPDATE OR REPLACE told SET route = :first WHERE ${gone} AND ${what}`,
        { present, first: first.name },
      );
    }
  }

  /** What is not resolved of an incident. */
  of(incident: number): readonly Notified[] {
    return this.#database.all(
      "SELECT route, told_at_ms FROM told WHERE incident = :incident AND settled = 0",
      { incident },
    ).map((row) => ({ route: String(row.route), atMs: numberOrNone(row.told_at_ms) }));
  }

  #set(incident: number, route: string, atMs: number | null): void {
    this.#database.run(
      `INSERT INTO told (incident, route, told_at_ms) SELECT id, :route, :at FROM incidents
         WHERE id = :incident
       ON CONFLICT (incident, route) DO UPDATE SET told_at_ms = :at, settled = 0`,
      { incident, route, at: atMs },
    );
  }
}
