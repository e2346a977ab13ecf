/**
 * Keeps the hub from touching a disk that does not answer. A read or a write of its own would hang in
 * the kernel, deaf to signals, and with it all that the hub is there for; so a child reads a block of
 * the database past every cache, and while that hangs the hub goes on in memory.
 */

import { getLog } from "../../io/log/log.ts";
import { reasonOf } from "../../io/program/user_error.ts";
import { type Clock, sleepUntil } from "../../io/time/clock.ts";
import type { WriteThrough } from "../store/database/write_through.ts";

/** Between two looks the hub may write, and hang: its last signs of life go to the disk each minute. */
const LOOK_EVERY_MS = 5000;
/** A busy SD card answers a read within a second or two. To wait for it in memory costs nothing. */
const ANSWER_MS = 3000;
const READER = "/usr/bin/dd";

export interface DiskWatchOptions {
  readonly database: Pick<WriteThrough, "hold" | "release">;
  readonly path: string;
  readonly clock: Clock;
}

const log = getLog("hub");

/** Until `stop` aborts. Needs `--allow-run=/usr/bin/dd`; without it nothing is watched. */
export async function watchDisk(options: DiskWatchOptions, stop: AbortSignal): Promise<void> {
  const { clock } = options;
  while (!stop.aborted) {
    const beganMs = clock.nowMs();
    try {
      await lookAtDisk(options, stop);
    } catch (error) {
      // No process can be started, or the reader is missing: that says nothing of the disk.
      log.debug("cannot ask whether the disk answers", { reason: reasonOf(error) });
    }
    await sleepUntil(clock, beganMs + LOOK_EVERY_MS, stop);
  }
}

/** Resolves when the disk has answered. Rejects when it cannot be asked. */
async function lookAtDisk(
  { database, path, clock }: DiskWatchOptions,
  stop: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const end = () => over.abort();
  const reader = startReader(path);
  // An error is an answer, too: whoever uses the file reports it.
  reader.status.then(end);
  stop.addEventListener("abort", end, { once: true });
  await sleepUntil(clock, clock.nowMs() + ANSWER_MS, over.signal);
  if (!over.signal.aborted) {
    database.hold(`a read of "${path}" has not ended within ${ANSWER_MS} ms`);
    await sleepUntil(clock, Infinity, over.signal);
    if (!stop.aborted) database.release();
  }
  stop.removeEventListener("abort", end);
}

/** Throws when it cannot be started. */
function startReader(path: string): Deno.ChildProcess {
  // Its words are not read: each pipe that is read costs memory for ever.
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
