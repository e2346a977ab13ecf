/** The hub's memory: what it knows, what went wrong, what it promised, in one database. */

import { AlertRows } from "./alert_rows.ts";
import { CalendarRows } from "./calendar_rows.ts";
import { Database } from "./database.ts";
import { IncidentRows } from "./incident_rows.ts";
import { NodeRows } from "./node_rows.ts";
import { FactRows } from "./fact_rows.ts";
import { NameRows } from "./name_rows.ts";
import { OutboxRows } from "./outbox_rows.ts";
import { SessionRows } from "./session_rows.ts";
import { SightRows } from "./sight_rows.ts";
import { SpanRows } from "./span_rows.ts";
import { ToldRows } from "./told_rows.ts";
import { TransitionRows } from "./transition_rows.ts";
import { UnconfirmedRows } from "./unconfirmed_rows.ts";
import { VitalsRows } from "./vitals_rows.ts";

export class Store implements Disposable {
  readonly nodes: NodeRows;
  readonly transitions: TransitionRows;
  readonly sights: SightRows;
  readonly vitals: VitalsRows;
  readonly incidents: IncidentRows;
  readonly told: ToldRows;
  readonly outbox: OutboxRows;
  readonly alerts: AlertRows;
  readonly unconfirmed: UnconfirmedRows;
  readonly maintenance: SpanRows;
  readonly silences: SpanRows;
  readonly facts: FactRows;
  readonly sessions: SessionRows;
  readonly names: NameRows;
  readonly calendar: CalendarRows;
  readonly #database: Database;

  /** Opens or creates the database; `:memory:` for one that is forgotten. */
  constructor(path: string) {
    this.#database = new Database(path);
    this.nodes = new NodeRows(this.#database);
    this.transitions = new TransitionRows(this.#database);
    this.sights = new SightRows(this.#database);
    this.vitals = new VitalsRows(this.#database);
    this.incidents = new IncidentRows(this.#database);
    this.told = new ToldRows(this.#database);
    this.outbox = new OutboxRows(this.#database);
    this.alerts = new AlertRows(this.#database);
    this.unconfirmed = new UnconfirmedRows(this.#database);
    this.maintenance = new SpanRows(this.#database, "maintenance");
    this.silences = new SpanRows(this.#database, "silences");
    this.facts = new FactRows(this.#database);
    this.sessions = new SessionRows(this.#database);
    this.names = new NameRows(this.#database);
    this.calendar = new CalendarRows(this.#database, this);
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]();
  }

  /** Runs `write` in one transaction: all of it is on disk afterwards, or an exception undoes all. */
  transaction<T>(write: () => T): T {
    return this.#database.transaction(write);
  }
}
