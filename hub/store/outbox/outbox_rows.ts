/** The outbox: every message and its state. */

import type { ProviderFailure } from "../../../core/alerting/provider_failure.ts";
import type { DeliveryState } from "../../../core/api/delivery_view.ts";
import { type Database, rounded } from "../database/database.ts";
import { NEVER_MS } from "../database/instants.ts";
import { type Address, type NewMessage, type OutboxRow, outboxRows } from "./outbox_row.ts";

/** The limit of finished messages that are kept; older ones are removed. */
const MESSAGES_MAX = 10_000;

/** How an attempt ended, and what follows. */
export interface Outcome {
  readonly state: DeliveryState;
  /** The provider may have the message nevertheless. */
  readonly isUncertain: boolean;
  /**
   * When to try again, or to ask for its state, or when it was moved to another channel without a
   * refusal; `undefined` for never.
   */
  readonly dueAtMs: number | undefined;
  readonly lastError?: string | undefined;
  /** The reason as a code; `undefined` if it is not a failure of a provider. */
  readonly failure?: ProviderFailure | undefined;
  readonly reference?: string;
  readonly acceptedAtMs?: number;
}

export class OutboxRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Enqueues a message. Returns its id. */
  add({ route, channel, recipient, text = "", items, incidentIds, ...when }: NewMessage): number {
    const { atMs, dueAtMs = atMs } = when;
    const added = this.#database.get(
      `INSERT INTO outbox (route, channel, recipient, text, created_at_ms, due_at_ms)
       VALUES (:route, :channel, :recipient, :text, :at, :due) RETURNING id`,
      {
        route,
        channel,
        recipient,
        text,
        at: Math.round(atMs),
        due: Math.round(dueAtMs),
      },
    );
    const id = Number(added?.id);
    this.#removeBefore(id - MESSAGES_MAX);
    this.#concern(id, incidentIds);
    this.#database.run(
      "INSERT INTO outbox_items (message, item) SELECT :id, value FROM json_each(:items)",
      { id, items: JSON.stringify(items) },
    );
    return id;
  }

  /**
   * Returns the oldest pending message of each recipient, sorted by due time. Younger ones wait for
   * it, because a recovery that arrives before the death would mislead people.
   */
  next(): readonly OutboxRow[] {
    return outboxRows(
      this.#database,
      `WHERE id IN (SELECT min(id) FROM outbox WHERE state = 'pending' GROUP BY channel, recipient)
       ORDER BY due_at_ms, id`,
      {},
    );
  }

  /** Returns younger pending messages to the same recipient by the same channel and route, oldest first. */
  after({ id, channel, recipient, route }: OutboxRow): readonly OutboxRow[] {
    return outboxRows(
      this.#database,
      `WHERE id > :id AND channel = :channel AND recipient = :recipient AND route = :route
         AND state = 'pending' ORDER BY id`,
      { id, channel, recipient, route },
    );
  }

  /** Returns pending messages that none of these channels can send. */
  pendingBeside(channels: readonly string[]): readonly OutboxRow[] {
    return outboxRows(
      this.#database,
      `WHERE state = 'pending' AND channel NOT IN (SELECT value FROM json_each(:channels))
       ORDER BY id`,
      { channels: JSON.stringify(channels) },
    );
  }

  /** Returns the routes and channels of pending messages. */
  waiting(): readonly Pick<OutboxRow, "route" | "channel">[] {
    return this.#database.all(
      "SELECT DISTINCT route, channel FROM outbox WHERE state = 'pending'",
      {},
    ).map((row) => ({ route: String(row.route), channel: String(row.channel) }));
  }

  /** Makes pending messages with at least this many attempts due by `nowMs`. */
  hasten(
    { route, channel }: Pick<OutboxRow, "route" | "channel">,
    { nowMs, attemptsMin }: { readonly nowMs: number; readonly attemptsMin: number },
  ): void {
    this.#database.run(
      `UPDATE outbox SET due_at_ms = :now WHERE state = 'pending' AND due_at_ms > :now
         AND route = :route AND channel = :channel AND attempts >= :attempts`,
      { now: Math.round(nowMs), route, channel, attempts: attemptsMin },
    );
  }

  /**
   * Stores the text that is about to be sent, so that this exact text can be searched for later.
   */
  freeze(id: number, text: string): void {
    this.#database.run("UPDATE outbox SET text = :text WHERE id = :id", { id, text });
  }

  /** Stored before the request to the provider, so that a crash in between is detected. */
  beginAttempt(id: number): void {
    this.#database.run("UPDATE outbox SET attempts = attempts + 1, uncertain = 1 WHERE id = :id", {
      id,
    });
  }

  /** Message `id` also reports the content of `younger`, and takes over its incidents. */
  merge(id: number, younger: OutboxRow): void {
    this.#concern(id, younger.incidentIds);
    this.drop(younger.id, `told together with message ${id}`);
  }

  /** A pending message is not sent, because it has nothing left to report. */
  drop(id: number, why: string): void {
    this.settle(id, { state: "merged", isUncertain: false, dueAtMs: undefined, lastError: why });
  }

  /** Stores the outcome of an attempt. */
  settle(id: number, outcome: Outcome): void {
    this.#database.run(
      `UPDATE outbox SET state = :state, uncertain = :uncertain, due_at_ms = :due,
         last_error = :error, failure = :failure, reference = coalesce(:reference, reference),
         accepted_at_ms = coalesce(:accepted, accepted_at_ms) WHERE id = :id`,
      {
        id,
        state: outcome.state,
        uncertain: outcome.isUncertain ? 1 : 0,
        due: Math.round(outcome.dueAtMs ?? NEVER_MS),
        error: outcome.lastError ?? null,
        failure: outcome.failure === undefined ? null : JSON.stringify(outcome.failure),
        reference: outcome.reference ?? null,
        accepted: rounded(outcome.acceptedAtMs),
      },
    );
  }

  get(id: number): OutboxRow | undefined {
    return outboxRows(this.#database, "WHERE id = :id", { id })[0];
  }

  /** The states of messages with this fixed text to a recipient. */
  statesOf(text: string, { route, channel, recipient }: Address, sinceMs: number) {
    return this.#database.all(
      `SELECT DISTINCT CASE WHEN state = 'refused' AND due_at_ms < ${NEVER_MS} THEN 'moved'
           ELSE state END AS state
         FROM outbox WHERE route = :route AND channel = :channel AND recipient = :recipient
           AND text = :text AND created_at_ms > :since`,
      { route, channel, recipient, text, since: Math.round(sinceMs) },
    ).map(({ state }) => String(state));
  }

  /** Newest first. */
  newest(limit: number): readonly OutboxRow[] {
    return outboxRows(this.#database, "ORDER BY id DESC LIMIT :limit", { limit });
  }

  /** The last message that a provider took, and when, in wall-clock time. */
  lastSent():
    | {
      readonly channel: string;
      readonly state: "accepted" | "delivered";
      readonly atMs: number;
    }
    | undefined {
    const row = this.#database.get(
      `SELECT channel, state, accepted_at_ms FROM outbox
       WHERE state IN ('accepted', 'delivered') AND accepted_at_ms IS NOT NULL
       ORDER BY id DESC LIMIT 1`,
      {},
    );
    if (row === undefined) return undefined;
    const state = row.state === "delivered" ? "delivered" : "accepted";
    return { channel: String(row.channel), state, atMs: Number(row.accepted_at_ms) };
  }

  /**
   * Since when the message waits that waits longest: one that was tried, since it was enqueued, any
   * other since it is due, which may be in the future. Wall-clock time; `undefined`: none waits.
   */
  waitingSince(): number | undefined {
    const row = this.#database.get(
      `SELECT min(CASE WHEN attempts > 0 THEN created_at_ms ELSE due_at_ms END) AS at
       FROM outbox WHERE state = 'pending'`,
      {},
    );
    return row === undefined || row.at === null ? undefined : Number(row.at);
  }

  /** Messages about an incident, newest first. */
  newestAbout(incident: number, limit: number): readonly OutboxRow[] {
    return outboxRows(
      this.#database,
      `WHERE id IN (SELECT message FROM outbox_incidents WHERE incident = :incident)
       ORDER BY id DESC LIMIT :limit`,
      { incident, limit },
    );
  }

  /** The messages about an incident, oldest first. */
  about(incident: number): readonly Pick<OutboxRow, "route" | "channel" | "state">[] {
    return this.#database.all(
      `SELECT route, channel, state FROM outbox JOIN outbox_incidents ON message = outbox.id
       WHERE incident = :incident ORDER BY outbox.id`,
      { incident },
    ).map((row) => ({
      route: String(row.route),
      channel: String(row.channel),
      state: String(row.state) as DeliveryState,
    }));
  }

  /** The messages enqueued since then, oldest first, because the budget outlives the hub. */
  createdSince(atMs: number): readonly Pick<OutboxRow, "channel" | "createdAtMs">[] {
    return this.#database.all(
      "SELECT channel, created_at_ms FROM outbox WHERE created_at_ms >= :at ORDER BY created_at_ms",
      { at: Math.round(atMs) },
    ).map((row) => ({ channel: String(row.channel), createdAtMs: Number(row.created_at_ms) }));
  }

  /**
   * How the newest messages of a channel ended, newest first. A message that was moved to another
   * channel without a refusal, or never tried, says nothing about the channel. A message whose
   * arrival the provider never confirmed counts as failed if it confirmed others, because some
   * networks never confirm.
   */
  newestEnded(
    channel: string,
    limit: number,
  ): readonly { readonly isFailure: boolean; readonly createdAtMs: number }[] {
    return this.#database.all(
      `SELECT created_at_ms, state = 'refused' OR (state = 'expired' AND EXISTS (SELECT 1 FROM outbox
           WHERE channel = :channel AND state = 'delivered')) AS is_failure
       FROM outbox WHERE channel = :channel AND attempts > 0
         AND (state IN ('accepted', 'delivered', 'expired')
           OR (state = 'refused' AND due_at_ms >= ${NEVER_MS}))
       ORDER BY id DESC LIMIT :limit`,
      { channel, limit },
    ).map((row) => ({
      isFailure: row.is_failure === 1,
      createdAtMs: Number(row.created_at_ms),
    }));
  }

  countByState(): ReadonlyMap<string, number> {
    const rows = this.#database.all("SELECT state, count(*) AS n FROM outbox GROUP BY state", {});
    return new Map(rows.map((row) => [String(row.state), Number(row.n)]));
  }

  #concern(id: number, incidentIds: readonly number[]): void {
    this.#database.run(
      `INSERT OR IGNORE INTO outbox_incidents (message, incident)
         SELECT :id, id FROM incidents WHERE id IN (SELECT value FROM json_each(:incidents))`,
      { id, incidents: JSON.stringify(incidentIds) },
    );
  }

  #removeBefore(id: number): void {
    if (id <= 0) return;
    this.#database.run("DELETE FROM outbox WHERE id <= :id AND state <> 'pending'", { id });
  }
}
