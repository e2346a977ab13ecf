/** Checks of storage on a real block device that answers, stops answering, errs or turns read-only. */

import assert from "node:assert/strict";
import type { StorageFinding } from "../../../core/protocol/storage.ts";
import { StorageCheck } from "../../../io/storage/storage_check.ts";
import { systemClock } from "../../../io/time/clock.ts";
import { type FailingDisk, testOnDisk } from "../../support/store/failing_disk.ts";
import { isInTime } from "../../support/time/patience.ts";
import { until } from "../../support/time/until.ts";

/** Enough for a disk that answers on a busy machine. A disk that hangs exceeds every limit. */
const ANSWER_MS = 5000;
const SYSTEM_FILES = ["/etc/ld.so.cache", "/usr/bin/dd"];

function checkOf(disk: FailingDisk, answerMs = ANSWER_MS): StorageCheck {
  return new StorageCheck({
    clock: systemClock,
    systemFiles: SYSTEM_FILES,
    canary: `${disk.path}/canary`,
    answerMs,
  });
}

async function run(check: StorageCheck, write: boolean): Promise<StorageFinding> {
  return await check.run({ write });
}

testOnDisk("a disk that works is well, by reads and by writes", async (disk) => {
  await using check = checkOf(disk);
  assert.equal(await run(check, true), "ok");
  assert.equal(Deno.statSync(`${disk.path}/canary`).size, 4096);
  assert.equal(await run(check, false), "ok");
});

testOnDisk("a disk that stops answering is found, and found well when it answers", async (disk) => {
  await using check = checkOf(disk);
  assert.equal(await run(check, true), "ok");
  await disk.turn("mute");
  await using impatient = checkOf(disk, 300);
  assert.equal(await run(impatient, false), "no_answer");
  assert.equal(impatient.hangs, true);
  // The next check neither waits nor starts a second child.
  const beganMs = performance.now();
  assert.equal(await run(impatient, true), "no_answer");
  assert.ok(isInTime(performance.now() - beganMs, 200));
  await disk.turn("well");
  await until("the child's end", () => !impatient.hangs);
  assert.equal(await run(impatient, false), "ok");
});

testOnDisk("a disk that answers with errors is found although all is in memory", async (disk) => {
  await using check = checkOf(disk);
  assert.equal(await run(check, true), "ok");
  await disk.turn("errors");
  assert.equal(Deno.readTextFileSync(`${disk.path}/canary`).length, 4096, "the cache answers");
  assert.equal(await run(check, false), "errors");
  await disk.turn("well");
  assert.equal(await run(check, false), "ok");
});

testOnDisk(
  "a disk that takes no writes is found by the write, and turns read-only",
  async (disk) => {
    await using check = checkOf(disk);
    assert.equal(await run(check, true), "ok");
    await disk.turn("bad_writes");
    assert.equal(await run(check, false), "ok", "reads work");
    assert.equal(await run(check, true), "errors");
    await until("the kernel to take writing away", async () => {
      await Deno.writeTextFile(`${disk.path}/new`, "x").catch(() => {});
      return await run(check, false) === "read_only";
    });
  },
);

testOnDisk(
  "a file system that is mounted read-only is no fault, one that turns is",
  async (disk) => {
    await using first = checkOf(disk);
    assert.equal(await run(first, true), "ok");
    await disk.remount("ro");
    await using check = checkOf(disk);
    assert.equal(await run(check, true), "ok");
    assert.equal(await run(first, true), "read_only", "it was writable before");
  },
);

testOnDisk("a full disk is no fault of the disk", async (disk) => {
  await using check = checkOf(disk);
  await using file = await Deno.open(`${disk.path}/ballast`, { write: true, create: true });
  const piece = new Uint8Array(1 << 20);
  await assert.rejects(async () => {
    for (;;) await file.write(piece);
  }, /no space/i);
  assert.equal(await run(check, true), "ok", "the root is well, and the canary finds no room");
});

Deno.test("a program that keeps no state has its system read", async () => {
  await using check = new StorageCheck({
    clock: systemClock,
    systemFiles: SYSTEM_FILES,
    canary: undefined,
    answerMs: ANSWER_MS,
  });
  assert.equal(await run(check, true), "ok");
});
