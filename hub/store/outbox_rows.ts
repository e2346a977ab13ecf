/** The outbox: every message to somebody, and what became of it. */

import type { Alert } from "../../core/alerting/alert.ts";
import type { ProviderFailure } from "../../core/alerting/provider_failure.ts";
import type { DeliveryState } from "../../core/api/feed.ts";
import { type Database, rounded } from "./database/database.ts";
import { NEVER_MS } from "./database/instants.ts";
import { alertJson, type NewMessage, type OutboxRow, outboxRows } from "./outbox_row.ts";

/** Settled messages that are kept; older ones are removed. */
const MESSAGES_MAX = 10_000;

/** How an attempt ended, and what follows. */
export interface Outcome {
  readonly state: DeliveryState;
  /** The provider may have the message all the same. */
  readonly isUncertain: boolean;
  /**
   * When to try again, or to ask what became of it, or when it went elsewhere though nobody refused
   * it; `undefined` for never.
   */
  readonly dueAtMs: number | undefined;
  readonly lastError?: string | undefined;
  /** The same as a code; `undefined` where it is none of a provider. */
  readonly failure?: ProviderFailure | undefined;
  readonly reference?: string;
  readonly acceptedAtMs?: number;
}

export class OutboxRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Enqueues a message; answers its id. */
  add({ route, channel, recipient, text = "", alert, incidentIds, ...when }: NewMessage): number {
    const { atMs, dueAtMs = atMs } = when;
    const added = this.#database.get(
      `INSERT INTO outbox (route, channel, recipient, text, alert, created_at_ms, due_at_ms)
       VALUES (:route, :channel, :recipient, :text, :alert, :at, :due) RETURNING id`,
      {
        route,
        channel,
        recipient,
        text,
        alert: alertJson(alert),
        at: Math.round(atMs),
        due: Math.round(dueAtMs),
      },
    );
    const id = Number(added?.id);
    this.#removeBefore(id - MESSAGES_MAX);
    this.#concern(id, incidentIds);
    return id;
  }

  /**
   * The oldest pending message of each recipient, whoever is due first in front. The younger ones
   * wait for it: who hears of the recovery before the death believes the wrong thing.
   */
  next(): readonly OutboxRow[] {
    return outboxRows(
      this.#database,
      `WHERE id IN (SELECT min(id) FROM outbox WHERE state = 'pending' GROUP BY channel, recipient)
       ORDER BY due_at_ms, id`,
      {},
    );
  }

  /** Younger messages to the same recipient by the same channel and route, the oldest first. */
  after({ id, channel, recipient, route }: OutboxRow): readonly OutboxRow[] {
    return outboxRows(
      this.#database,
      `WHERE id > :id AND channel = :channel AND recipient = :recipient AND route = :route
         AND state IN ('pending', 'accepted', 'delivered') ORDER BY id`,
      { id, channel, recipient, route },
    );
  }

  /** Pending messages that none of these channels can send. */
  pendingBeside(channels: readonly string[]): readonly OutboxRow[] {
    return outboxRows(
      this.#database,
      `WHERE state = 'pending' AND channel NOT IN (SELECT value FROM json_each(:channels))
       ORDER BY id`,
      { channels: JSON.stringify(channels) },
    );
  }

  /** The routes and channels of the messages that wait. */
  waiting(): readonly Pick<OutboxRow, "route" | "channel">[] {
    return this.#database.all(
      "SELECT DISTINCT route, channel FROM outbox WHERE state = 'pending'",
      {},
    ).map((row) => ({ route: String(row.route), channel: String(row.channel) }));
  }

  /** Makes pending messages that were tried so often at least due by `nowMs` at the latest. */
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

  /** What a message has to tell by now. */
  retell(id: number, alert: Alert): void {
    this.#database.run("UPDATE outbox SET alert = :alert WHERE id = :id", {
      id,
      alert: alertJson(alert),
    });
  }

  /** What is about to be sent, so that this very text is looked for afterwards. */
  freeze(id: number, text: string): void {
    this.#database.run("UPDATE outbox SET text = :text WHERE id = :id", { id, text });
  }

  /** Written before the provider is asked, so that a crash in between is seen afterwards. */
  beginAttempt(id: number): void {
    this.#database.run("UPDATE outbox SET attempts = attempts + 1, uncertain = 1 WHERE id = :id", {
      id,
    });
  }

  /** Message `id` also says what `younger` would have said, and takes over its incidents. */
  merge(id: number, younger: OutboxRow): void {
    this.#concern(id, younger.incidentIds);
    this.settle(younger.id, {
      state: "merged",
      isUncertain: false,
      dueAtMs: undefined,
      lastError: `told together with message ${id}`,
    });
  }

  /** What became of an attempt. */
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

  /** Newest first. */
  newest(limit: number): readonly OutboxRow[] {
    return outboxRows(this.#database, "ORDER BY id DESC LIMIT :limit", { limit });
  }

  /** Those that tell of an incident, newest first. */
  newestAbout(incident: number, limit: number): readonly OutboxRow[] {
    return outboxRows(
      this.#database,
      `WHERE id IN (SELECT message FROM outbox_incidents WHERE incident = :incident)
       ORDER BY id DESC LIMIT :limit`,
      { incident, limit },
    );
  }

  /** The messages that tell of an incident, oldest first. */
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

  /** What was enqueued for each channel since then, oldest first: the budget outlives the hub. */
  createdSince(atMs: number): readonly Pick<OutboxRow, "channel" | "createdAtMs">[] {
    return this.#database.all(
      "SELECT channel, created_at_ms FROM outbox WHERE created_at_ms >= :at ORDER BY created_at_ms",
      { at: Math.round(atMs) },
    ).map((row) => ({ channel: String(row.channel), createdAtMs: Number(row.created_at_ms) }));
  }

  /**
   * How the newest messages of a channel ended, newest first. A message that went elsewhere though
   * nobody refused it, or was never tried, says nothing of the channel. One of which the provider never
   * said whether it arrived failed if there are others of which it did: some networks never say it.
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
    for (const incident of incidentIds) {
      this.#database.run(
        `INSERT OR IGNORE INTO outbox_incidents (message, incident)
           SELECT :id, id FROM incidents WHERE id = :incident`,
        { id, incident },
      );
    }
  }

  #removeBefore(id: number): void {
    if (id <= 0) return;
    this.#database.run("DELETE FROM outbox WHERE id <= :id AND state <> 'pending'", { id });
  }
}
