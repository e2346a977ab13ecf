/** The content of the outbox's messages as data: what was decided, and which part reached whom. */

import type { Alert } from "../../core/alerting/alert.ts";
import { currentAlert, type DecidedAlert } from "../../core/alerting/pending_alert.ts";
import type { Database } from "./database/database.ts";
import { NEVER_MS } from "./database/instants.ts";
import { type Address, type OutboxRow, outboxRows } from "./outbox_row.ts";

/** So many of the latest messages to a recipient show what that recipient was notified of. */
const NOTIFICATION_ROWS_MAX = 1_000;

export class AlertRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * What a message and those that join it tell by now, with what came of it by all that was decided for
   * the route since, whatever became of those messages: a death that is over would be old news.
   * `undefined` for a text of its own.
   */
  current(row: OutboxRow, joining: readonly OutboxRow[] = []): Alert | undefined {
    const [waiting, ...others] = this.#decided([row, ...joining]);
    if (row.alert === undefined || waiting === undefined) return undefined;
    const position = others.reduce((least, one) => Math.min(least, one.position), waiting.position);
    const later = outboxRows(
      this.#database,
      "WHERE id > :position AND route = :route AND alert IS NOT NULL ORDER BY id",
      { route: row.route, position },
    );
    // A decision says what its route knew; a message that was changed, what its recipient did.
    const inOrder = later.toSorted((a, b) => Number(isDecision(b)) - Number(isDecision(a)));
    return currentAlert(waiting, { joining: others, decided: this.#decided(inOrder) });
  }

  /** Messages to a recipient that arrived or may still arrive. */
  hopeful(address: Address): readonly OutboxRow[] {
    return this.#to(address, "state IN ('pending', 'accepted', 'delivered')");
  }

  /** Messages to a recipient that the provider refused. */
  refused(address: Address): readonly OutboxRow[] {
    return this.#to(address, `state = 'refused' AND due_at_ms >= ${NEVER_MS}`);
  }

  /** Pending messages about a node that the provider certainly does not have. */
  waitingAbout(node: string): readonly OutboxRow[] {
    return outboxRows(
      this.#database,
      `WHERE state = 'pending' AND uncertain = 0 AND EXISTS (SELECT 1
         FROM json_each(outbox.alert, '$.notices') AS one
         WHERE :node IN (json_extract(one.value, '$.node'),
           json_extract(one.value, '$.subject.node'))) ORDER BY id`,
      { node },
    );
  }

  /**
   * Removes what messages told, as data, where they were enqueued before `atMs` and nothing depends on
   * it: the message is settled, and none of its route that is not could be outdated by it. A message
   * that was never rendered, as it was merged before, has nothing but its alert to say what it told.
   */
  forget(atMs: number): void {
    const oldestMs = new Map(
      this.#database.all(
        `SELECT route, min(json_extract(alert, '$.atMs')) AS at FROM outbox WHERE alert IS NOT NULL
           AND (state = 'pending' OR state = 'accepted' AND due_at_ms < ${NEVER_MS}) GROUP BY route`,
        {},
      ).map((row) => [String(row.route), Number(row.at)]),
    );
    const routes = this.#database.all(
      "SELECT DISTINCT route FROM outbox WHERE alert IS NOT NULL AND created_at_ms < :at",
      { at: Math.round(atMs) },
    );
    for (const route of routes.map((row) => String(row.route))) {
      this.#database.run(
        `UPDATE outbox SET alert = NULL WHERE alert IS NOT NULL AND route = :route
           AND created_at_ms < :at AND state <> 'pending' AND text <> ''
           AND (state <> 'accepted' OR due_at_ms >= ${NEVER_MS})
           AND json_extract(alert, '$.atMs') < :oldest`,
        { route, at: Math.round(atMs), oldest: oldestMs.get(route) ?? NEVER_MS },
      );
    }
  }

  /**
   * The alerts of some messages of one route, with their places: each that of its own decision, or of
   * the latest news that joined it. Such a message may be the only one that still has the decision with
   * which it began.
   */
  #decided(rows: readonly OutboxRow[]): readonly DecidedAlert[] {
    const changed = rows.filter((row) => row.alert !== undefined && !isDecision(row));
    const firstIds = this.#firstIds(changed);
    return rows.flatMap((row) => {
      const { id, alert } = row;
      if (alert === undefined) return [];
      const position = isDecision(row) ? id : firstIds.get(Math.round(alert.atMs)) ?? id;
      return [{ alert, position }];
    });
  }

  /** By the instant of a decision, the id of the first message about it. */
  #firstIds(rows: readonly OutboxRow[]): ReadonlyMap<number, number> {
    const [first] = rows;
    if (first === undefined) return new Map();
    const instants = rows.flatMap(({ alert }) => alert === undefined ? [] : Math.round(alert.atMs));
    const found = this.#database.all(
      `SELECT created_at_ms AS at, min(id) AS id FROM outbox WHERE route = :route
         AND created_at_ms IN (SELECT value FROM json_each(:instants)) GROUP BY created_at_ms`,
      { route: first.route, instants: JSON.stringify(instants) },
    );
    return new Map(found.map(({ at, id }) => [Number(at), Number(id)]));
  }

  #to({ route, channel, recipient }: Address, which: string): readonly OutboxRow[] {
    return outboxRows(
      this.#database,
      `WHERE route = :route AND channel = :channel AND recipient = :recipient AND ${which}
       ORDER BY id DESC LIMIT ${NOTIFICATION_ROWS_MAX}`,
      { route, channel, recipient },
    );
  }
}

/** The message was enqueued when its alert was decided, not when another one failed. */
function isDecision({ alert, createdAtMs }: OutboxRow): boolean {
  return alert !== undefined && Math.round(alert.atMs) === createdAtMs;
}
