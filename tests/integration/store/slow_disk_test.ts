/** A disk on which each flush takes half a second, or for ever: nobody but the worker hangs on it. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { Credentials } from "../../../hub/credentials/credentials.ts";
import { NEWEST_TRANSITIONS } from "../../../hub/store/history_tasks.ts";
import { Store } from "../../../hub/store/store.ts";
import { startHub } from "../../support/program/programs.ts";
import { testOnDisk, withStateOn } from "../../support/store/failing_disk.ts";
import { Journal } from "../../support/store/journal.ts";
import { WorkerStore } from "../../support/store/worker_store.ts";
import { pass } from "../../support/time/pass.ts";
import { isInTime } from "../../support/time/patience.ts";
import { until } from "../../support/time/until.ts";

const FLUSH_MS = 500;
const CHANGES = 40;
const NOW_MS = 1_764_000_000_000;
const DIED = { from: "alive", to: "dead", reason: "silence" } as const;

testOnDisk(
  "changes on a slow disk cost its user no time, and are few transactions",
  async (disk) => {
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
      await pass(0);
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
);

testOnDisk("a credential on a slow disk keeps nothing else waiting", async (disk) => {
  const credentials = new Credentials(join(disk.path, "passwd"));
  await disk.turn("slow");
  const beganMs = performance.now();
  const enrolled = credentials.enrolInBackground("john-snow");
  let isDone = false;
  enrolled.finally(() => isDone = true);
  let turns = 0;
  for (; !isDone; turns++) await pass(10);
  const tookMs = performance.now() - beganMs;
  await disk.turn("well");
  assert.ok(tookMs >= FLUSH_MS, `the disk is not slow: ${tookMs} ms`);
  assert.ok(turns >= 5, `${turns} turns`);
  assert.equal(await credentials.verify("john-snow", await enrolled), true);
});

testOnDisk(
  "a write that hangs is waited for no longer than 10 s, and is on the disk when that answers",
  async (disk) => {
    const path = join(disk.path, "hub.db");
    {
      await using hub = await WorkerStore.open(path);
      const { store } = hub;
      await store.written();
      await disk.turn("mute");
      try {
        const beganMs = performance.now();
        store.names.set("arya", "Arya");
        store.transitions.add({ node: "arya", ...DIED, atMs: NOW_MS });
        await store.written();
        const waitedMs = performance.now() - beganMs;
        assert.ok(waitedMs >= 10_000 && isInTime(waitedMs, 15_000), `${waitedMs} ms`);
        assert.deepEqual([store.answers, store.isWritten], [false, false]);
        // From now on nothing waits, and everything works in memory.
        store.names.set("bran", "Bran");
        await store.written();
        assert.equal(store.names.all().get("bran"), "Bran");
        const question = { node: "arya", limit: 1 };
        assert.equal(await store.ask(NEWEST_TRANSITIONS, question), undefined);
      } finally {
        await disk.turn("well");
      }
      await until("the end of the fault", () => store.isWritten);
      const newest = await store.ask(NEWEST_TRANSITIONS, { node: "arya", limit: 9 });
      assert.equal(newest?.length, 1);
    }
    using again = new Store(path);
    assert.deepEqual([...again.names.all().values()], ["Arya", "Bran"]);
  },
);

testOnDisk(
  "a person's action waits for a slow disk, and the hub answers others meanwhile",
  async (disk) => {
    await using hub = await startHub({}, { through: withStateOn(disk) });
    await hub.untilSeeing();
    await disk.turn("slow");
    const order: string[] = [];
    let minutes = 0;
    const act = async () => {
      const beganMs = performance.now();
      const response = await hub.fetch("/api/v1/maintenance", {
        method: "POST",
        headers: { Authorization: `Bearer ${hub.password}`, "Content-Type": "application/json" },
        body: JSON.stringify({ for: `${++minutes}m` }),
      });
      const text = await response.text();
      assert.ok(response.ok, text);
      order.push(performance.now() - beganMs >= FLUSH_MS ? "acted" : "acted too soon");
    };
    const look = async () => {
      await hub.nodes();
      order.push("looked");
    };
    // On a busy machine the second request may be late, or the disk counts as one that does not
    // answer; a hub whose loop waits would always answer the second one last.
    await until("an answer while the action waits", async () => {
      order.length = 0;
      await Promise.all([act(), look()]);
      return order.join(", ") === "looked, acted";
    });
    await disk.turn("well");
    await hub.stop();
  },
);
