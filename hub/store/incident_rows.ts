/** Incidents: what was wrong, and from when to when. Instants are wall clock time in ms. */

import { storedCause } from "../../core/alerting/cause.ts";
import type { IncidentKind } from "../../core/api/incident_view.ts";
import { type Database, numberOrNone, rounded, type Row } from "./database/database.ts";
import { incidentOf, type NewIncident, type StoredIncident } from "./stored_incident.ts";

/** The limit of incidents that are kept; older ended ones are removed, with their messages. */
export const INCIDENTS_MAX = 10_000;
/** The limit per node, so that a flapping node does not displace the history of all others. */
const OF_NODE_MAX = 1000;
/** After this many new incidents, all incidents and those of one node are checked for too many. */
const PRUNE_EVERY = 100;

/** The ids of a JSON array, in one statement: a storm concerns thousands of incidents at once. */
const LISTED = "(SELECT value FROM json_each(:ids))";

/** How an incident ends. */
export interface IncidentEnd {
  readonly atMs: number;
  readonly now?: StoredIncident["now"];
  readonly changes?: number;
  readonly rebooted?: boolean;
}

/** Selects incidents; an empty filter selects all. */
export interface IncidentFilter {
  readonly node?: string | undefined;
  readonly kind?: IncidentKind | undefined;
  /**
   * `fromMs`: incidents that were open at that time or later; `toMs`: those that began before it.
   */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly isOpen?: boolean | undefined;
}

export class IncidentRows {
  readonly #database: Database;
  #begun = 0;
  /** The incidents up to this id were removed, except open ones. */
  #removedTo = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Opens an incident, or finds the open one of this subject; returns its id. */
  open(incident: NewIncident): number {
    const open = this.openOf(incident.subject);
    if (open !== undefined) return open;
    const added = this.#database.get(
      `INSERT INTO incidents
         (id, kind, subject, node, name, cause, died_at_ms, last_heard_ms, changes)
       VALUES (:id, :kind, :subject, :node, :name, :cause, :died, :heard, :changes) RETURNING id`,
      {
        id: incident.id ?? null,
        kind: incident.kind,
        subject: incident.subject,
        node: incident.node,
        name: incident.name,
        cause: storedCause(incident.cause),
        died: Math.round(incident.diedAtMs),
        heard: rounded(incident.lastHeardMs),
        changes: incident.changes ?? 0,
      },
    );
    const id = Number(added?.id);
    const isWhole = this.#begun++ % PRUNE_EVERY === 0;
    this.#removeBefore(id - INCIDENTS_MAX, isWhole);
    if (isWhole && incident.node !== "") this.#prune(incident.node);
    return id;
  }

  /** The open incident of a subject. */
  openOf(subject: string): number | undefined {
    return numberOrNone(
      this.#database.get(
        "SELECT id FROM incidents WHERE subject = :subject AND recovered_at_ms IS NULL",
        { subject },
      )?.id,
    );
  }

  /** Greater than any id. */
  nextId(): number {
    return 1 +
      (numberOrNone(this.#database.get("SELECT max(id) AS id FROM incidents", {})?.id) ?? 0);
  }

  /**
   * Ends the open incident of a subject, and its common-cause incident with its last part. Returns
   * the ids of all that ended.
   */
  close(subject: string, { atMs, now, changes, rebooted }: IncidentEnd): readonly number[] {
    const at = Math.round(atMs);
    const ended = this.#update(
      `recovered_at_ms = :at, now = :now, rebooted = :rebooted,
       changes = coalesce(:changes, changes)`,
      "subject = :subject AND recovered_at_ms IS NULL",
      { subject, at, now: now ?? null, changes: changes ?? null, rebooted: rebooted ? 1 : 0 },
    );
    return [...ended, ...ended.flatMap((id) => this.#closeParent(id, at))];
  }

  /** Ends the common-cause incident of a part if no part of it is open any more. */
  #closeParent(id: number, at: number): readonly number[] {
    return this.#update(
      "recovered_at_ms = :at",
      `id = (SELECT parent FROM incidents WHERE id = :id)
         AND kind = 'common' AND recovered_at_ms IS NULL AND NOT EXISTS
         (SELECT 1 FROM incidents AS part WHERE part.parent = incidents.id AND part.recovered_at_ms IS NULL)`,
      { id, at },
    );
  }

  /** A message about it is in the outbox, perhaps from before it was reopened. */
  enqueue(id: number, atMs: number): void {
    this.#enqueue("id = :id", { id, at: Math.round(atMs) });
  }

  enqueueAll(ids: readonly number[], atMs: number): void {
    this.#enqueue(`id IN ${LISTED}`, { ids: JSON.stringify(ids), at: Math.round(atMs) });
  }

  #enqueue(which: string, values: Row): void {
    const first = "promised_at_ms IS NULL";
    this.#update("promised_at_ms = max(:at, died_at_ms)", `${which} AND ${first}`, values);
  }

  /** A provider accepted a message about these incidents, and so about their common cause. */
  notify(ids: readonly number[], atMs: number): void {
    const values = { ids: JSON.stringify(ids), at: Math.round(atMs) };
    for (const which of [LISTED, `(SELECT parent FROM incidents WHERE id IN ${LISTED})`]) {
      this.#update("told_at_ms = :at", `id IN ${which} AND told_at_ms IS NULL`, values);
    }
  }

  /** Somebody acknowledged the open incident of a subject. Returns its id. */
  acknowledge(subject: string, atMs: number): readonly number[] {
    return this.#update(
      "acknowledged_at_ms = coalesce(acknowledged_at_ms, :at)",
      "subject = :subject AND recovered_at_ms IS NULL",
      { subject, at: Math.round(atMs) },
    );
  }

  /** From now on the open incidents of a node have this name. */
  renameOpen(node: string, name: string): readonly number[] {
    return this.#update("name = :name", "node = :node AND recovered_at_ms IS NULL", { node, name });
  }

  /** Makes incidents parts of their common-cause incident, unless they are parts of another one. */
  adopt(parent: number, ids: readonly number[]): void {
    this.#update("parent = :parent", `id IN ${LISTED} AND parent IS NULL`, {
      ids: JSON.stringify(ids),
      parent,
    });
  }

  /**
   * Incidents of which somebody may still have to be notified, oldest first: open ones, ended ones
   * without a message of the end, and deferred ones.
   */
  owed(): readonly StoredIncident[] {
    return this.#database.all(
      `SELECT * FROM incidents WHERE kind <> 'common' AND (recovered_at_ms IS NULL
         OR id IN (SELECT incident FROM told WHERE settled = 0)) ORDER BY id`,
      {},
    ).map(incidentOf);
  }

  get(id: number): StoredIncident | undefined {
    const row = this.#database.get("SELECT * FROM incidents WHERE id = :id", { id });
    return row === undefined ? undefined : incidentOf(row);
  }

  /** Returns the incidents with these ids. Unknown ids are ignored. */
  some(ids: readonly number[]): readonly StoredIncident[] {
    return this.#database.all(`SELECT * FROM incidents WHERE id IN ${LISTED} ORDER BY id`, {
      ids: JSON.stringify(ids),
    }).map(incidentOf);
  }

  /** Newest first. */
  newest(limit: number, filter: IncidentFilter = {}): readonly StoredIncident[] {
    const { node, kind, fromMs, toMs, isOpen } = filter;
    return this.#database.all(
      `SELECT * FROM incidents WHERE (:node IS NULL OR node = :node)
         AND (:kind IS NULL OR kind = :kind)
         AND (:from IS NULL OR coalesce(recovered_at_ms, :from) >= :from)
         AND (:to IS NULL OR died_at_ms < :to)
         AND (:open IS NULL OR (recovered_at_ms IS NULL) = :open)
       ORDER BY id DESC LIMIT :limit`,
      {
        limit,
        node: node ?? null,
        kind: kind ?? null,
        from: rounded(fromMs),
        to: rounded(toMs),
        open: isOpen === undefined ? null : Number(isOpen),
      },
    ).map(incidentOf);
  }

  #update(set: string, where: string, values: Row): readonly number[] {
    return this.#database.all(`UPDATE incidents SET ${set} WHERE ${where} RETURNING id`, values)
      .map((row) => Number(row.id));
  }

  /** Incidents with a pending notification stay, here and in `#removeBefore`. */
  #prune(node: string): void {
    this.#database.run(
      `DELETE FROM incidents WHERE node = :node AND recovered_at_ms IS NOT NULL
         AND id NOT IN (SELECT incident FROM told WHERE settled = 0)
         AND id <= (SELECT id FROM incidents WHERE node = :node
           ORDER BY id DESC LIMIT 1 OFFSET ${OF_NODE_MAX})`,
      { node },
    );
  }

  /** Checks all old incidents only if `isWhole`, because thousands of them may be open. */
  #removeBefore(id: number, isWhole: boolean): void {
    if (id <= 0) return;
    this.#database.run(
      `DELETE FROM incidents WHERE id > :from AND id <= :id AND recovered_at_ms IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM told WHERE incident = incidents.id AND settled = 0)`,
      { from: isWhole ? 0 : this.#removedTo, id },
    );
    this.#removedTo = id;
  }
}
