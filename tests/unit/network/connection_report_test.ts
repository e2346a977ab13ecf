/**
 * What the log contains about a broker's absence: each change once, then one line an hour with
 * counts.
 */

import assert from "node:assert/strict";
import type { BrokerFault } from "../../../core/network/broker_fault.ts";
import { type ConnectionLine, ConnectionReport } from "../../../core/network/connection_report.ts";

const HOUR_MS = 3_600_000;
const RECONNECT_MS = 2000;
const REFUSED: BrokerFault = { code: "refused", detail: "Connection refused" };
const SILENT: BrokerFault = { code: "no_answer", detail: "no answer within 1500 ms" };
const CLOSED: BrokerFault = { code: "closed" };

/** A report with its own clock. It keeps all lines with their instants. */
class Story {
  readonly lines: { readonly atMs: number; readonly line: ConnectionLine }[] = [];
  nowMs = 0;
  readonly #report = new ConnectionReport(RECONNECT_MS, 0);

  up(): void {
    this.#take({ kind: "up" });
  }

  lost(fault: BrokerFault = CLOSED, wasHeard = true): void {
    this.#take({ kind: "down", fault, wasUp: true, wasHeard });
  }

  fails(fault: BrokerFault): void {
    this.#take({ kind: "down", fault, wasUp: false, wasHeard: false });
  }

  /** Attempts every 1.5 s for this long. */
  away(ms: number, ...faults: readonly BrokerFault[]): void {
    const endMs = this.nowMs + ms;
    for (let count = 0; this.nowMs < endMs; count++) {
      this.nowMs += 1500;
      this.fails(faults[count % faults.length] ?? REFUSED);
    }
  }

  get kinds(): readonly string[] {
    return this.lines.map(({ line }) => line.kind);
  }

  #take(event: Parameters<ConnectionReport["take"]>[0]): void {
    const atMs = this.nowMs;
    for (const line of this.#report.take(event, atMs)) this.lines.push({ atMs, line });
  }
}

Deno.test("a broker that is away for a day causes one line for each change and one for each hour", () => {
  const story = new Story();
  story.up();
  story.nowMs = 100_000;
  story.lost();
  // The broker's machine is off: the router refuses some connections, and others time out.
  story.away(24 * HOUR_MS, REFUSED, SILENT);
  story.up();
  assert.deepEqual(story.kinds.slice(0, 4), [
    "connected",
    "disconnected",
    "cannot_connect",
    "cannot_connect",
  ]);
  const sums = story.lines.filter(({ line }) => line.kind === "still_away");
  assert.ok(sums.length === 23 || sums.length === 24, `${sums.length} sums`);
  assert.equal(story.kinds.length, 4 + sums.length + 1);
  const [first] = sums;
  assert.ok(first?.line.kind === "still_away");
  assert.deepEqual(first.line.faults.map(({ fault: { code } }) => code), ["refused", "no_answer"]);
  const hourly = first.line.faults.reduce((sum, { count }) => sum + count, 0);
  assert.equal(hourly, 2400);
  const last = story.lines.at(-1)?.line;
  assert.ok(last?.kind === "connected");
  assert.equal(last.failures, 24 * 2400);
});

Deno.test("a new reason in an outage is logged at once, a known one is not repeated", () => {
  const story = new Story();
  for (const fault of [REFUSED, REFUSED, SILENT, REFUSED, SILENT]) story.fails(fault);
  assert.deepEqual(story.kinds, ["cannot_connect", "cannot_connect"]);
});

Deno.test("a lookup that takes longer each time is one reason", () => {
  const story = new Story();
  for (const afterMs of [5000, 10_000, 15_000]) {
    story.fails({ code: "lookup_slow", host: "hub.lan", afterMs });
  }
  assert.deepEqual(story.kinds, ["cannot_connect"]);
});

Deno.test("two clients that disconnect each other are logged as such, and then counted", () => {
  const story = new Story();
  for (let count = 0; count < 2 * 3600; count++) {
    story.nowMs += 1000;
    if (count % 2 === 0) story.up();
    else story.lost();
  }
  assert.deepEqual(story.kinds, [
    ...["connected", "disconnected", "connected", "disconnected", "connected", "disconnected"],
    ...["ended_soon", "connected", "drops", "ended_soon"],
  ]);
  const drops = story.lines.find(({ line }) => line.kind === "drops")?.line;
  assert.ok(drops?.kind === "drops");
  assert.equal(drops.count, 1800 - 3);
});

Deno.test("the line about short connections contains whether the broker forwarded messages", () => {
  for (const heard of [[], [0], [2]]) {
    const story = new Story();
    for (let count = 0; count < 3; count++) {
      story.nowMs += 1000;
      story.up();
      story.lost(CLOSED, heard.some((one) => one === count));
    }
    const line = story.lines.at(-1)?.line;
    assert.deepEqual(line, { kind: "ended_soon", wasHeard: heard.length > 0 });
  }
});

Deno.test("a broker that crashes repeatedly is not reported as a shared id", () => {
  const story = new Story();
  for (let count = 0; count < 10; count++) {
    story.nowMs += 3000;
    story.up();
    story.nowMs += 3000;
    story.lost();
    story.fails(REFUSED);
  }
  assert.ok(!story.kinds.includes("ended_soon"));
});

Deno.test("a long outage is logged, however often the connection was lost before", () => {
  const story = new Story();
  story.up();
  for (let count = 0; count < 5; count++) {
    story.nowMs += 20_000;
    story.lost();
    story.nowMs += 1000;
    story.up();
  }
  const before = story.kinds.length;
  story.nowMs += 20_000;
  story.lost();
  story.away(50_000, REFUSED);
  assert.equal(story.kinds.length, before, "a short one is not");
  story.away(60_000, REFUSED);
  assert.deepEqual(story.kinds.slice(before), ["cannot_connect"]);
  story.up();
  assert.deepEqual(story.kinds.slice(before), ["cannot_connect", "connected"]);
});

Deno.test("a connection that is lost occasionally is logged each time", () => {
  const story = new Story();
  for (let count = 0; count < 10; count++) {
    story.up();
    story.nowMs += HOUR_MS / 2;
    story.lost();
    story.nowMs += 1000;
  }
  assert.deepEqual(new Set(story.kinds), new Set(["connected", "disconnected"]));
  assert.equal(story.kinds.length, 20);
});
