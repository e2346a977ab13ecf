/** Enqueued messages and their states, with a real database on disk and Twilio's double. */

import assert from "node:assert/strict";
import {
  HANG_MS,
  HOUR_MS,
  OTHER,
  OutboxFixture,
  TO,
} from "../../support/delivery/outbox_fixture.ts";
import { SPEED } from "../../support/time/fast_clock.ts";
import { until } from "../../support/time/until.ts";

const FAULT = { kind: "raw", status: 500, body: "<h1>Oops</h1>" } as const;

Deno.test("outbox delivers a promise at once, and people count as told", async () => {
  await using fixture = new OutboxFixture();
  const id = fixture.promise(TO, "John Snow is down.");
  fixture.run();
  const row = await fixture.untilState(id, "accepted");
  assert.deepEqual([row.attempts, row.lastError, row.reference], [
    1,
    undefined,
    fixture.double.sent[0]?.sid,
  ]);
  assert.deepEqual(fixture.double.sent.map(({ to, text }) => [to, text]), [[
    TO,
    "John Snow is down.",
  ]]);
  const incident = fixture.store.incidents.get(row.incidentIds[0] ?? 0);
  assert.ok(incident?.notifiedAtMs !== undefined && incident.notifiedAtMs >= incident.diedAtMs);
  assert.deepEqual(fixture.changes.map(({ id, state }) => [id, state]), [[id, "accepted"]]);
});

Deno.test("outbox that waits is woken by a new promise", async () => {
  await using fixture = new OutboxFixture();
  const outbox = fixture.run();
  const id = fixture.promise(TO, "John Snow is down.");
  outbox.wake();
  await fixture.untilState(id, "accepted");
});

Deno.test("outbox tries again with growing waits until the message is accepted", async () => {
  await using fixture = new OutboxFixture();
  const busy = { kind: "error", status: 429, code: 20429, message: "Too Many Requests" } as const;
  fixture.double.script(busy, busy, busy, busy);
  const id = fixture.promise(TO, "John Snow is down.");
  fixture.run();
  const row = await fixture.untilState(id, "accepted");
  assert.deepEqual([row.attempts, fixture.double.sent.length, fixture.double.lists.length], [
    5,
    1,
    0,
  ]);
  const waits = fixture.changes.slice(0, -1).map(({ waitMs }) => waitMs);
  assert.equal(waits.length, 4);
  const postsMs = fixture.double.posts.map(({ atMs }) => atMs);
  for (const [index, waitMs] of waits.entries()) {
    const leastMs = 2000 * 2 ** index;
    assert.ok(waitMs <= leastMs * 1.25, `wait ${index}: ${waitMs} ms`);
    const gapMs = (postsMs[index + 1] ?? 0) - (postsMs[index] ?? 0);
    assert.ok(gapMs >= leastMs / SPEED, `gap ${index}: ${gapMs} ms`);
  }
  assert.equal(fixture.changes[0]?.lastError, "Twilio asks to send less often (20429)");
});

Deno.test("outbox waits for as long as the provider asks", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.script({
    kind: "error",
    status: 429,
    code: 20429,
    message: "Too Many Requests",
    retryAfter: "120",
  });
  const id = fixture.promise(TO, "John Snow is down.");
  fixture.run();
  await fixture.untilState(id, "accepted");
  const [first, second] = fixture.double.posts;
  assert.ok(first && second && second.atMs - first.atMs >= 120_000 / SPEED);
});

Deno.test("outbox brings a message through every kind of failure exactly once", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.script(
    { kind: "hang" }, // sending
    FAULT, // asking for it
    { kind: "reset" }, // asking again; fetch itself asks twice
    { kind: "reset" },
    { kind: "created" }, // it is absent
    { kind: "slow_body", status: 503 }, // sending
    { kind: "created" }, // it is absent
    FAULT, // sending
    { kind: "created" }, // it is absent
    { kind: "created_then_hang" }, // sending, and the answer is lost
  );
  const id = fixture.promise(TO, "John Snow is down.");
  fixture.run({ timeoutMs: HANG_MS });
  const row = await fixture.untilState(id, "accepted");
  assert.equal(fixture.double.sent.length, 1);
  assert.equal(row.reference, fixture.double.sent[0]?.sid);
  assert.equal(fixture.double.posts.length, 4);
});

Deno.test("outbox records a refusal in plain words, asks no more, and goes on to the next", async () => {
  await using fixture = new OutboxFixture();
  const refusal = { kind: "error", status: 400, message: "Invalid 'To' Phone Number" } as const;
  fixture.double.script({ ...refusal, code: 21211 }, {
    kind: "error",
    status: 400,
    code: 21617,
    message: "Too long",
  });
  const ids = ["John Snow is down.", "Arya Stark is down.", "Khal Drogo is down."]
    .map((text) => fixture.promise(TO, text));
  fixture.run();
  await fixture.untilState(ids[2] ?? 0, "accepted");
  const rows = ids.map((id) => fixture.row(id));
  assert.deepEqual(rows.map(({ state, attempts, lastError }) => [state, attempts, lastError]), [
    ["refused", 1, `${TO} is not a valid phone number (21211)`],
    ["refused", 1, "the message is too long (21617)"],
    ["accepted", 1, undefined],
  ]);
  const told = fixture.store.incidents.newest(3).map(({ notifiedAtMs }) =>
    notifiedAtMs !== undefined
  );
  assert.deepEqual(told, [true, false, false]);
  assert.equal(fixture.double.requests.length, 3);
});

Deno.test("outbox lets no recipient whose provider hangs keep the others waiting", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.toRecipient(TO, { kind: "hang" });
  const hanging = fixture.promise(TO, "John Snow is down.");
  const next = fixture.promise(TO, "Arya Stark is down.");
  const other = fixture.promise(OTHER, "John Snow is down, too.");
  fixture.run();
  await fixture.untilState(other, "accepted");
  assert.deepEqual([fixture.row(hanging).state, fixture.row(hanging).attempts], ["pending", 1]);
  // In order: a person who reads the newer one first would take the older one for the latest state.
  assert.equal(fixture.row(next).attempts, 0);
  await fixture.restart();
  fixture.double.toRecipient(TO, { kind: "created" });
  fixture.run();
  await fixture.untilState(next, "accepted");
  assert.deepEqual(fixture.double.sent.map(({ text }) => text), [
    "John Snow is down, too.",
    "John Snow is down.",
    "Arya Stark is down.",
  ]);
});

Deno.test("outbox that is stopped after the message went out does not send it again", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.script({ kind: "created_then_hang" });
  const id = fixture.promise(TO, "John Snow is down.");
  fixture.run();
  await fixture.double.waitFor("sent", 1, 5000);
  await fixture.restart();
  assert.deepEqual([fixture.row(id).state, fixture.row(id).isUncertain], ["pending", true]);
  fixture.run();
  const row = await fixture.untilState(id, "accepted");
  assert.equal(row.reference, fixture.double.sent[0]?.sid);
  assert.deepEqual([fixture.double.posts.length, fixture.double.lists.length], [1, 1]);
  assert.ok(fixture.store.incidents.get(row.incidentIds[0] ?? 0)?.notifiedAtMs);
});

Deno.test("outbox that is stopped before the message went out sends it in the next run", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.script({ kind: "hang" });
  const id = fixture.promise(TO, "John Snow is down.");
  fixture.run();
  await fixture.double.waitFor("requests", 1, 5000);
  await fixture.restart();
  fixture.run();
  await fixture.untilState(id, "accepted");
  assert.equal(fixture.double.sent.length, 1);
  assert.deepEqual([fixture.double.posts.length, fixture.double.lists.length], [2, 1]);
});

Deno.test("outbox sends again when the provider cannot say for long what it has", async () => {
  await using fixture = new OutboxFixture();
  const promisedMs = performance.now();
  const id = fixture.promise(TO, "John Snow is down.");
  fixture.store.outbox.beginAttempt(id);
  // Like a server that accepts messages and fails at everything else.
  fixture.double.script(...Array.from({ length: 30 }, () => FAULT));
  fixture.run();
  await until("a message to be sent", () => fixture.double.posts.length > 0);
  assert.ok((fixture.double.posts[0]?.atMs ?? 0) - promisedMs >= 600_000 / SPEED);
  assert.ok(fixture.double.lists.length > 1);
});

Deno.test("outbox refuses at its start what a channel that is gone was promised", async () => {
  await using fixture = new OutboxFixture();
  const ids = [TO, OTHER].map((recipient) => fixture.promise(recipient, "John Snow is down."));
  fixture.store.outbox.beginAttempt(ids[1] ?? 0);
  fixture.run({ channels: [] });
  for (const id of ids) {
    const { state, lastError } = fixture.row(id);
    assert.deepEqual([state, lastError], [
      "refused",
      'the channel "twilio" is no longer configured',
    ]);
  }
  assert.deepEqual(fixture.changes.map(({ id }) => id), ids);
  await fixture.restart();
  fixture.run();
  const next = fixture.promise(TO, "Arya Stark is down.");
  await fixture.untilState(next, "accepted");
  assert.equal(fixture.double.sent.length, 1);
});

Deno.test("outbox dates anew what waits when the calendar leaps, and keeps nobody waiting", async () => {
  for (const leapMs of [-24 * HOUR_MS, HOUR_MS]) {
    await using fixture = new OutboxFixture();
    const busy = { kind: "error", status: 429, code: 20429, message: "Too Many Requests" } as const;
    fixture.double.script({ ...busy, retryAfter: "3600" });
    const outbox = fixture.run();
    const id = fixture.tell([fixture.down("John Snow")]);
    outbox.wake();
    await until("the first attempt's end", () => fixture.row(id).lastError);
    const before = fixture.row(id);
    fixture.clock.leap(leapMs);
    outbox.wake();
    await fixture.untilState(id, "accepted");
    const { createdAtMs, alert } = fixture.row(id);
    assert.equal(createdAtMs, before.createdAtMs + leapMs);
    assert.equal(alert?.atMs, (before.alert?.atMs ?? 0) + leapMs);
  }
});
