/**
 * Keeps the hub away from a disk that does not answer. A read or write by the hub itself would hang
 * in the kernel and ignore signals, and would stop all detection. So a child process reads a block
 * of the database without the page cache. While that read hangs, the hub continues in memory.
 */

import { getLog } from "../../io/log/log.ts";
import { reasonOf } from "../../io/program/user_error.ts";
import { type Clock, sleepUntil } from "../../io/time/clock.ts";
import type { WriteThrough } from "../store/database/write_through.ts";

/**
 * The hub may write between two checks and hang: it writes the last heartbeats to the disk each
 * minute.
 */
const LOOK_EVERY_MS = 5000;
/**
 * A busy SD card answers a read within a second or two. Meanwhile the hub can continue in memory.
 */
const ANSWER_MS = 3000;
const READER = "/usr/bin/dd";

export interface DiskWatchOptions {
  readonly database: Pick<WriteThrough, "suspend" | "resume">;
  readonly path: string;
  readonly clock: Clock;
}

const log = getLog("hub");

/**
 * Runs until `stop` aborts. Needs `--allow-run=/usr/bin/dd`; without it the disk is not watched.
 */
export async function watchDisk(options: DiskWatchOptions, stop: AbortSignal): Promise<void> {
  const { clock } = options;
  while (!stop.aborted) {
    const beganMs = clock.nowMs();
    try {
      await lookAtDisk(options, stop);
    } catch (error) {
      // A process that cannot be started, or a missing program, says nothing about the disk.
      log.debug("cannot check whether the disk answers", { reason: reasonOf(error) });
    }
    await sleepUntil(clock, beganMs + LOOK_EVERY_MS, stop);
  }
}

/** Resolves when the disk has answered. Rejects when the check is impossible. */
async function lookAtDisk(
  { database, path, clock }: DiskWatchOptions,
  stop: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const end = () => over.abort();
  const reader = startReader(path);
  // An error is an answer too: the user of the file reports it.
  reader.status.then(end);
  stop.addEventListener("abort", end, { once: true });
  await sleepUntil(clock, clock.nowMs() + ANSWER_MS, over.signal);
  if (!over.signal.aborted) {
    database.suspend(`a read of "${path}" has not ended within ${ANSWER_MS} ms`);
    await sleepUntil(clock, Infinity, over.signal);
    if (!stop.aborted) database.resume();
  }
  stop.removeEventListener("abort", end);
}

/** Throws when the process cannot be started. */
function startReader(path: string): Deno.ChildProcess {
  // The output is not read, because Deno leaks memory for each pipe that is read.
  const child = new Deno.Command(READER, {
    args: [`if=${path}`, "of=/dev/null", "bs=4096", "count=1", "iflag=direct", "status=none"],
    clearEnv: true,
    cwd: "/",
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  child.unref();
  return child;
}
