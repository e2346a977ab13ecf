/**
 * Maintains the store's file: it repeats failed writes, repairs damage, and reports faults.
 */

import type { FaultInput } from "../../core/alerting/policy/input.ts";
import { getLog } from "../../io/log/log.ts";
import { reasonOf } from "../../io/program/user_error.ts";
import { type Clock, sleepUntil } from "../../io/time/clock.ts";
import { type BackgroundWork, checkFile, restoreVitals } from "./background_work.ts";
import type { Replaced } from "./database/batch.ts";
import type { StorageFault } from "./database/storage_fault.ts";
import type { WriteThrough } from "./database/write_through.ts";

/** The interval at which the file is checked, and written again if necessary. */
const CATCH_UP_EVERY_MS = 2000;
const UPKEEP_EVERY_MS = 60_000;
/** Between two steps of long work the hub processes its cluster. */
const STEP_EVERY_MS = 20;
/** A repaired damage counts as over after this time, or when everybody was notified. */
const DAMAGE_SHOWN_MS = 5 * 60_000;
const CHECK_EVERY_MS = 7 * 24 * 3_600_000;
/**
 * A backup may hold the lock for a while, so people are notified of a lock after this many times
 * the usual delay.
 */
const LOCK_DELAY_FACTOR = 2;
/** The log interval while the file cannot be written. */
const LOG_EVERY_MS = 3_600_000;

const log = getLog("hub");

export interface StoreKeeperOptions {
  readonly database: WriteThrough;
  readonly clock: Clock;
  /** People are notified when the disk has failed for this long. */
  readonly reportAfterMs: number;
  /** Work that begins once a minute, unless the last one still runs. */
  readonly upkeep: () => BackgroundWork;
  readonly onFault: (fault: FaultInput) => void;
}

export class StoreKeeper {
  readonly #options: StoreKeeperOptions;
  /** Long work, one step of each in turn. */
  readonly #works: BackgroundWork[] = [];
  #upkeep: BackgroundWork | undefined;
  #fault: StorageFault | undefined;
  #faultSinceMs = 0;
  #loggedMs = 0;
  /** The state that people were last notified of, if any. */
  #isReported: boolean | undefined;
  #damageOverMs: number;
  #checkMs: number;

  constructor(options: StoreKeeperOptions) {
    this.#options = options;
    const nowMs = options.clock.nowMs();
    // An earlier run may have ended before it could report this.
    this.#damageOverMs = nowMs + DAMAGE_SHOWN_MS;
    this.#checkMs = nowMs;
  }

  /** Runs until `stop` aborts. */
  async run(stop: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    let catchUpMs = -Infinity;
    let upkeepMs = clock.nowMs() + UPKEEP_EVERY_MS;
    while (!stop.aborted) {
      if (clock.nowMs() >= catchUpMs) {
        this.#catchUp();
        catchUpMs = clock.nowMs() + CATCH_UP_EVERY_MS;
      }
      if (clock.nowMs() >= upkeepMs) {
        this.#beginUpkeep();
        upkeepMs = clock.nowMs() + UPKEEP_EVERY_MS;
      }
      if (this.#options.database.fault === undefined) this.#step();
      const pauseMs = this.#works.length > 0 ? STEP_EVERY_MS : CATCH_UP_EVERY_MS;
      await sleepUntil(clock, clock.nowMs() + pauseMs, stop);
    }
  }

  #catchUp(): void {
    const { database, clock } = this.#options;
    database.catchUp();
    const nowMs = clock.nowMs();
    for (const one of database.replacements.splice(0)) this.#takeReplaced(one, nowMs);
    this.#takeFault(database.fault, nowMs);
    if (nowMs >= this.#damageOverMs) {
      this.#damageOverMs = nowMs + DAMAGE_SHOWN_MS;
      const over = { isWrong: false, cause: "", sinceMs: nowMs, endsQuietly: true } as const;
      this.#report("history_damaged", over);
    }
    if (nowMs < this.#checkMs) return;
    this.#checkMs = nowMs + CHECK_EVERY_MS;
    this.#works.push(checkFile(database));
  }

  #beginUpkeep(): void {
    if (this.#upkeep !== undefined && this.#works.includes(this.#upkeep)) return;
    this.#upkeep = this.#options.upkeep();
    this.#works.push(this.#upkeep);
  }

  #step(): void {
    const work = this.#works.shift();
    if (work === undefined) return;
    try {
      if (!work.next().done) this.#works.push(work);
    } catch (error) {
      // The rest of a damaged file may not be a database at all.
      log.warning("cannot go on with work on the history", { reason: reasonOf(error) });
    }
  }

  #takeReplaced({ why, path }: Replaced, nowMs: number): void {
    const { database } = this.#options;
    if (why !== "damaged") {
      const aside = path === undefined ? {} : { set_aside: path };
      return log.warning(
        `the database was ${why} while the hub was running: it is written again`,
        aside,
      );
    }
    log.error("the database was damaged: the readable part is saved", { set_aside: path });
    if (path !== undefined) this.#works.push(restoreVitals(database, path));
    this.#damageOverMs = nowMs + DAMAGE_SHOWN_MS;
    this.#report("history_damaged", { isWrong: true, cause: "damaged", sinceMs: nowMs });
  }

  #takeFault(fault: StorageFault | undefined, nowMs: number): void {
    if (fault === undefined) return this.#takeHealth(nowMs);
    if (this.#fault === undefined) this.#faultSinceMs = nowMs;
    const isNew = this.#fault?.cause !== fault.cause;
    this.#fault = fault;
    if (isNew || nowMs - this.#loggedMs >= LOG_EVERY_MS) {
      this.#loggedMs = nowMs;
      log.error("the history cannot be written: the hub continues in memory", { ...fault });
    }
    const { reportAfterMs } = this.#options;
    const afterMs = fault.cause === "locked" ? LOCK_DELAY_FACTOR * reportAfterMs : reportAfterMs;
    if (this.#isReported || nowMs - this.#faultSinceMs < afterMs) return;
    this.#isReported = true;
    const { cause } = fault;
    const sinceMs = this.#faultSinceMs;
    this.#report("history_not_written", { isWrong: true, cause, sinceMs });
  }

  #takeHealth(nowMs: number): void {
    if (this.#fault !== undefined) {
      this.#fault = undefined;
      log.info("the history is written again", {
        after_ms: Math.round(nowMs - this.#faultSinceMs),
      });
    }
    if (this.#isReported === false) return;
    this.#isReported = false;
    this.#report("history_not_written", { isWrong: false, cause: "", sinceMs: nowMs });
  }

  #report(
    fault: "history_damaged" | "history_not_written",
    change: Pick<FaultInput, "isWrong" | "cause" | "sinceMs" | "endsQuietly">,
  ): void {
    this.#options.onFault({ kind: "fault", subject: { kind: "hub", fault }, name: "", ...change });
  }
}
