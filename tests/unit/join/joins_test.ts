/** The life of a line for a Pi: who gets the script, how long, and what ends it. */

import assert from "node:assert/strict";
import { JOIN_FAILURES } from "../../../core/api/join_view.ts";
import { LINE_MS, RUN_MS } from "../../../hub/join/join.ts";
import { Joins, OPEN_MAX } from "../../../hub/join/joins.ts";
import { SteppedClock } from "../../support/time/stepped_clock.ts";

const ADDRESS = { url: "https://hub.lan:8443", pin: "pin" };

class Fixture {
  readonly clock = new SteppedClock();
  changes = 0;
  readonly joins = new Joins({ clock: this.clock, onChange: () => this.changes++ });

  make(node = "john-snow") {
    const made = this.joins.make({ node, name: node, address: ADDRESS });
    assert.ok(made);
    return made;
  }

  claim(token: string, from = "192.168.1.7"): string | undefined {
    const join = this.joins.find(token);
    assert.ok(join);
    return this.joins.change(join, (one, nowMs) => one.claim(from, nowMs));
  }
}

Deno.test("one caller gets the script, and no other one after it", () => {
  const fixture = new Fixture();
  const { join, token } = fixture.make();
  const key = fixture.claim(token);
  assert.ok(key);
  assert.equal(fixture.claim(token, "192.168.1.8"), undefined);
  assert.ok(join.isRunBy(key, fixture.clock.nowMs()));
  for (const wrong of ["", token, `${key} `, key.slice(1), "x".repeat(32)]) {
    assert.equal(join.isRunBy(wrong, fixture.clock.nowMs()), false, wrong);
  }
  const [view] = fixture.joins.views();
  assert.deepEqual([view?.step, view?.from, view?.failure], ["fetched", "192.168.1.7", null]);
});

Deno.test("a line ends after 15 minutes by itself, and everybody who follows it is told", () => {
  const fixture = new Fixture();
  const { token } = fixture.make();
  fixture.clock.pass(LINE_MS - 1);
  assert.equal(fixture.joins.views()[0]?.failure, null);
  const before = fixture.changes;
  fixture.clock.pass(1);
  assert.equal(fixture.joins.views()[0]?.failure, "expired");
  assert.equal(fixture.changes, before + 1);
  assert.equal(fixture.claim(token), undefined);
});

Deno.test("a line that is used at the last moment may take its time, though not for ever", () => {
  const fixture = new Fixture();
  const { join, token } = fixture.make();
  fixture.clock.pass(LINE_MS - 1);
  const key = fixture.claim(token) ?? "";
  fixture.clock.pass(RUN_MS - 1);
  assert.ok(join.isRunBy(key, fixture.clock.nowMs()));
  fixture.clock.pass(1);
  assert.equal(join.isRunBy(key, fixture.clock.nowMs()), false);
  assert.equal(fixture.joins.views()[0]?.failure, "stalled");
});

Deno.test("what fails before there is a credential may be tried again with the same line", () => {
  const fixture = new Fixture();
  for (const failure of JOIN_FAILURES.filter((one) => one !== "expired")) {
    const { join, token } = fixture.make(failure.replaceAll("_", "-"));
    const key = fixture.claim(token) ?? "";
    fixture.joins.change(join, (one, nowMs) => one.fail(failure, nowMs));
    assert.deepEqual([join.step, join.failure], ["made", failure]);
    assert.equal(join.isRunBy(key, fixture.clock.nowMs()), false, "the run has ended");
    assert.ok(fixture.claim(token), failure);
    assert.equal(join.failure, undefined);
    fixture.joins.change(join, (one, nowMs) => one.cancel(nowMs));
  }
});

Deno.test("after a credential was made, a failure ends the line", () => {
  const fixture = new Fixture();
  const { join, token } = fixture.make();
  fixture.claim(token);
  assert.ok(join.mayConfigure());
  fixture.joins.change(join, (one, nowMs) => one.reach("configured", nowMs));
  fixture.joins.change(join, (one, nowMs) => one.fail("no_heartbeat", nowMs));
  assert.deepEqual([join.step, join.failure], ["configured", "no_heartbeat"]);
  assert.equal(fixture.claim(token), undefined);
});

Deno.test("a credential is made again when an answer was lost, and not without end", () => {
  const { join } = new Fixture().make();
  const allowed = Array.from({ length: 5 }, () => join.mayConfigure());
  assert.deepEqual(allowed, [true, true, true, false, false]);
});

Deno.test("steps never lead back", () => {
  const fixture = new Fixture();
  const { join, token } = fixture.make();
  fixture.claim(token);
  assert.ok(join.reach("configured", 0));
  assert.equal(join.reach("installed", 0), false);
  assert.equal(join.step, "configured");
});

Deno.test("a new line for the same Pi ends the one before, in whatever state", () => {
  const fixture = new Fixture();
  const first = fixture.make();
  const key = fixture.claim(first.token) ?? "";
  const second = fixture.make();
  assert.equal(first.join.isRunBy(key, fixture.clock.nowMs()), false);
  assert.equal(fixture.claim(first.token), undefined);
  assert.ok(fixture.claim(second.token));
});

Deno.test("a failure that may be tried again is over with the line, and an arrival stays one", () => {
  const fixture = new Fixture();
  const { join, token } = fixture.make();
  fixture.claim(token);
  fixture.joins.change(join, (one, nowMs) => one.fail("no_root", nowMs));
  fixture.clock.pass(LINE_MS);
  assert.equal(join.failure, "expired");
  const arrived = fixture.make("arya");
  fixture.claim(arrived.token);
  fixture.joins.change(arrived.join, (one, nowMs) => one.reach("up", nowMs));
  fixture.make("arya");
  assert.deepEqual([arrived.join.step, arrived.join.failure], ["up", undefined]);
});

Deno.test("few lines are open at a time, and what ended makes room", () => {
  const fixture = new Fixture();
  for (let index = 0; index < OPEN_MAX; index++) fixture.make(`pi-${index}`);
  const oneMore = { node: "one-more", name: "one-more", address: ADDRESS };
  assert.equal(fixture.joins.make(oneMore), undefined);
  const [last] = fixture.joins.views();
  assert.ok(last);
  assert.ok(fixture.joins.end(last.id));
  assert.equal(fixture.joins.end(last.id), false);
  assert.ok(fixture.joins.make(oneMore));
  fixture.clock.pass(LINE_MS);
  for (let index = 0; index < OPEN_MAX; index++) fixture.make(`pi-${index}`);
  assert.ok(fixture.joins.views().length <= 40);
});

Deno.test("what ended is shown for an hour, and then forgotten", () => {
  const fixture = new Fixture();
  fixture.make();
  fixture.clock.pass(LINE_MS);
  fixture.clock.pass(3_599_999);
  assert.equal(fixture.joins.views().length, 1);
  const before = fixture.changes;
  fixture.clock.pass(1);
  assert.deepEqual(fixture.joins.views(), []);
  assert.equal(fixture.changes, before + 1);
});

Deno.test("neither a view nor a join has the token or the key", () => {
  const fixture = new Fixture();
  const { join, token } = fixture.make();
  const key = fixture.claim(token) ?? "";
  const shown = JSON.stringify([fixture.joins.views(), join]) + Deno.inspect(join, { depth: 9 }) +
    Deno.inspect(fixture.joins, { depth: 9, showHidden: true });
  assert.ok(!shown.includes(token));
  assert.ok(!shown.includes(key));
  assert.match(token, /^[\w-]{32}$/);
  assert.notEqual(token, fixture.make().token);
});
