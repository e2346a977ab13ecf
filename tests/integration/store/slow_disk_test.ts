/** A disk on which each flush takes half a second: nobody but the worker waits for it. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { FailingDisk } from "../../support/store/failing_disk.ts";
import { Journal } from "../../support/store/journal.ts";
import { WorkerStore } from "../../support/store/worker_store.ts";
import { pass } from "../../support/time/pass.ts";

const isRoot = Deno.uid() === 0;
const FLUSH_MS = 500;
const CHANGES = 40;

Deno.test({
  name: "changes on a slow disk cost its user no time, and are few transactions" +
    (isRoot ? "" : " (only root may mount a disk)"),
  ignore: !isRoot && Deno.env.get("CI") !== "true",
  async fn() {
    await using disk = await FailingDisk.mount();
    const path = join(disk.path, "hub.db");
    await using hub = await WorkerStore.open(path);
    const { store } = hub;
    await store.written();
    const journal = new Journal(path);
    await disk.turn("slow");
    const beganMs = performance.now();
    let busyMs = 0;
    for (let count = 0; count < CHANGES; count++) {
      const fromMs = performance.now();
      store.names.set(`pi-${count}`, "a name");
      busyMs += performance.now() - fromMs;
      await pass(10);
    }
    await store.written();
    const tookMs = performance.now() - beganMs;
    await disk.turn("well");
    assert.ok(tookMs >= FLUSH_MS, `the disk is not slow: ${tookMs} ms`);
    // One of them would take longer if its user waited for the disk.
    assert.ok(busyMs < CHANGES * FLUSH_MS / 10, `${busyMs} ms`);
    const commits = journal.look();
    assert.ok(commits >= 1 && commits <= CHANGES / 2, `${commits} transactions`);
    assert.equal(store.isWritten, true);
  },
});
