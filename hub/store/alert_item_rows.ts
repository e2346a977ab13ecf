/** What was decided to be told, by route and in order, and which messages tell it. */

import type { Alert, AlertItem } from "../../core/alerting/alert.ts";
import { itemSubject, movedItem, newsKey } from "../../core/alerting/alert_item.ts";
import type { DecidedItem } from "../../core/alerting/pending_alert.ts";
import type { Route } from "../../core/alerting/policy/route.ts";
import type { Database } from "./database/database.ts";
import { NEVER_MS } from "./database/instants.ts";
import { type Address, decidedItemOf } from "./outbox_row.ts";

/** The limit of items that are kept beside those of pending messages; older ones are removed. */
const ITEMS_MAX = 20_000;

/** It waits, or its provider may say that it never arrived. */
const MAY_YET_BE_SENT = `state = 'pending' OR state = 'accepted' AND due_at_ms < ${NEVER_MS}`;

export class AlertItemRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Stores what an alert tells; returns the ids in its order. Instants are wall-clock time. */
  add({ route, items, common, atMs }: Alert): readonly number[] {
    const members = new Set(common?.nodes);
    const shared = common === undefined ? null : JSON.stringify({ ...common, nodes: undefined });
    const rows = items.map((item) => {
      const subject = itemSubject(item);
      const node = "node" in subject ? subject.node : "";
      const isShared = item.kind === "down" && members.has(node);
      return [newsKey(item), node, JSON.stringify(item), isShared ? shared : null];
    });
    // In one statement, because an alert may tell of thousands of nodes.
    const added = this.#database.all(
      `INSERT INTO alert_items (route, subject, node, content, common, at_ms)
       SELECT :route, value ->> 0, value ->> 1, value ->> 2, value ->> 3, :at
         FROM json_each(:rows) ORDER BY key RETURNING id`,
      { route, at: Math.round(atMs), rows: JSON.stringify(rows) },
    );
    const ids = added.map(({ id }) => Number(id)).sort((one, other) => one - other);
    this.#database.run(
      `DELETE FROM alert_items WHERE id <= :id AND id NOT IN (SELECT item FROM outbox_items
         JOIN outbox ON outbox.id = message WHERE state = 'pending')`,
      { id: Math.max(...ids, 0) - ITEMS_MAX },
    );
    return ids;
  }

  /** A message tells these, and nothing else any more. */
  link(message: number, items: readonly number[]): void {
    const values = { message, items: JSON.stringify(items) };
    const listed = "SELECT value FROM json_each(:items)";
    this.#database.run(
      `DELETE FROM outbox_items WHERE message = :message AND item NOT IN (${listed})`,
      values,
    );
    this.#database.run(
      `INSERT INTO outbox_items (message, item) SELECT :message, value FROM json_each(:items)
         WHERE NOT EXISTS (SELECT 1 FROM outbox_items WHERE message = :message AND item = value)`,
      values,
    );
  }

  /**
   * What messages of one route tell, with all that was decided for the route about the same subjects
   * since, whatever became of those messages: a death that is over would be old news.
   */
  current(messages: readonly number[]): readonly DecidedItem[] {
    return this.#database.all(
      `SELECT later.* FROM (SELECT route, subject, min(id) AS first FROM outbox_items
           JOIN alert_items ON id = item
           WHERE message IN (SELECT value FROM json_each(:messages)) AND subject <> ''
           GROUP BY route, subject) AS own
         JOIN alert_items AS later ON later.route = own.route AND later.subject = own.subject
           AND later.id >= first ORDER BY later.id`,
      { messages: JSON.stringify(messages) },
    ).map(decidedItemOf);
  }

  /** Without what a recipient was notified of, and what came before that. */
  untold(items: readonly DecidedItem[], address: Address): readonly DecidedItem[] {
    return this.#newerThan(items, address, "state IN ('accepted', 'delivered')");
  }

  /** Without what a recipient was notified of, or will be by a message that waits. */
  unpromised(items: readonly DecidedItem[], address: Address): readonly DecidedItem[] {
    return this.#newerThan(items, address, "state IN ('pending', 'accepted', 'delivered')");
  }

  /** Without what the provider refused to tell a recipient. */
  unrefused(items: readonly DecidedItem[], address: Address): readonly DecidedItem[] {
    return this.#newerThan(items, address, `state = 'refused' AND due_at_ms >= ${NEVER_MS}`);
  }

  /**
   * What was decided for a route that no longer exists was decided for the first present one, like its
   * notifications: messages that may yet be sent follow what is decided now, and can go to the other
   * channels. Escalation routes inherit nothing.
   */
  rename(routes: readonly Route[]): void {
    const heir = routes.find(({ skipsAcknowledged }) => !skipsAcknowledged);
    if (heir === undefined) return;
    const goes = "SET route = :heir WHERE route NOT IN (SELECT value FROM json_each(:present))";
    const present = JSON.stringify(routes.map(({ name }) => name));
    this.#database.run(`UPDATE alert_items ${goes}`, { heir: heir.name, present });
    this.#database.run(
      `UPDATE outbox ${goes} AND (${MAY_YET_BE_SENT})
         AND channel IN (SELECT value FROM json_each(:channels))`,
      {
        heir: heir.name,
        present,
        channels: JSON.stringify(heir.channels.map(({ name }) => name)),
      },
    );
  }

  /**
   * A node is no longer watched: nothing of it is told any more. Pending messages lose their items
   * about it, and their ids are returned. What a provider may have stays as it is, to be looked for.
   */
  withdraw(node: string): readonly number[] {
    const messages = this.#database.all(
      `DELETE FROM outbox_items WHERE item IN (SELECT id FROM alert_items WHERE node = :node)
         AND message IN (SELECT id FROM outbox WHERE state = 'pending' AND uncertain = 0)
       RETURNING message`,
      { node },
    ).map((row) => Number(row.message));
    // Items without a subject are not current any more.
    this.#database.run("UPDATE alert_items SET subject = '' WHERE node = :node", { node });
    return [...new Set(messages)].toSorted((one, other) => one - other);
  }

  /**
   * Removes what was decided before `atMs` where nothing depends on it: no message of the route that
   * may yet be sent is older. A message that was never rendered, as it was merged before, has nothing
   * but its items to say what it told.
   */
  forget(atMs: number): void {
    const old = `at_ms < :at AND id < coalesce((SELECT min(live.id)
      FROM outbox JOIN outbox_items ON message = outbox.id JOIN alert_items AS live ON live.id = item
      WHERE (${MAY_YET_BE_SENT})
        AND live.route = alert_items.route), ${NEVER_MS})`;
    const values = { at: Math.round(atMs) };
    this.#database.run(
      `DELETE FROM outbox_items WHERE item IN (SELECT id FROM alert_items WHERE ${old})
         AND message IN (SELECT id FROM outbox WHERE text <> '')`,
      values,
    );
    this.#database.run(
      `DELETE FROM alert_items WHERE ${old} AND id NOT IN (SELECT item FROM outbox_items)`,
      values,
    );
  }

  /** Moves the instants within the items that the present boot wrote. */
  move(byMs: number): void {
    const marked = this.#database.all(
      `SELECT id, content FROM alert_items WHERE id IN (SELECT CAST(of_row AS INTEGER)
         FROM instant_marks WHERE of_table = 'alert_items')`,
      {},
    );
    for (const { id, content } of marked) {
      const item: AlertItem = JSON.parse(String(content));
      const moved = movedItem(item, (atMs) => atMs + Math.round(byMs));
      this.#database.run("UPDATE alert_items SET content = :content WHERE id = :id", {
        id: Number(id),
        content: JSON.stringify(moved),
      });
    }
  }

  #newerThan(
    items: readonly DecidedItem[],
    { route, channel, recipient }: Address,
    which: string,
  ): readonly DecidedItem[] {
    const newest = new Map(
      this.#database.all(
        `SELECT subject, max(alert_items.id) AS id FROM alert_items
           CROSS JOIN outbox_items ON item = alert_items.id CROSS JOIN outbox ON outbox.id = message
         WHERE alert_items.route = :route AND channel = :channel AND recipient = :recipient
           AND ${which} GROUP BY subject`,
        { route, channel, recipient },
      ).map((row) => [String(row.subject), Number(row.id)]),
    );
    return items.filter(({ id, subject }) => id > (newest.get(subject) ?? 0));
  }
}
