/** Checks the storage of this machine repeatedly and keeps its state. */

import {
  isFault,
  judgeStorage,
  type StorageFinding,
  type StorageHealth,
  type StorageState,
  UNKNOWN_HEALTH,
} from "../../core/protocol/storage.ts";
import { getLog } from "../log/log.ts";
import { type Clock, sleepUntil } from "../time/clock.ts";

/** Runs one check. Never throws. */
export interface StorageChecker {
  run(options: { readonly write: boolean }): Promise<StorageFinding>;
}

export interface StorageWatchOptions {
  readonly check: StorageChecker;
  readonly clock: Clock;
  readonly onChange?: (state: StorageState) => void;
}

/** The time limit of each read or write of a check. */
export const ANSWER_MS_MAX = 10_000;
const CHECK_EVERY_MS = 60_000;
/** Writing wears out a card. After a failed check the next one writes as well. */
const WRITE_EVERY_MS = 3_600_000;

const log = getLog("storage");

export class StorageWatch {
  readonly #options: StorageWatchOptions;
  #health: StorageHealth = UNKNOWN_HEALTH;

  constructor(options: StorageWatchOptions) {
    this.#options = options;
  }

  /** `undefined` until the first result. */
  get state(): StorageState | undefined {
    return this.#health.state;
  }

  /** Runs until `stop` aborts. It then does not wait for a check in progress. */
  async run(stop: AbortSignal): Promise<void> {
    const { check, clock } = this.#options;
    let wroteMs = -Infinity;
    while (!stop.aborted) {
      const beganMs = clock.nowMs();
      const write = beganMs - wroteMs >= WRITE_EVERY_MS;
      using stopped = untilAborted(stop);
      const finding = await Promise.race([check.run({ write }), stopped.promise]);
      if (finding === undefined) return;
      if (isFault(finding)) wroteMs = -Infinity;
      else if (write) wroteMs = beganMs;
      this.#update(finding);
      await sleepUntil(clock, beganMs + CHECK_EVERY_MS, stop);
    }
  }

  #update(finding: StorageFinding): void {
    const before = this.#health;
    this.#health = judgeStorage(before, finding);
    const { state } = this.#health;
    if (state === undefined || state === before.state) return;
    if (state === "ok") log.info("storage answers");
    else log.error("storage fails", { fault: state });
    this.#options.onChange?.(state);
  }
}

function untilAborted(signal: AbortSignal): Disposable & { readonly promise: Promise<undefined> } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const onAbort = () => resolve(undefined);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  return { promise, [Symbol.dispose]: () => signal.removeEventListener("abort", onAbort) };
}
