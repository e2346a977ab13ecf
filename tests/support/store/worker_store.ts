/** A store whose file is in a worker, as in a running hub. */

import { WorkerLink } from "../../../hub/store/worker/worker_link.ts";
import { Store } from "../../../hub/store/store.ts";

const WORKER = new URL("../../../hub/store_worker.ts", import.meta.url);

/** `await using hub = await WorkerStore.open(path);` Its end writes everything. */
export class WorkerStore implements AsyncDisposable {
  readonly store: Store;
  readonly worker: WorkerLink;

  private constructor(store: Store, worker: WorkerLink) {
    this.store = store;
    this.worker = worker;
  }

  static async open(path: string): Promise<WorkerStore> {
    const worker = new WorkerLink(WORKER);
    await worker.ready();
    const store = new Store(path);
    await store.moveTo(worker);
    return new WorkerStore(store, worker);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.finish();
    await this.store.close();
    this.kill();
  }

  /** Ends like a power cut: what is not on disk is lost. */
  kill(): void {
    this.worker[Symbol.dispose]();
    this.store[Symbol.dispose]();
  }
}
