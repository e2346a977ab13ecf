/** The outbox: every message that was promised to somebody, and what became of it. */

import type { Alert } from "../../core/alert.ts";
import type { DeliveryState } from "../../core/feed.ts";
import { type Database, rounded } from "./database.ts";
import { type NewMessage, type OutboxRow, outboxRowOf } from "./outbox_row.ts";

/** Settled messages that are kept; older ones are removed. */
const MESSAGES_MAX = 10_000;
/** Due then: never. The last instant that the calendar has. */
const NEVER_MS = 8.64e15;

/** How an attempt ended, and what follows. */
export interface Outcome {
  readonly state: DeliveryState;
  /** The provider may have the message all the same. */
  readonly isUncertain: boolean;
  /** When to try again, or to ask what became of it; `undefined` for never. */
  readonly dueAtMs: number | undefined;
  readonly lastError?: string | undefined;
  readonly reference?: string;
  readonly acceptedAtMs?: number;
}

export class OutboxRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Promises a message; answers its id. */
  add({ route, channel, recipient, text, alert, incidentIds, atMs }: NewMessage): number {
    const added = this.#database.get(
      `INSERT INTO outbox (route, channel, recipient, text, alert, created_at_ms, due_at_ms)
       VALUES (:route, :channel, :recipient, :text, :alert, :at, :at) RETURNING id`,
      { route, channel, recipient, text, alert: jsonOf(alert), at: Math.round(atMs) },
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
    return this.#rows(
      `WHERE id IN (SELECT min(id) FROM outbox WHERE state = 'pending' GROUP BY channel, recipient)
       ORDER BY due_at_ms, id`,
      {},
    );
  }

  /** Younger messages to the same recipient by the same channel and route, the oldest first. */
  after({ id, channel, recipient, route }: OutboxRow): readonly OutboxRow[] {
    return this.#rows(
      `WHERE id > :id AND channel = :channel AND recipient = :recipient AND route = :route
         AND state IN ('pending', 'accepted', 'delivered') ORDER BY id`,
      { id, channel, recipient, route },
    );
  }

  /** Messages of a route to a recipient that arrived or may still do so, promised since `sinceMs`. */
  hopeful(
    { route, channel, recipient }: Pick<NewMessage, "route" | "channel" | "recipient">,
    sinceMs: number,
  ): readonly OutboxRow[] {
    return this.#rows(
      `WHERE route = :route AND channel = :channel AND recipient = :recipient
         AND state IN ('pending', 'accepted', 'delivered') AND created_at_ms >= :since`,
      { route, channel, recipient, since: Math.round(sinceMs) },
    );
  }

  /** Messages of which the provider is to be asked what became, whoever is due first in front. */
  unconfirmed(limit: number): readonly OutboxRow[] {
    return this.#rows(
      `WHERE state = 'accepted' AND due_at_ms < ${NEVER_MS} ORDER BY due_at_ms LIMIT :limit`,
      { limit },
    );
  }

  /** Makes pending messages, all or those of one channel, due by `nowMs` at the latest. */
  hasten(nowMs: number, channel?: string): void {
    this.#database.run(
      `UPDATE outbox SET due_at_ms = :now WHERE state = 'pending' AND due_at_ms > :now
         AND channel = coalesce(:channel, channel)`,
      { now: Math.round(nowMs), channel: channel ?? null },
    );
  }

  /** Messages that an earlier version's provider took are asked about no more. */
  forgetUnconfirmed(): void {
    this.#database.run(
      `UPDATE outbox SET due_at_ms = ${NEVER_MS}
       WHERE state = 'accepted' AND accepted_at_ms IS NULL AND due_at_ms < ${NEVER_MS}`,
      {},
    );
  }

  /** What is about to be sent, so that this very text is looked for afterwards. */
  word(id: number, { text, alert }: Pick<NewMessage, "text" | "alert">): void {
    this.#database.run("UPDATE outbox SET text = :text, alert = :alert WHERE id = :id", {
      id,
      text,
      alert: jsonOf(alert),
    });
  }

  /** Written before the provider is asked, so that a crash in between is seen afterwards. */
  beginAttempt(id: number): void {
    this.#database.run("UPDATE outbox SET attempts = attempts + 1, uncertain = 1 WHERE id = :id", {
      id,
    });
  }

  /** Message `younger` is told by message `id`, to which its incidents go. */
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
         last_error = :error, reference = coalesce(:reference, reference),
         accepted_at_ms = coalesce(:accepted, accepted_at_ms) WHERE id = :id`,
      {
        id,
        state: outcome.state,
        uncertain: outcome.isUncertain ? 1 : 0,
        due: Math.round(outcome.dueAtMs ?? NEVER_MS),
        error: outcome.lastError ?? null,
        reference: outcome.reference ?? null,
        accepted: rounded(outcome.acceptedAtMs),
      },
    );
  }

  /** The provider was asked once more, in vain; `dueAtMs` is when to ask again, if ever. */
  countCheck(id: number, dueAtMs: number | undefined): void {
    this.#database.run(
      "UPDATE outbox SET checks = checks + 1, due_at_ms = :due WHERE id = :id",
      { id, due: Math.round(dueAtMs ?? NEVER_MS) },
    );
  }

  get(id: number): OutboxRow | undefined {
    return this.#rows("WHERE id = :id", { id })[0];
  }

  /** Newest first. */
  newest(limit: number): readonly OutboxRow[] {
    return this.#rows("ORDER BY id DESC LIMIT :limit", { limit });
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

  /** What was promised through each channel since then, oldest first: the budget outlives the hub. */
  createdSince(atMs: number): readonly Pick<OutboxRow, "channel" | "createdAtMs">[] {
    return this.#database.all(
      "SELECT channel, created_at_ms FROM outbox WHERE created_at_ms >= :at ORDER BY created_at_ms",
      { at: Math.round(atMs) },
    ).map((row) => ({ channel: String(row.channel), createdAtMs: Number(row.created_at_ms) }));
  }

  countByState(): ReadonlyMap<string, number> {
    const rows = this.#database.all("SELECT state, count(*) AS n FROM outbox GROUP BY state", {});
    return new Map(rows.map((row) => [String(row.state), Number(row.n)]));
  }

  #rows(
    which: string,
    values: Readonly<Record<string, string | number>>,
  ): readonly OutboxRow[] {
    return this.#database.all(`${SELECT_OUTBOX} ${which}`, values).map(outboxRowOf);
  }

  #concern(id: number, incidentIds: readonly number[]): void {
    for (const incident of incidentIds) {
      this.#database.run(
        "INSERT OR IGNORE INTO outbox_incidents (message, incident) VALUES (:id, :incident)",
        { id, incident },
      );
    }
  }

  #removeBefore(id: number): void {
    if (id <= 0) return;
    this.#database.run("DELETE FROM outbox WHERE id <= :id AND state <> 'pending'", { id });
  }
}

const SELECT_OUTBOX = `SELECT outbox.*, (SELECT json_group_array(incident) FROM outbox_incidents
  WHERE message = outbox.id) AS incident_ids FROM outbox`;

function jsonOf(alert: Alert | undefined): string | null {
  return alert === undefined ? null : JSON.stringify(alert);
}
