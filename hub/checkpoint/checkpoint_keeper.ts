/**
 * Keeps the checkpoint up to date: it writes small files as soon as they change, and the database
 * once an hour and when the hub ends.
 */

import { dirname, join } from "node:path";
import type { FaultInput } from "../../core/alerting/policy/input.ts";
import { getLog } from "../../io/log/log.ts";
import { reasonOf } from "../../io/program/user_error.ts";
import { type Clock, sleepUntil } from "../../io/time/clock.ts";
import { causeOf, CheckpointFault } from "./checkpoint_fault.ts";
import type { CheckpointPlace } from "./checkpoint_place.ts";
import {
  assertOwnCheckpoint,
  type Pause,
  putText,
  textIn,
  writeDatabase,
} from "./write_checkpoint.ts";

const DATABASE_EVERY_MS = 3_600_000;
/** The first checkpoint of a run waits, so that a hub that crashes repeatedly spares the disk. */
const FIRST_AFTER_MS = 60_000;
const LOOK_EVERY_MS = 5000;
/** The interval of attempts after a failure. */
const RETRY_EVERY_MS = 15_000;
/** If the disk has accepted nothing for this long, it counts as not answering. */
const ANSWER_MS = 5 * 60_000;
/** A long copy works for `STEP_MS`, and then pauses for the following time. */
const STEP_MS = 5;
const PAUSE_MS = 20;
/** The last copy must be complete this long after the request to end. */
const END_BY_MS = 1600;

const log = getLog("checkpoint");

export interface CheckpointOptions {
  readonly place: CheckpointPlace;
  readonly clock: Clock;
  /** People are notified when it has failed for this long. */
  readonly reportAfterMs: number;
  readonly onFault: (fault: FaultInput) => void;
}

export class CheckpointKeeper {
  readonly #place: CheckpointPlace;
  readonly #clock: Clock;
  readonly #fault: CheckpointFault;
  /** The content of the checkpoint's small files, by name. */
  readonly #written = new Map<string, string>();
  /** An attempt that has not ended. */
  #saving: Promise<void> | undefined;
  #databaseMs: number;
  /** When the hub was asked to end. */
  #endedMs: number | undefined;

  constructor({ place, clock, reportAfterMs, onFault }: CheckpointOptions) {
    this.#place = place;
    this.#clock = clock;
    this.#fault = new CheckpointFault({ folder: place.folder, reportAfterMs, onFault });
    this.#databaseMs = clock.nowMs() + FIRST_AFTER_MS;
  }

  /** Runs until `stop` aborts. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.#attempt(stop);
      const pauseMs = this.#fault.isWrong ? RETRY_EVERY_MS : LOOK_EVERY_MS;
      await sleepUntil(this.#clock, this.#clock.nowMs() + pauseMs, stop);
    }
    this.#endedMs = this.#clock.nowMs();
  }

  /**
   * Call this when the database is closed. Writes the last checkpoint if `run` has ended as asked.
   * If the disk is too slow, the previous checkpoint stays.
   */
  async end(): Promise<void> {
    if (this.#endedMs === undefined) return;
    const over = new AbortController();
    const failed = (error: unknown) =>
      log.error("could not write the last checkpoint", { reason: reasonOf(error) });
    void this.#saveLast(over.signal)
      .then(() => log.info("wrote the last checkpoint"), failed).then(() => over.abort());
    await sleepUntil(this.#clock, this.#endedMs + END_BY_MS, over.signal);
    if (over.signal.aborted) return;
    over.abort();
    log.error("could not write the last checkpoint in time: the one before stays");
  }

  async #saveLast(stop: AbortSignal): Promise<void> {
    await this.#saving;
    this.#databaseMs = -Infinity;
    await this.#save(stop);
  }

  async #attempt(stop: AbortSignal): Promise<void> {
    const answered = new AbortController();
    const end = () => answered.abort();
    stop.addEventListener("abort", end, { once: true });
    this.#saving ??= this.#save(stop).then(
      () => this.#fault.end(this.#clock.nowMs()),
      (error) => this.#takeError(error, stop),
    ).finally(() => this.#saving = undefined);
    void this.#saving.then(end);
    await sleepUntil(this.#clock, this.#clock.nowMs() + ANSWER_MS, answered.signal);
    stop.removeEventListener("abort", end);
    if (answered.signal.aborted) return;
    const reason = `the disk has not answered for ${ANSWER_MS / 1000} s`;
    this.#fault.begin("no_answer", reason, this.#clock.nowMs());
  }

  #takeError(error: unknown, stop: AbortSignal): void {
    if (stop.aborted) return;
    this.#fault.begin(causeOf(error), reasonOf(error), this.#clock.nowMs());
  }

  /** Writes what is due. */
  async #save(stop: AbortSignal): Promise<void> {
    const { folder, stateDir, smallFiles } = this.#place;
    await assertOwnCheckpoint(this.#place);
    for (const { name } of smallFiles) {
      const [from, to] = [join(stateDir, name), join(folder, name)];
      const text = await textIn(from);
      const before = this.#written.get(name) ?? await textIn(to);
      if (text !== undefined && text !== before) {
        if (dirname(to) !== folder) await makeFolder(dirname(to));
        await putText(to, text);
      }
      if (text !== undefined) this.#written.set(name, text);
    }
    if (this.#clock.nowMs() < this.#databaseMs) return;
    // The database stays due until it is written.
    this.#databaseMs = -Infinity;
    await writeDatabase(this.#place, this.#pauseOf(stop));
    this.#databaseMs = this.#clock.nowMs() + DATABASE_EVERY_MS;
  }

  #pauseOf(stop: AbortSignal): Pause {
    let untilMs = this.#clock.nowMs() + STEP_MS;
    return async () => {
      if (this.#clock.nowMs() < untilMs) return;
      await sleepUntil(this.#clock, this.#clock.nowMs() + PAUSE_MS, stop);
      stop.throwIfAborted();
      untilMs = this.#clock.nowMs() + STEP_MS;
    };
  }
}

/** A folder of the checkpoint, whose own folder must be there: its disk may not be mounted. */
async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}
