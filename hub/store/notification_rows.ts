/** Which routes were told of an incident, and for which the message is held. */

import type { Route } from "../../core/alerting/policy/route.ts";
import { type Database, numberOrNone } from "./database/database.ts";

/** What the people of a route know of an incident whose end they have not been told. */
export interface Notified {
  readonly route: string;
  /** Calendar time in ms; `undefined` while the message is held. */
  readonly atMs: number | undefined;
}

export class NotificationRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The message is in the outbox, or the reminder of it. */
  tell(incident: number, route: string, atMs: number): void {
    this.#database.run(
      `INSERT INTO told (incident, route, told_at_ms) VALUES (:incident, :route, :at)
       ON CONFLICT (incident, route) DO UPDATE SET told_at_ms = :at, settled = 0`,
      { incident, route, at: Math.round(atMs) },
    );
  }

  /** The message is due and waits for quiet hours or budget. */
  hold(incident: number, route: string): void {
    this.#database.run(
      "INSERT OR IGNORE INTO told (incident, route) VALUES (:incident, :route)",
      { incident, route },
    );
  }

  /** These people were told that incidents of a subject are over; answers the incidents. */
  settle(subject: string, route: string): readonly number[] {
    return this.#resolved(
      `route = :route AND incident IN
         (SELECT id FROM incidents WHERE subject = :subject AND recovered_at_ms IS NOT NULL)`,
      { subject, route },
    );
  }

  /** These people need not hear of any incident of a subject any more; answers the incidents. */
  release(subject: string, route: string): readonly number[] {
    return this.#resolved(
      "route = :route AND incident IN (SELECT id FROM incidents WHERE subject = :subject)",
      { subject, route },
    );
  }

  /** Nobody needs to hear of any incident of a subject any more; answers the incidents. */
  settleAll(subject: string): readonly number[] {
    return this.#resolved("incident IN (SELECT id FROM incidents WHERE subject = :subject)", {
      subject,
    });
  }

  /**
   * What people know of the former incidents of a subject they now know of its newest. Whoever was not
   * told yet hears of both.
   */
  carry(subject: string, to: number): readonly number[] {
    const older = `told_at_ms IS NOT NULL
      AND incident IN (SELECT id FROM incidents WHERE subject = :subject AND id < :to)`;
    this.#database.run(
      `INSERT INTO told (incident, route, told_at_ms)
         SELECT :to, route, max(told_at_ms) FROM told
         WHERE settled = 0 AND ${older} GROUP BY route
       ON CONFLICT (incident, route) DO UPDATE SET told_at_ms = excluded.told_at_ms`,
      { subject, to },
    );
    return this.#resolved(older, { subject, to });
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
    // What is known counts for more than what is held.
    for (const what of ["told_at_ms IS NULL", "told_at_ms IS NOT NULL"]) {
      this.#database.run(
        `UPDATE OR REPLACE told SET route = :first WHERE ${gone} AND ${what}`,
        { present, first: first.name },
      );
    }
  }

  /** What is not settled of an incident. */
  of(incident: number): readonly Notified[] {
    return this.#database.all(
      "SELECT route, told_at_ms FROM told WHERE incident = :incident AND settled = 0",
      { incident },
    ).map((row) => ({ route: String(row.route), atMs: numberOrNone(row.told_at_ms) }));
  }

  #resolved(where: string, values: Readonly<Record<string, string | number>>): readonly number[] {
    return this.#database.all(
      `UPDATE told SET settled = 1 WHERE settled = 0 AND ${where} RETURNING incident`,
      values,
    ).map((row) => Number(row.incident));
  }
}
