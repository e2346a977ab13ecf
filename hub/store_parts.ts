/** The hub's store and the worker that writes its file. */

import type { Config } from "../core/config/settings.ts";
import type { FileReach } from "../io/files/file_reach.ts";
import { sleepUntil, systemClock } from "../io/time/clock.ts";
import { databaseFile } from "./host/state_folder.ts";
import { WorkerLink } from "./store/worker/worker_link.ts";
import { Store } from "./store/store.ts";

/** The worker's bundle is a separate file beside the hub's bundle. */
const MODULE = new URL(
  import.meta.url.endsWith(".ts") ? "store_worker.ts" : "hub_store.js",
  import.meta.url,
);
/** At its end the hub waits this long for the disk. Everything that is not on disk then is lost. */
const LAST_WRITE_MS = 1000;
const CLOSE_MS = 300;

export class StoreParts {
  readonly #worker: WorkerLink;

  private constructor(worker: WorkerLink) {
    this.#worker = worker;
  }

  /** Starts the worker. Call this before access to its module is given up. */
  static async start(reach: FileReach): Promise<StoreParts> {
    const worker = new WorkerLink(MODULE, reach);
    await worker.ready();
    return new StoreParts(worker);
  }

  /** Opens the store on this thread. `parts` disposes it. */
  open(config: Config, parts: AsyncDisposableStack): Store {
    const store = parts.use(new Store(databaseFile(config)));
    // When a worker ends it closes the file, which would hang. The end of the process does not hang.
    parts.defer(() => store.answers ? this.#worker[Symbol.dispose]() : undefined);
    return store;
  }

  /** From now on the hub does not wait for the disk. */
  async handOver(store: Store, parts: AsyncDisposableStack): Promise<void> {
    await store.moveTo(this.#worker);
    parts.defer(() => within(CLOSE_MS, store.close()));
  }

  /** Writes everything before the hub ends, if the disk is fast enough. */
  async finish(store: Store): Promise<void> {
    await within(LAST_WRITE_MS, store.finish());
  }

  /** Rejects when the worker fails; resolves when `stop` aborts. */
  async run(stop: AbortSignal): Promise<void> {
    await Promise.race([this.#worker.failed(), sleepUntil(systemClock, Infinity, stop)]);
  }
}

/** Waits for the work, but at most this long. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  const over = new AbortController();
  void work.then(() => over.abort());
  await sleepUntil(systemClock, systemClock.nowMs() + ms, over.signal);
}
