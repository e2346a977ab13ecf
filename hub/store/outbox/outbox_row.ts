/** A row of the outbox: one message to one recipient. */

import type { Alert } from "../../../core/alerting/alert.ts";
import { type DecidedItem, pendingAlert } from "../../../core/alerting/pending_alert.ts";
import {
  type ProviderFailure,
  providerFailureFrom,
} from "../../../core/alerting/provider_failure.ts";
import type { DeliveryState } from "../../../core/api/delivery_view.ts";
import { type Database, numberOrNone, type Row, textOrNone } from "../database/database.ts";

/** Instants are wall-clock time in ms. */
export interface OutboxRow {
  readonly id: number;
  readonly incidentIds: readonly number[];
  /** The route of the message. If one of its channels fails, the next one is used. */
  readonly route: string;
  readonly channel: string;
  readonly recipient: string;
  /** The fixed text, or the text of the latest attempt; empty before the first attempt of an alert. */
  readonly text: string;
  /**
   * The alert of its items, with wall-clock instants; `undefined` for a fixed text, and when nothing
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
   * When it is tried next, or when the provider is asked for its state next. For a refused message:
   * when it was moved to another channel because this one could not be reached.
   */
  readonly dueAtMs: number;
  /** An attempt began whose outcome was not recorded, so the provider may have the message. */
  readonly isUncertain: boolean;
  readonly acceptedAtMs: number | undefined;
  /** How often the provider was asked for its state. */
  readonly checks: number;
}

/** A message to be enqueued. */
export interface NewMessage {
  readonly route: string;
  readonly channel: string;
  readonly recipient: string;
  /** A fixed text, which is sent unchanged. Absent for an alert, which each attempt renders. */
  readonly text?: string;
  /** The ids of its alert items; none for a fixed text. */
  readonly items: readonly number[];
  readonly incidentIds: readonly number[];
  readonly atMs: number;
  /** The earliest time to send it. Default: now. */
  readonly dueAtMs?: number;
}

/** The destination of messages to one recipient. */
export type Address = Pick<NewMessage, "route" | "channel" | "recipient">;

/** Returns the rows that `which`, the rest of a SELECT, selects. */
export function outboxRows(
  database: Database,
  which: string,
  values: Readonly<Record<string, string | number>>,
): readonly OutboxRow[] {
  return database.all(
    `SELECT outbox.*, (SELECT json_group_array(incident) FROM outbox_incidents
       WHERE message = outbox.id) AS incident_ids,
       (SELECT json_group_array(json_object('id', id, 'subject', subject, 'content', content,
           'common', common, 'at_ms', at_ms))
         FROM (SELECT alert_items.* FROM outbox_items JOIN alert_items ON alert_items.id = item
           WHERE message = outbox.id ORDER BY alert_items.id)) AS items
     FROM outbox ${which}`,
    values,
  ).map(outboxRowOf);
}

/** An item, from a row of `alert_items`. */
export function decidedItemOf(row: Row): DecidedItem {
  const common = textOrNone(row.common);
  return {
    id: Number(row.id),
    subject: String(row.subject),
    item: JSON.parse(String(row.content)),
    common: common === undefined ? undefined : JSON.parse(common),
    atMs: Number(row.at_ms),
  };
}

function outboxRowOf(row: Row): OutboxRow {
  const [route, channel] = [String(row.route), String(row.channel)];
  const alert = once(() => {
    const items: readonly Row[] = JSON.parse(String(row.items));
    return pendingAlert({ route, channel }, items.map(decidedItemOf));
  });
  return {
    id: Number(row.id),
    incidentIds: JSON.parse(String(row.incident_ids)),
    route,
    channel,
    recipient: String(row.recipient),
    text: String(row.text),
    // Most readers need no alert, and it may be about thousands of nodes.
    get alert() {
      return alert();
    },
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

/** Makes a value at the first call, and returns the same value later. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
