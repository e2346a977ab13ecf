/** How often storage is checked and written, and what is reported. */

import assert from "node:assert/strict";
import type { StorageFinding } from "../../../core/protocol/storage.ts";
import { StorageWatch } from "../../../io/storage/storage_watch.ts";
import type { Clock } from "../../../io/time/clock.ts";

/** Time passes immediately when somebody waits for it. */
class LeapingClock implements Clock {
  #nowMs = 0;

  nowMs = () => this.#nowMs;
  wallMs = (atMs: number) => atMs;

  callAt(atMs: number, callback: () => void): Disposable {
    queueMicrotask(() => {
      this.#nowMs = Math.max(this.#nowMs, atMs);
      callback();
    });
    return { [Symbol.dispose]: () => {} };
  }
}

/** Plays this many checks; returns which of them wrote, and what was reported. */
async function play(findings: readonly StorageFinding[]) {
  const stop = new AbortController();
  const clock = new LeapingClock();
  const writes: number[] = [];
  const told: string[] = [];
  const atMs: number[] = [];
  const check = {
    run({ write }: { readonly write: boolean }): Promise<StorageFinding> {
      if (write) writes.push(atMs.length);
      atMs.push(clock.nowMs());
      const finding = findings[atMs.length - 1];
      if (finding === undefined) stop.abort();
      return Promise.resolve(finding ?? "not_known");
    },
  };
  const watch = new StorageWatch({ check, clock, onChange: (state) => told.push(state) });
  await watch.run(stop.signal);
  return { writes, told, atMs, state: watch.state };
}

function times(count: number, finding: StorageFinding): readonly StorageFinding[] {
  return Array<StorageFinding>(count).fill(finding);
}

Deno.test("storage is checked each minute, and written to at the start and each hour", async () => {
  const { writes, atMs, told } = await play(times(130, "ok"));
  assert.deepEqual(writes, [0, 60, 120]);
  assert.deepEqual(told, ["ok"]);
  assert.deepEqual(atMs.slice(0, 4), [0, 60_000, 120_000, 180_000]);
});

Deno.test("a check that follows a failed one writes, so that a fault of writes lasts", async () => {
  const { writes, told, state } = await play(["ok", "errors", "errors", "ok", "ok", "ok"]);
  assert.deepEqual(writes.slice(0, 4), [0, 2, 3]);
  assert.deepEqual(told, ["ok", "errors"]);
  assert.equal(state, "errors", "three good checks are no repair");
});

Deno.test("a check that hangs keeps nobody from stopping", async () => {
  const stop = new AbortController();
  const check = { run: () => new Promise<StorageFinding>(() => {}) };
  const running = new StorageWatch({ check, clock: new LeapingClock() }).run(stop.signal);
  stop.abort();
  await running;
});
