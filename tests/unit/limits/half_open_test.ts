/** Connections without CONNECT: unknown clients are many, healthy clients are quick. */

import assert from "node:assert/strict";
import {
  brokerBudget,
  isLowOnFiles,
  OPEN_FILES_WANTED,
} from "../../../core/limits/connection_budget.ts";
import { HalfOpen } from "../../../core/limits/half_open.ts";
import { RefusalReport } from "../../../core/limits/refusal_report.ts";

const LIMITS = { overallMax: 10, perAddressMax: 4, patienceMs: 1000 };
const MINUTE_MS = 60_000;

Deno.test("many simultaneous connections of one address are accepted up to the overall limit", () => {
  const halfOpen = new HalfOpen<number>(LIMITS);
  for (let id = 0; id < 10; id++) assert.deepEqual(halfOpen.add(id, "nat", 0), []);
  assert.equal(halfOpen.size, 10);
});

Deno.test("beyond the limit of an address, connections that are silent for too long are closed", () => {
  const halfOpen = new HalfOpen<number>(LIMITS);
  for (let id = 0; id < 4; id++) halfOpen.add(id, "stranger", id * 100);
  halfOpen.add(50, "neighbour", 0);
  halfOpen.delete(1, "stranger"); // it said who it is
  assert.deepEqual(halfOpen.add(4, "stranger", 5000), []);
  assert.deepEqual(halfOpen.add(5, "stranger", 5000), [0, 2, 3]);
  assert.equal(halfOpen.size, 3);
});

Deno.test("beyond the overall limit the oldest connection of the address with most is closed, not a new one", () => {
  const halfOpen = new HalfOpen<string>(LIMITS);
  halfOpen.add("healthy", "pi", 0);
  for (let id = 0; id < 9; id++) halfOpen.add(`s${id}`, `stranger ${id % 2}`, 0);
  assert.deepEqual(halfOpen.add("second", "another pi", 1), ["s0"]);
  assert.deepEqual(halfOpen.add("third", "third pi", 1), ["s2"]);
  assert.equal(halfOpen.size, 10);
  for (const [stream, from] of [["healthy", "pi"], ["second", "another pi"]] as const) {
    halfOpen.delete(stream, from);
  }
  assert.equal(halfOpen.size, 8);
});

Deno.test("a closed or identified connection counts once, whatever is reported later", () => {
  const halfOpen = new HalfOpen<number>(LIMITS);
  halfOpen.add(1, "a", 0);
  halfOpen.add(2, "a", 900);
  assert.deepEqual(halfOpen.removeOverdue(1000), [1]);
  halfOpen.delete(1, "a");
  assert.equal(halfOpen.size, 1);
  assert.deepEqual(halfOpen.removeOldest(), [2]);
  assert.deepEqual(halfOpen.removeOldest(), []);
  assert.equal(halfOpen.size, 0);
});

Deno.test("budget of the broker leaves a quarter of the files, and room for 1,000 nodes at once", () => {
  for (const files of [64, 256, 1024, 4096, 20_000, OPEN_FILES_WANTED]) {
    const { connectionsMax, halfOpen } = brokerBudget(files);
    assert.ok(connectionsMax <= files * 3 / 4, `${files}`);
    assert.ok(halfOpen.overallMax <= connectionsMax / 3, `${files}`);
    assert.ok(halfOpen.perAddressMax <= halfOpen.overallMax, `${files}`);
    assert.ok(halfOpen.perAddressMax > 0, `${files}`);
  }
  const { connectionsMax, halfOpen } = brokerBudget();
  assert.ok(halfOpen.overallMax >= 2000); // an agent and a tracker each
  assert.ok(connectionsMax - halfOpen.overallMax >= 5000);
  assert.ok(isLowOnFiles(1024));
  assert.ok(!isLowOnFiles(OPEN_FILES_WANTED));
  assert.ok(!isLowOnFiles(undefined));
});

Deno.test("refusals are logged at once, after a minute and then hourly, by address with counts", () => {
  const report = new RefusalReport();
  const sums = [];
  for (let atMs = 0; atMs <= 130 * MINUTE_MS; atMs += 1000) {
    const address = atMs % 3000 === 0 ? "192.0.2.7" : `198.51.100.${atMs / 1000 % 200}`;
    const sum = report.note("half_open", address, atMs);
    if (sum !== undefined) sums.push({ atMs, ...sum });
  }
  assert.deepEqual(sums.map(({ atMs }) => atMs / MINUTE_MS), [0, 1, 61, 121]);
  assert.deepEqual(sums.map(({ count }) => count), [1, 60, 3600, 3600]);
  assert.deepEqual(sums[2]?.addresses[0], ["192.0.2.7", 1200]);
  assert.ok(sums.every(({ addresses }) => addresses.length <= 3));
  assert.equal(report.note("half_open", "192.0.2.7", 500 * MINUTE_MS)?.count, 1);
});
