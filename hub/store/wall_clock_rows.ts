/** Stores the wall clock of the present boot, and corrects what was written with a wrong one. */

import type { AlertItemRows } from "./outbox/alert_item_rows.ts";
import type { Database } from "./database/database.ts";
import { markInstants, moveMarkedInstants } from "./database/instants.ts";
import { settlePulse } from "./database/pulse.ts";
import type { PulseRows } from "./history/pulse_rows.ts";
import type { TransitionRows } from "./history/transition_rows.ts";
import type { VitalsRows } from "./history/vitals_rows.ts";

/** Both clocks at one instant: which boot it is, how long ago it was, and the wall-clock time. */
export interface ClockReading {
  readonly bootId: string;
  /** Milliseconds since the boot. */
  readonly upMs: number;
  /** Wall-clock time in ms. */
  readonly wallMs: number;
}

/** The wall clock of the present boot. */
interface Basis {
  readonly bootId: string;
  /** The uptime when this row was last written. */
  readonly upMs: number;
  /** The wall-clock time at the boot. */
  readonly epochMs: number;
  /** The last transition that was written before this boot. */
  readonly transitionsAfter: number;
  /** The first second for which this boot may have written vitals. */
  readonly vitalsFromS: number;
}

export interface WallClockTables {
  readonly items: AlertItemRows;
  readonly pulse: PulseRows;
  readonly transitions: TransitionRows;
  readonly vitals: VitalsRows;
}

/**
 * The common rule for every instant on disk. When the wall clock steps, all instants written since
 * the boot move by the same amount, because they had the same error. Instants of earlier boots
 * stay. A run that is killed before it notices a step leaves the correction to the next one.
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
   * Call this in a transaction, before anything is read. It returns how far the wall clock stepped
   * since an earlier run of this boot, and moves what that run wrote. Steps below `leastMs` are
   * ignored.
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

  /**
   * Call this in a transaction when the wall clock has stepped by `byMs`. `reading` is the state
   * after the step.
   */
  step(byMs: number, reading: ClockReading): void {
    const basis = this.#basis();
    if (basis === undefined) return;
    this.#tables.items.move(byMs);
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

  /** The first second for which this boot may have written vitals. */
  get vitalsFromS(): number {
    return this.#basis()?.vitalsFromS ?? 0;
  }

  /**
   * Call this in a transaction from time to time. A later boot has a shorter uptime, which
   * distinguishes it from this one.
   */
  stamp(upMs: number): void {
    this.#tables.pulse.stamp(upMs);
  }

  /** Call this in a transaction before anything is read. It takes over what a killed run left. */
  settle(): void {
    const after = this.#basis()?.transitionsAfter;
    const { transitions } = this.#tables;
    settlePulse(this.#database, after === undefined ? after : transitions.newestMsAfter(after));
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

/** Returns the wall-clock time at the boot. */
function epochOf({ upMs, wallMs }: ClockReading): number {
  return wallMs - upMs;
}
