/** Upgrades of Pis from the hub: in turn, to the end, and no further after a failure. */

import assert from "node:assert/strict";
import type { UpdateReport } from "../../../core/protocol/update_report.ts";
import type { UpgradeSight } from "../../../core/update/upgrade.ts";
import {
  NO_UPGRADES,
  type UpgradeInput,
  upgradeQueue,
  type UpgradeRequest,
} from "../../../core/update/upgrade_queue.ts";

const OLD = "0.1.0";
const NEW = "0.2.0";
const READY: UpdateReport = { state: "ready", run: "before" };
const RUNNING: UpdateReport = { state: "running", run: "ours" };

/** Plays the machine as the hub does: it ticks at each deadline that passes. */
class Row {
  nowMs = 0;
  #state = NO_UPGRADES;
  readonly sent: string[] = [];
  readonly ended: string[] = [];
  changes = 0;

  put(input: UpgradeInput | { readonly kind: "tick" }): void {
    const [state, outputs] = upgradeQueue.step(this.#state, input, this.nowMs);
    this.#state = state;
    for (const output of outputs) {
      if (output.kind === "send") this.sent.push(`${output.node} ${output.version}`);
      if (output.kind === "ended") this.ended.push(`${output.node} ${output.failure ?? "done"}`);
      if (output.kind === "changed") this.changes++;
    }
  }

  ask(...nodes: readonly string[]): void {
    const requests = nodes.map((node): UpgradeRequest => ({ ...sightOf(node), version: NEW }));
    this.put({ kind: "ask", requests });
  }

  see(node: string, more: Partial<UpgradeSight> = {}): void {
    this.put({ kind: "seen", sight: { ...sightOf(node), ...more } });
  }

  /** The whole way of a node that is upgraded. */
  upgrade(node: string): void {
    this.see(node, { report: { state: "asked", run: "before" } });
    this.see(node, { report: RUNNING });
    this.see(node, { release: NEW, report: { state: "done", run: "ours" } });
    this.pass(10_000);
  }

  pass(ms: number): void {
    const endMs = this.nowMs + ms;
    for (;;) {
      const deadlineMs = upgradeQueue.deadlineMs(this.#state);
      if (deadlineMs > endMs) break;
      this.nowMs = deadlineMs;
      this.put({ kind: "tick" });
    }
    this.nowMs = endMs;
  }

  get steps(): Readonly<Record<string, string>> {
    const entries = [...this.#state.upgrades.values()].map(({ node, step, failure }) => [
      node,
      failure ?? step,
    ]);
    return Object.fromEntries(entries);
  }
}

function sightOf(node: string): UpgradeSight {
  return { node, isUp: true, release: OLD, report: READY };
}

Deno.test("a node goes from the request to the new version, which must stay for a moment", () => {
  const row = new Row();
  row.ask("arya");
  assert.deepEqual(row.sent, [`arya ${NEW}`]);
  assert.deepEqual(row.steps, { arya: "asked" });
  row.see("arya", { report: { state: "asked", run: "before" } });
  assert.deepEqual(row.steps, { arya: "requested" });
  row.see("arya", { report: RUNNING });
  assert.deepEqual(row.steps, { arya: "running" });
  // The agent restarts before the updater has finished.
  row.see("arya", { isUp: false, report: RUNNING });
  row.see("arya", { release: NEW, report: RUNNING });
  assert.deepEqual(row.steps, { arya: "running" });
  row.see("arya", { release: NEW, report: { state: "done", run: "ours", version: NEW } });
  assert.deepEqual(row.steps, { arya: "checking" });
  row.pass(9_999);
  assert.deepEqual(row.steps, { arya: "checking" });
  row.pass(1);
  assert.deepEqual([row.steps, row.ended], [{ arya: "done" }, ["arya done"]]);
});

Deno.test("all go one after the other, in the order of the request", () => {
  const row = new Row();
  row.ask("arya", "bran", "john-snow");
  assert.deepEqual(row.steps, { arya: "asked", bran: "waiting", "john-snow": "waiting" });
  row.upgrade("arya");
  assert.deepEqual(row.sent, [`arya ${NEW}`, `bran ${NEW}`]);
  row.ask("arya", "bran", "sansa");
  row.upgrade("bran");
  row.upgrade("john-snow");
  // Whoever is asked again comes last.
  assert.equal(row.steps.arya, "asked");
  row.upgrade("arya");
  row.upgrade("sansa");
  assert.deepEqual(
    row.ended,
    ["arya", "bran", "john-snow", "arya", "sansa"].map((node) => `${node} done`),
  );
});

Deno.test("after a failure no further node is touched, and the next request begins anew", () => {
  const row = new Row();
  row.ask("arya", "bran", "john-snow");
  row.see("arya", { report: { state: "failed", run: "ours", failure: "signature" } });
  assert.deepEqual(row.steps, { arya: "signature", bran: "stopped", "john-snow": "stopped" });
  assert.deepEqual([row.sent, row.ended], [[`arya ${NEW}`], ["arya signature"]]);
  row.ask("bran");
  assert.equal(row.steps.bran, "asked");
});

Deno.test("a report of an earlier run of the updater decides nothing", () => {
  const row = new Row();
  const before: UpdateReport = { state: "failed", run: "before", failure: "checksum" };
  row.put({
    kind: "ask",
    requests: [{ ...sightOf("arya"), report: before, version: NEW }],
  });
  row.see("arya", { report: before });
  assert.deepEqual(row.steps, { arya: "asked" });
  row.see("arya", { report: { ...before, run: "ours" } });
  assert.deepEqual(row.steps, { arya: "checksum" });
});

Deno.test("each step has its time, and its own reason when that is over", () => {
  const reasonAfter = (...reports: readonly Partial<UpgradeSight>[]) => {
    const row = new Row();
    row.ask("arya");
    for (const sight of reports) row.see("arya", sight);
    row.pass(2 * 3_600_000);
    return row.steps.arya;
  };
  const asked = { report: { state: "asked", run: "before" } } as const;
  assert.equal(reasonAfter(), "no_answer");
  assert.equal(reasonAfter(asked), "not_started");
  assert.equal(reasonAfter(asked, { report: RUNNING }), "stalled");
  const done = { report: { state: "done", run: "ours" } } as const;
  assert.equal(reasonAfter(asked, { report: RUNNING }, { ...done, isUp: false }), "not_back");
});

Deno.test("a version that dies soon after its start is a failure", () => {
  const row = new Row();
  row.ask("arya", "bran");
  row.see("arya", { report: RUNNING });
  const done: UpdateReport = { state: "done", run: "ours" };
  row.see("arya", { release: NEW, report: done });
  row.pass(5_000);
  row.see("arya", { release: NEW, report: done, isUp: false });
  assert.equal(row.steps.arya, "running");
  row.pass(3_600_000);
  assert.deepEqual(row.steps, { arya: "not_back", bran: "stopped" });
});

Deno.test("an installation that fails after the agent's restart is a failure", () => {
  const row = new Row();
  row.ask("arya");
  row.see("arya", { report: RUNNING });
  row.see("arya", { release: NEW, report: { state: "done", run: "ours" } });
  row.see("arya", { release: NEW, report: { state: "failed", run: "ours", failure: "install" } });
  assert.equal(row.steps.arya, "install");
});

Deno.test("a node that is away or has switched upgrades off is passed over", () => {
  const row = new Row();
  row.ask("arya", "bran", "john-snow", "sansa");
  row.see("bran", { isUp: false });
  row.see("john-snow", { report: undefined });
  row.upgrade("arya");
  assert.deepEqual(row.steps, {
    arya: "done",
    bran: "not_up",
    "john-snow": "off",
    sansa: "asked",
  });
});

Deno.test("a node that somebody upgraded by hand meanwhile needs no request", () => {
  const row = new Row();
  row.ask("arya", "bran");
  row.see("bran", { release: "0.2.0-1" });
  row.upgrade("arya");
  assert.deepEqual(row.sent, [`arya ${NEW}`]);
  row.pass(10_000);
  assert.deepEqual(row.steps, { arya: "done", bran: "done" });
});

Deno.test("a revoked node is forgotten, and the next one begins", () => {
  const row = new Row();
  row.ask("arya", "bran");
  row.put({ kind: "gone", node: "arya" });
  assert.deepEqual(row.steps, { bran: "asked" });
  row.see("arya", { report: RUNNING });
  assert.deepEqual(row.steps, { bran: "asked" });
});

Deno.test("the same report again changes nothing", () => {
  const row = new Row();
  row.ask("arya");
  row.see("arya", { report: RUNNING });
  const { changes } = row;
  for (let times = 0; times < 5; times++) row.see("arya", { report: RUNNING });
  assert.equal(row.changes, changes);
});
