/** Which routes were notified of an incident, and for which a message is deferred. */

import type { Route } from "../../../core/alerting/incident/route.ts";
import { type Database, numberOrNone } from "../database/database.ts";

/** What the people of a route know about an incident that is not resolved for them. */
export interface Notified {
  readonly route: string;
  /** Wall-clock time in ms; `undefined` while the message is deferred. */
  readonly atMs: number | undefined;
}

/** Stores the policy's decisions, row by row. An incident that was removed meanwhile has no row. */
export class NotificationRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The message, or a reminder of it, is in the outbox. */
  notify(incident: number, route: string, atMs: number): void {
    this.notifyAll([incident], route, atMs);
  }

  notifyAll(incidents: readonly number[], route: string, atMs: number): void {
    this.#set(incidents, route, Math.round(atMs));
  }

  /** The message is due and waits for quiet hours or for budget. */
  defer(incident: number, route: string): void {
    this.deferAll([incident], route);
  }

  deferAll(incidents: readonly number[], route: string): void {
    this.#set(incidents, route, null);
  }

  /** This route, or every route if none is named, needs no further message about the incident. */
  resolve(incident: number, route?: string): void {
    this.resolveAll([incident], route);
  }

  resolveAll(incidents: readonly number[], route?: string): void {
    this.#database.run(
      `UPDATE told SET settled = 1 WHERE incident IN (SELECT value FROM json_each(:incidents))
         AND settled = 0 AND (:route IS NULL OR route = :route)`,
      { incidents: JSON.stringify(incidents), route: route ?? null },
    );
  }

  /**
   * Handles names of routes that no longer exist. If a present route has a row for the same
   * incident, the row of the old name is removed; otherwise the first present route that had this
   * name takes it over. Escalation routes inherit nothing.
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
    // A notification takes precedence over a deferred message.
    for (const what of ["told_at_ms IS NULL", "told_at_ms IS NOT NULL"]) {
      this.#database.run(
        `UPDATE OR REPLACE told SET route = :first WHERE ${gone} AND ${what}`,
        { present, first: first.name },
      );
    }
  }

  /** Returns the unresolved rows of an incident. */
  of(incident: number): readonly Notified[] {
    return this.#database.all(
      "SELECT route, told_at_ms FROM told WHERE incident = :incident AND settled = 0",
      { incident },
    ).map((row) => ({ route: String(row.route), atMs: numberOrNone(row.told_at_ms) }));
  }

  #set(incidents: readonly number[], route: string, atMs: number | null): void {
    this.#database.run(
      `INSERT INTO told (incident, route, told_at_ms) SELECT id, :route, :at FROM incidents
         WHERE id IN (SELECT value FROM json_each(:incidents))
       ON CONFLICT (incident, route) DO UPDATE SET told_at_ms = :at, settled = 0`,
      { incidents: JSON.stringify(incidents), route, at: atMs },
    );
  }
}
