/** By which calendar the present boot dated what it wrote; dates it anew when that calendar was wrong. */

import type { Database } from "./database/database.ts";
import { markInstants, moveMarkedInstants } from "./database/instants.ts";
import { alertJson, outboxRows } from "./outbox_row.ts";
import type { TransitionRows } from "./transition_rows.ts";
import type { VitalsRows } from "./vitals_rows.ts";
import { wallClockAlert } from "./wall_clock_alert.ts";

/** The two clocks at one instant: what the machine's boot is, how long ago it was, what the calendar says. */
export interface ClockReading {
  readonly bootId: string;
  /** Milliseconds since the boot. */
  readonly upMs: number;
  /** Calendar time in ms. */
  readonly wallMs: number;
}

/** By which calendar this boot dates. */
interface Basis {
  readonly bootId: string;
  /** How long the machine was up when this was last written. */
  readonly upMs: number;
  /** The calendar's time at the boot. */
  readonly epochMs: number;
  /** The last transition that was written before this boot. */
  readonly transitionsAfter: number;
  /** The first second of which this boot may have written vitals. */
  readonly vitalsFromS: number;
}

export interface WallClockTables {
  readonly transitions: TransitionRows;
  readonly vitals: VitalsRows;
}

/**
 * The one rule for every instant on disk: when the calendar steps, what was written since the machine
 * booted moves along, for the calendar that dated it was as wrong as it is corrected now. What earlier
 * boots wrote stays. A run that is killed before it knows of a step leaves that to the next one.
 */
export class WallClockRows {
  readonly #database: Database;
  readonly #tables: WallClockTables;

  constructor(database: Database, tables: WallClockTables) {
    this.#database = database;
    this.#tables = tables;
    markInstants(database);
  }

  /**
   * In the caller's transaction, before anything is read. Answers by how much the calendar stepped since
   * an earlier run of this boot; what that wrote is dated anew. Steps below `leastMs` are none.
   */
  begin(reading: ClockReading, leastMs: number): number {
    const basis = this.#basis();
    const isSameBoot = basis?.bootId === reading.bootId && reading.upMs >= basis.upMs;
    if (!isSameBoot) {
      this.#beginBoot(reading);
      return 0;
    }
    const stepMs = Math.round(epochOf(reading) - basis.epochMs);
    if (Math.abs(stepMs) < leastMs) return 0;
    this.step(stepMs, reading);
    return stepMs;
  }

  /** In the caller's transaction: the calendar stepped by so much, and says what is read now. */
  step(byMs: number, reading: ClockReading): void {
    const basis = this.#basis();
    if (basis === undefined) return;
    this.#moveAlerts(byMs);
    moveMarkedInstants(this.#database, byMs);
    this.#tables.transitions.move(byMs, basis.transitionsAfter);
    const byS = Math.round(byMs / 1000);
    const span = { fromS: basis.vitalsFromS, toS: Math.ceil((reading.wallMs - byMs) / 1000) };
    this.#tables.vitals.move(byS, span);
    this.#keep({
      ...basis,
      upMs: reading.upMs,
      epochMs: epochOf(reading),
      vitalsFromS: basis.vitalsFromS + byS,
    });
  }

  /** The first second of which this boot may have written vitals. */
  get vitalsFromS(): number {
    return this.#basis()?.vitalsFromS ?? 0;
  }

  /** In the caller's transaction, now and then: a later boot is told from this one by its shorter time. */
  stamp(upMs: number): void {
    const basis = this.#basis();
    if (basis !== undefined) this.#keep({ ...basis, upMs });
  }

  #beginBoot(reading: ClockReading): void {
    this.#database.run("DELETE FROM instant_marks", {});
    this.#keep({
      bootId: reading.bootId,
      upMs: reading.upMs,
      epochMs: epochOf(reading),
      transitionsAfter: this.#tables.transitions.lastId(),
      vitalsFromS: Math.floor(reading.wallMs / 1000),
    });
  }

  /** What messages of this boot tell, as data. */
  #moveAlerts(byMs: number): void {
    const ofThisBoot = `WHERE alert IS NOT NULL AND id IN (SELECT CAST(of_row AS INTEGER)
      FROM instant_marks WHERE of_table = 'outbox' AND of_column = 'created_at_ms')`;
    for (const { id, alert } of outboxRows(this.#database, ofThisBoot, {})) {
      this.#database.run("UPDATE outbox SET alert = :alert WHERE id = :id", {
        id,
        alert: alertJson(alert && wallClockAlert(alert, (atMs) => atMs + Math.round(byMs))),
      });
    }
  }

  #basis(): Basis | undefined {
    const row = this.#database.get("SELECT * FROM calendar", {});
    return row && {
      bootId: String(row.boot),
      upMs: Number(row.up_ms),
      epochMs: Number(row.epoch_ms),
      transitionsAfter: Number(row.transitions_after),
      vitalsFromS: Number(row.vitals_from_s),
    };
  }

  #keep(basis: Basis): void {
    this.#database.run(
      `INSERT OR REPLACE INTO calendar (id, boot, up_ms, epoch_ms, transitions_after, vitals_from_s)
       VALUES (1, :boot, :up, :epoch, :transitions, :vitals)`,
      {
        boot: basis.bootId,
        up: Math.round(basis.upMs),
        epoch: Math.round(basis.epochMs),
        transitions: basis.transitionsAfter,
        vitals: basis.vitalsFromS,
      },
    );
  }
}

/** The calendar's time at the boot. */
function epochOf({ upMs, wallMs }: ClockReading): number {
  return wallMs - upMs;
}
