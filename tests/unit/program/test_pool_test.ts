/** Which jobs of a run of tests are under way at a time. */

import assert from "node:assert/strict";
import { type PoolJob, runPool } from "../../../scripts/suite/pool.ts";

interface Named extends PoolJob {
  readonly name: string;
}

function job(name: string, cores: number, more: Partial<Named> = {}): Named {
  return { name, cores, group: "all", atOnce: Infinity, ...more };
}

/** Ends the named jobs one after another, and returns which ones ran before each end. */
async function played(
  jobs: readonly Named[],
  cores: number,
  ends: readonly string[],
): Promise<readonly string[]> {
  const running = new Map<string, () => void>();
  const pool = runPool(jobs, cores, ({ name }) => {
    return new Promise((resolve) => running.set(name, resolve));
  });
  const seen: string[] = [];
  for (const name of ends) {
    await settled();
    seen.push([...running.keys()].join(" "));
    running.get(name)?.();
    running.delete(name);
  }
  await pool;
  return seen;
}

/** Lets all promises that can go on do so. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

Deno.test("jobs run side by side up to the cores, and light ones pass a heavy one", async () => {
  const jobs = [job("a", 0.7), job("b", 0.7), job("heavy", 1), job("light", 0.1)];
  assert.deepEqual(await played(jobs, 1.6, ["a", "b", "heavy", "light"]), [
    "a b light",
    "b light",
    "light heavy",
    "light",
  ]);
});

Deno.test("a job that must be alone waits for all others, and all others for it", async () => {
  const jobs = [job("a", 0.1), job("alone", Infinity), job("b", 0.1), job("alone too", Infinity)];
  assert.deepEqual(await played(jobs, 2, ["a", "b", "alone", "alone too"]), [
    "a b",
    "b",
    "alone",
    "alone too",
  ]);
});

Deno.test("a group has a limit of its own", async () => {
  const machine = { group: "machines", atOnce: 1 };
  const jobs = [job("a", 0.1, machine), job("b", 0.1, machine), job("c", 0.1)];
  assert.deepEqual(await played(jobs, 2, ["a", "c", "b"]), ["a c", "c b", "b"]);
});

Deno.test("a job that takes more than there is runs alone", async () => {
  assert.deepEqual(await played([job("a", 3), job("b", 0.1)], 2, ["a", "b"]), ["a", "b"]);
});

Deno.test("nothing to run is no reason to wait", async () => {
  await runPool([], 1, () => Promise.reject(new Error("nothing")));
});
