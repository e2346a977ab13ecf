/** Incidents: from the death to the recovery of a node, and whether people were told. */

import { type Database, numberOrNone, rounded, type Row } from "./database.ts";

/** Incidents that are kept; older ones that are over are removed, with their messages. */
const INCIDENTS_MAX = 10_000;

/** Instants are calendar time in ms. */
export interface StoredIncident {
  readonly id: number;
  readonly node: string;
  readonly name: string;
  readonly cause: string;
  readonly diedAtMs: number;
  readonly lastHeardMs: number | undefined;
  /** A message about the death was put into the outbox. */
  readonly promisedAtMs: number | undefined;
  /** A provider took a message about it. */
  readonly toldAtMs: number | undefined;
  readonly recoveredAtMs: number | undefined;
}

/** What is known when a node dies. */
export type NewIncident = Pick<
  StoredIncident,
  "node" | "name" | "cause" | "diedAtMs" | "lastHeardMs"
>;

export class IncidentRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Opens an incident, or finds the one that is open for this node; answers its id. */
  open(incident: NewIncident): number {
    const open = this.#database.get(
      "SELECT id FROM incidents WHERE node = :node AND recovered_at_ms IS NULL",
      { node: incident.node },
    );
    if (open !== undefined) return Number(open.id);
    const added = this.#database.get(
      `INSERT INTO incidents (node, name, cause, died_at_ms, last_heard_ms)
       VALUES (:node, :name, :cause, :died, :heard) RETURNING id`,
      {
        node: incident.node,
        name: incident.name,
        cause: incident.cause,
        died: Math.round(incident.diedAtMs),
        heard: rounded(incident.lastHeardMs),
      },
    );
    const id = Number(added?.id);
    this.#removeBefore(id - INCIDENTS_MAX);
    return id;
  }

  /** Ends the open incident of a node; answers its id, if there was one. */
  close(node: string, atMs: number): number | undefined {
    return this.#update("recovered_at_ms = :at", "node = :node AND recovered_at_ms IS NULL", {
      node,
      at: Math.round(atMs),
    })[0];
  }

  /** A message about the newest death of a node is in the outbox; answers the incident's id. */
  promise(node: string, atMs: number): number | undefined {
    return this.#update(
      "promised_at_ms = coalesce(promised_at_ms, :at)",
      "id = (SELECT max(id) FROM incidents WHERE node = :node)",
      { node, at: Math.round(atMs) },
    )[0];
  }

  /** A provider took a message about these deaths. */
  tell(ids: readonly number[], atMs: number): void {
    const at = Math.round(atMs);
    for (const id of ids) {
      this.#update("told_at_ms = coalesce(told_at_ms, :at)", "id = :id", { id, at });
    }
  }

  /** The recovery of a node is in the outbox, or not worth a message; answers what was owed till now. */
  settle(node: string): readonly number[] {
    return this.#update(
      "recovery_settled = 1",
      "node = :node AND recovered_at_ms IS NOT NULL AND recovery_settled = 0",
      { node },
    );
  }

  /** Incidents of which a person may still have to hear: open, or over and the recovery not promised. */
  owed(): readonly StoredIncident[] {
    return this.#database.all(
      `SELECT * FROM incidents WHERE recovered_at_ms IS NULL
         OR (promised_at_ms IS NOT NULL AND recovery_settled = 0) ORDER BY id`,
      {},
    ).map(incidentOf);
  }

  get(id: number): StoredIncident | undefined {
    const row = this.#database.get("SELECT * FROM incidents WHERE id = :id", { id });
    return row === undefined ? undefined : incidentOf(row);
  }

  /** Newest first. */
  newest(limit: number): readonly StoredIncident[] {
    return this.#database.all("SELECT * FROM incidents ORDER BY id DESC LIMIT :limit", { limit })
      .map(incidentOf);
  }

  #update(set: string, where: string, values: Row): readonly number[] {
    return this.#database.all(`UPDATE incidents SET ${set} WHERE ${where} RETURNING id`, values)
      .map((row) => Number(row.id));
  }

  #removeBefore(id: number): void {
    if (id <= 0) return;
    this.#database.run("DELETE FROM incidents WHERE id <= :id AND recovered_at_ms IS NOT NULL", {
      id,
    });
  }
}

function incidentOf(row: Row): StoredIncident {
  return {
    id: Number(row.id),
    node: String(row.node),
    name: String(row.name),
    cause: String(row.cause),
    diedAtMs: Number(row.died_at_ms),
    lastHeardMs: numberOrNone(row.last_heard_ms),
    promisedAtMs: numberOrNone(row.promised_at_ms),
    toldAtMs: numberOrNone(row.told_at_ms),
    recoveredAtMs: numberOrNone(row.recovered_at_ms),
  };
}
