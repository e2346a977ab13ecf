/** The outbox: every message that was promised to somebody, and what became of it. */

import type { Alert } from "../../core/alert.ts";
import type { DeliveryState } from "../../core/feed.ts";
import { calendarAlert } from "../calendar_alert.ts";
import { type Database, numberOrNone, rounded } from "./database.ts";
import { type Address, type NewMessage, type OutboxRow, outboxRowOf } from "./outbox_row.ts";

/** Settled messages that are kept; older ones are removed. */
const MESSAGES_MAX = 10_000;
/** So many of the latest messages to a recipient show what he was told. */
const TOLD_ROWS_MAX = 1_000;
/** Due then: never. The last instant that the calendar has. */
const NEVER_MS = 8.64e15;

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
  readonly reference?: string;
  readonly acceptedAtMs?: number;
}

export class OutboxRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Promises a message; answers its id. */
  add({ route, channel, recipient, text, alert, incidentIds, ...when }: NewMessage): number {
    const { atMs, dueAtMs = atMs } = when;
    const added = this.#database.get(
      `INSERT INTO outbox (route, channel, recipient, text, alert, created_at_ms, due_at_ms)
       VALUES (:route, :channel, :recipient, :text, :alert, :at, :due) RETURNING id`,
      {
        route,
        channel,
        recipient,
        text,
        alert: jsonOf(alert),
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

  /**
   * Alerts that were decided for the message's route after the latest news that it tells, whatever
   * became of their messages: each once, in their order, by the message that first told it.
   */
  decidedAfter(route: string, position: number): readonly OutboxRow[] {
    return this.#rows(
      "WHERE id > :position AND route = :route AND alert IS NOT NULL ORDER BY id",
      { route, position },
    ).filter(isDecision);
  }

  /** The place, among the alerts of its route, of the latest news that a message tells. */
  positionOf(row: OutboxRow): number {
    const { id, route, alert } = row;
    if (alert === undefined || isDecision(row)) return id;
    const first = this.#database.get(
      "SELECT min(id) AS id FROM outbox WHERE created_at_ms = :at AND route = :route",
      { at: Math.round(alert.atMs), route },
    );
    return numberOrNone(first?.id) ?? id;
  }

  /** Messages to a recipient that arrived or may still do so. */
  hopeful(address: Address): readonly OutboxRow[] {
    return this.#to(address, "state IN ('pending', 'accepted', 'delivered')");
  }

  /** Messages to a recipient to which the provider said no. */
  refused(address: Address): readonly OutboxRow[] {
    return this.#to(address, `state = 'refused' AND due_at_ms >= ${NEVER_MS}`);
  }

  /** Pending messages, of which the provider certainly has none, that tell something of a node. */
  waitingAbout(node: string): readonly OutboxRow[] {
    return this.#rows(
      `WHERE state = 'pending' AND uncertain = 0 AND EXISTS (SELECT 1
         FROM json_each(outbox.alert, '$.notices') AS one
         WHERE json_extract(one.value, '$.node') = :node) ORDER BY id`,
      { node },
    );
  }

  /** Pending messages that none of these channels can send. */
  pendingBeside(channels: readonly string[]): readonly OutboxRow[] {
    return this.#rows(
      `WHERE state = 'pending' AND channel NOT IN (SELECT value FROM json_each(:channels))
       ORDER BY id`,
      { channels: JSON.stringify(channels) },
    );
  }

  /** Messages of which the provider is to be asked what became, whoever is due first in front. */
  unconfirmed(limit: number): readonly OutboxRow[] {
    return this.#rows(
      `WHERE state = 'accepted' AND due_at_ms < ${NEVER_MS} ORDER BY due_at_ms LIMIT :limit`,
      { limit },
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

  /** The calendar leapt: messages younger than `after` were dated by the wrong one, and are dated anew. */
  leap(leapMs: number, after: number): void {
    const leap = Math.round(leapMs);
    for (
      const { id, text, alert } of this.#rows("WHERE id > :after AND alert IS NOT NULL", { after })
    ) {
      this.word(id, { text, alert: alert && calendarAlert(alert, (atMs) => atMs + leap) });
    }
    this.#database.run(
      `UPDATE outbox SET created_at_ms = created_at_ms + :leap,
         accepted_at_ms = accepted_at_ms + :leap,
         due_at_ms = iif(due_at_ms < ${NEVER_MS}, due_at_ms + :leap, due_at_ms)
       WHERE id > :after`,
      { leap, after },
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

  /**
   * Removes what messages told, as data, where it was promised before `atMs` and nothing depends on it:
   * the message is settled, and none of its route that is not could be outdated by it.
   */
  forgetAlerts(atMs: number): void {
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
           AND created_at_ms < :at AND state <> 'pending'
           AND (state <> 'accepted' OR due_at_ms >= ${NEVER_MS})
           AND json_extract(alert, '$.atMs') < :oldest`,
        { route, at: Math.round(atMs), oldest: oldestMs.get(route) ?? NEVER_MS },
      );
    }
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

  /** Those that tell of an incident, newest first. */
  newestAbout(incident: number, limit: number): readonly OutboxRow[] {
    return this.#rows(
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

  #to({ route, channel, recipient }: Address, which: string): readonly OutboxRow[] {
    return this.#rows(
      `WHERE route = :route AND channel = :channel AND recipient = :recipient AND ${which}
       ORDER BY id DESC LIMIT ${TOLD_ROWS_MAX}`,
      { route, channel, recipient },
    );
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

/** The message was promised when its alert was decided, not when another one failed. */
function isDecision({ alert, createdAtMs }: OutboxRow): boolean {
  return alert !== undefined && Math.round(alert.atMs) === createdAtMs;
}

function jsonOf(alert: Alert | undefined): string | null {
  return alert === undefined ? null : JSON.stringify(alert);
}
