/** A row of the outbox: one message to one recipient. */

import type { Alert } from "../../core/alerting/alert.ts";
import { type ProviderFailure, providerFailureFrom } from "../../core/alerting/provider_failure.ts";
import type { DeliveryState } from "../../core/api/feed.ts";
import { type Database, numberOrNone, type Row, textOrNone } from "./database/database.ts";

/** Instants are calendar time in ms. */
export interface OutboxRow {
  readonly id: number;
  readonly incidentIds: readonly number[];
  /** Whose message it is; the route's channels take turns where one fails. */
  readonly route: string;
  readonly channel: string;
  readonly recipient: string;
  /** As the latest attempt sent it, or its own; empty while no attempt has rendered the alert. */
  readonly text: string;
  /**
   * What the text tells, with calendar instants; `undefined` for a text of its own, and once nothing
   * can depend on it any more.
   */
  readonly alert: Alert | undefined;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly lastError: string | undefined;
  readonly failure: ProviderFailure | undefined;
  readonly reference: string | undefined;
  readonly createdAtMs: number;
  /**
   * When it is tried next, or when the provider is asked next what became of it. Of a refused message:
   * when it went to another channel because this one could not be reached.
   */
  readonly dueAtMs: number;
  /** An attempt was begun whose outcome nobody wrote down: the provider may have the message. */
  readonly isUncertain: boolean;
  readonly acceptedAtMs: number | undefined;
  /** How often the provider was asked what became of it. */
  readonly checks: number;
}

/** A message to be enqueued. */
export interface NewMessage {
  readonly route: string;
  readonly channel: string;
  readonly recipient: string;
  /** Its own, which is sent as it is; left out for an alert, which each attempt renders. */
  readonly text?: string;
  /** What it tells, every instant in calendar time; `undefined` for a text of its own. */
  readonly alert: Alert | undefined;
  readonly incidentIds: readonly number[];
  readonly atMs: number;
  /** Not to be sent before; at once where left out. */
  readonly dueAtMs?: number;
}

/** Where messages to one recipient go. */
export type Address = Pick<NewMessage, "route" | "channel" | "recipient">;

/** The rows that `which`, the rest of a SELECT, chooses. */
export function outboxRows(
  database: Database,
  which: string,
  values: Readonly<Record<string, string | number>>,
): readonly OutboxRow[] {
  return database.all(
    `SELECT outbox.*, (SELECT json_group_array(incident) FROM outbox_incidents
       WHERE message = outbox.id) AS incident_ids FROM outbox ${which}`,
    values,
  ).map(outboxRowOf);
}

/** As it is kept. */
export function alertJson(alert: Alert | undefined): string | null {
  return alert === undefined ? null : JSON.stringify(alert);
}

function outboxRowOf(row: Row): OutboxRow {
  const alert = textOrNone(row.alert);
  return {
    id: Number(row.id),
    incidentIds: JSON.parse(String(row.incident_ids)),
    route: String(row.route),
    channel: String(row.channel),
    recipient: String(row.recipient),
    text: String(row.text),
    alert: alert === undefined ? undefined : JSON.parse(alert),
    state: String(row.state) as DeliveryState,
    attempts: Number(row.attempts),
    lastError: textOrNone(row.last_error),
    failure: providerFailureFrom(textOrNone(row.failure)),
    reference: textOrNone(row.reference),
    createdAtMs: Number(row.created_at_ms),
    dueAtMs: Number(row.due_at_ms),
    isUncertain: row.uncertain === 1,
    acceptedAtMs: numberOrNone(row.accepted_at_ms),
    checks: Number(row.checks),
  };
}
