/** The hub's persistent state: nodes, incidents, messages. It is kept in memory and in one file. */

import { AlertItemRows } from "./outbox/alert_item_rows.ts";
import { openDatabase, openInMemory, type StoreDatabase } from "./database/opening.ts";
import type { HistoryTask } from "./database/history_tables.ts";
import type { WorkerLink } from "./worker/worker_link.ts";
import { WriteThrough } from "./database/write_through.ts";
import { FactRows } from "./fact_rows.ts";
import { IncidentRows } from "./incident_rows.ts";
import { MeansRows } from "./history/means_rows.ts";
import { NameRows } from "./name_rows.ts";
import { NodeRows } from "./node_rows.ts";
import { NotificationRows } from "./outbox/notification_rows.ts";
import { OutboxRows } from "./outbox/outbox_rows.ts";
import { PulseRows } from "./history/pulse_rows.ts";
import { ReceiptRows } from "./outbox/receipt_rows.ts";
import { SessionRows } from "./session_rows.ts";
import { SpanRows } from "./span_rows.ts";
import { TransitionRows } from "./history/transition_rows.ts";
import { UnconfirmedRows } from "./outbox/unconfirmed_rows.ts";
import { VisibilityRows } from "./history/visibility_rows.ts";
import { VitalsRows } from "./history/vitals_rows.ts";
import { WallClockRows } from "./wall_clock_rows.ts";

export class Store implements Disposable {
  readonly nodes: NodeRows;
  readonly transitions: TransitionRows;
  readonly visibility: VisibilityRows;
  readonly pulse: PulseRows;
  readonly vitals: VitalsRows;
  readonly means: MeansRows;
  readonly incidents: IncidentRows;
  readonly notifications: NotificationRows;
  readonly outbox: OutboxRows;
  readonly items: AlertItemRows;
  readonly unconfirmed: UnconfirmedRows;
  readonly receipts: ReceiptRows;
  readonly maintenance: SpanRows;
  readonly silences: SpanRows;
  readonly facts: FactRows;
  readonly sessions: SessionRows;
  readonly names: NameRows;
  readonly wallClock: WallClockRows;
  readonly #database: StoreDatabase;

  /**
   * Opens or creates the file; `:memory:` keeps nothing. An unusable file stops every program
   * except the hub, its owner: see `writeThrough.fault`. Throws a `UserError`.
   */
  constructor(path: string, { isOwner = true } = {}) {
    this.#database = path === ":memory:" ? openInMemory() : openDatabase(path, { isOwner });
    const { live, history } = this.#database;
    this.nodes = new NodeRows(live);
    this.transitions = new TransitionRows(history);
    this.pulse = new PulseRows(live);
    this.visibility = new VisibilityRows(live, this.pulse);
    this.vitals = new VitalsRows(history);
    this.means = new MeansRows(history);
    this.incidents = new IncidentRows(live);
    this.notifications = new NotificationRows(live);
    this.outbox = new OutboxRows(live);
    this.items = new AlertItemRows(live);
    this.unconfirmed = new UnconfirmedRows(live);
    this.receipts = new ReceiptRows(live);
    this.maintenance = new SpanRows(live, "maintenance");
    this.silences = new SpanRows(live, "silences");
    this.facts = new FactRows(live);
    this.sessions = new SessionRows(live);
    this.names = new NameRows(live);
    this.wallClock = new WallClockRows(live, this);
    if (isOwner) this.transaction(() => this.wallClock.settle());
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]();
  }

  /** The connection to the file; `undefined` when there is none. */
  get writeThrough(): WriteThrough | undefined {
    return this.#database instanceof WriteThrough ? this.#database : undefined;
  }

  /** Whether the file is up to date. */
  get isWritten(): boolean {
    return this.writeThrough?.fault === undefined;
  }

  /** Whether the disk answers, as far as the hub knows. */
  get answers(): boolean {
    return this.writeThrough?.fault?.cause !== "no_answer";
  }

  /** Whether no change waits for the disk. */
  get isSettled(): boolean {
    return this.#database.isSettled;
  }

  /**
   * Resolves when all changes so far are on disk. It resolves at once while the disk has a fault, and
   * after 10 s when the disk does not answer. `isWritten` then says whether there is a fault.
   */
  async written(): Promise<void> {
    await this.#database.written();
  }

  /** From now on a worker has the file, and only `ask` can read its history tables. */
  async moveTo(worker: WorkerLink): Promise<void> {
    await this.writeThrough?.moveTo((state) => {
      worker.open(state);
      return worker;
    });
  }

  /** Writes everything, also to a file that had a fault, unless the disk does not answer. */
  async finish(): Promise<void> {
    await this.writeThrough?.finish();
  }

  /** Resolves when the worker has closed the file. */
  async close(): Promise<void> {
    await this.writeThrough?.close();
  }

  /**
   * Runs a task where the file is, after all changes so far were written. The result is
   * `undefined` when the file cannot be used or does not answer.
   */
  async ask<Args, Result>(
    task: HistoryTask<Args, Result>,
    args: Args,
  ): Promise<Result | undefined> {
    const { promise, resolve } = Promise.withResolvers<Result | undefined>();
    this.askThen(task, args, resolve);
    return await promise;
  }

  /** Like `ask`, but without a worker `take` is called before this returns. */
  askThen<Args, Result>(
    task: HistoryTask<Args, Result>,
    args: Args,
    take: (result: Result | undefined) => void,
  ): void {
    this.#database.ask(task, args, take);
  }

  /** Writes the changes at once, without waiting for more in the same transaction. */
  flush(): void {
    this.writeThrough?.flush();
  }

  /**
   * Runs `write` in one transaction of the memory. Its changes are also in one transaction of the
   * file: see `written`. An exception rolls everything back.
   */
  transaction<T>(write: () => T): T {
    return this.#database.transaction(write);
  }
}
