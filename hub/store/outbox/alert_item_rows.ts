/** The decided alert items of each route, in order, and the messages that contain them. */

import type { Alert, AlertItem } from "../../../core/alerting/alert.ts";
import { itemSubject, movedItem, newsKey } from "../../../core/alerting/alert_item.ts";
import type { DecidedItem } from "../../../core/alerting/pending_alert.ts";
import type { Route } from "../../../core/alerting/incident/route.ts";
import type { Database } from "../database/database.ts";
import { NEVER_MS } from "../database/instants.ts";
import { type Address, decidedItemOf } from "./outbox_row.ts";

/** The limit of items that are kept beside those of pending messages; older ones are removed. */
const ITEMS_MAX = 20_000;

/** A pending message, or one that its provider may still report as not delivered. */
const MAY_YET_BE_SENT = `state = 'pending' OR state = 'accepted' AND due_at_ms < ${NEVER_MS}`;

export class AlertItemRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Stores the items of an alert. Returns their ids in the same order. Instants are wall-clock time. */
  add({ route, items, common, atMs }: Alert): readonly number[] {
    const members = new Set(common?.nodes);
    const shared = common === undefined ? null : JSON.stringify({ ...common, nodes: undefined });
    const rows = items.map((item) => {
      const subject = itemSubject(item);
      const node = "node" in subject ? subject.node : "";
      const isShared = item.kind === "down" && members.has(node);
      return [newsKey(item), node, JSON.stringify(item), isShared ? shared : null];
    });
    // One statement, because an alert may be about thousands of nodes.
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

  /** From now on a message contains exactly these items. */
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
   * Returns the items of messages of one route, and all later items of the route about the same
   * subjects. Later items count even if their messages failed, because a message must not report a
   * death that is over.
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

  /** Returns the items without those of which a recipient was notified, and without earlier ones. */
  untold(items: readonly DecidedItem[], address: Address): readonly DecidedItem[] {
    return this.#newerThan(items, address, "state IN ('accepted', 'delivered')");
  }

  /** Returns the items of which a recipient was not notified, and will not be by a pending message. */
  unpromised(items: readonly DecidedItem[], address: Address): readonly DecidedItem[] {
    return this.#newerThan(items, address, "state IN ('pending', 'accepted', 'delivered')");
  }

  /** Returns the items without those in messages to a recipient that the provider refused. */
  unrefused(items: readonly DecidedItem[], address: Address): readonly DecidedItem[] {
    return this.#newerThan(items, address, `state = 'refused' AND due_at_ms >= ${NEVER_MS}`);
  }

  /**
   * The first present route inherits the items of routes that no longer exist, like their
   * notifications. So pending messages follow later decisions, and can use the other channels.
   * Escalation routes inherit nothing.
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
   * A node is no longer watched, so nobody is notified about it any more. Removes its items from
   * pending messages and returns their ids. A message that a provider may have stays unchanged, so
   * that it can be searched for there.
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
   * Removes items from before `atMs` on which nothing depends: no older message of the route may
   * still be sent. Items of a message that was merged before it was rendered stay, because only they
   * show its content.
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

  /** Moves the instants within the items that this boot wrote. */
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
