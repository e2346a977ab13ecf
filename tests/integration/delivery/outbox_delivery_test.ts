/** Accepted is not delivered: the further states of messages that Twilio accepted. */

import assert from "node:assert/strict";
import {
  HOUR_MS,
  MINUTE_MS,
  OTHER,
  OutboxFixture,
  SECOND_MS,
  TO,
} from "../../support/delivery/outbox_fixture.ts";
import { SPEED } from "../../support/time/fast_clock.ts";
import { until } from "../../support/time/until.ts";

const FAULT = { kind: "raw", status: 500, body: "<h1>Oops</h1>" } as const;

Deno.test("a message that arrives is delivered, as Twilio says when it is asked", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.statuses(TO, { status: "queued" }, { status: "sent" }, { status: "delivered" });
  const id = fixture.tell([fixture.down("John Snow")]);
  fixture.run();
  const row = await fixture.untilState(id, "delivered");
  assert.deepEqual([row.lastError, row.checks, row.attempts], [undefined, 2, 1]);
  assert.equal(row.reference, fixture.double.sent[0]?.sid);
  const [first, second, third, ...more] = fixture.double.statusRequests;
  assert.equal(more.length, 0);
  assert.ok(first && second && third);
  assert.ok(first.atMs - (fixture.double.sent[0]?.atMs ?? 0) >= 5 * SECOND_MS / SPEED);
  assert.ok(second.atMs - first.atMs >= 15 * SECOND_MS / SPEED);
  assert.ok(third.atMs - second.atMs >= MINUTE_MS / SPEED);
  assert.deepEqual(fixture.changes.map(({ state }) => state), ["accepted", "delivered"]);
});

Deno.test("a message that does not arrive says why, and what to do", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.statuses(TO, { status: "undelivered", errorCode: 30034 });
  fixture.double.statuses(OTHER, { status: "failed", errorMessage: "Something new." });
  const ids = [TO, OTHER].map((recipient) =>
    fixture.tell([fixture.down("John Snow")], { recipient })
  );
  fixture.run();
  const [usa, other] = await Promise.all(ids.map((id) => fixture.untilState(id, "refused")));
  assert.equal(
    usa?.lastError,
    "the sender is not registered for messages to the USA: register it in Twilio's console " +
      "(A2P 10DLC) (30034)",
  );
  assert.equal(other?.lastError, "Something new");
});

Deno.test("a status that cannot be had now is asked for again, also by the next hub", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.otherwise(FAULT, "status");
  const id = fixture.tell([fixture.down("John Snow")]);
  fixture.run();
  await fixture.double.waitFor("statusRequests", 2, 5000);
  await fixture.restart();
  assert.equal(fixture.row(id).state, "accepted");
  fixture.double.otherwise({ kind: "created" }, "status");
  fixture.double.statuses(TO, { status: "delivered" });
  fixture.run();
  await fixture.untilState(id, "delivered");
  assert.equal(fixture.double.sent.length, 1);
});

Deno.test("questions that hang keep no message waiting", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.otherwise({ kind: "hang" }, "status");
  const outbox = fixture.run();
  for (let count = 1; count <= 6; count++) {
    const id = fixture.tell([fixture.down("John Snow")], { recipient: `${TO}${count}` });
    outbox.wake();
    await fixture.untilState(id, "accepted");
  }
  await fixture.double.waitFor("statusRequests", 2, 5000);
  assert.equal(fixture.double.statusRequests.length, 2);
});

Deno.test("a provider that does not show its messages is asked once; they stay accepted", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.otherwise({ kind: "raw", status: 404, body: "" }, "status");
  const id = fixture.tell([fixture.down("John Snow")]);
  fixture.run();
  await fixture.double.waitFor("statusRequests", 1, 5000);
  await fixture.untilPassed(5 * MINUTE_MS);
  assert.deepEqual([fixture.row(id).state, fixture.double.statusRequests.length], ["accepted", 1]);
});

Deno.test("a message of which Twilio says nothing for a day has expired", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.statuses(TO, { status: "sent" });
  const id = fixture.tell([fixture.down("John Snow")]);
  fixture.run();
  await fixture.untilState(id, "accepted");
  const row = await until("the message to be expired", () => {
    // The clock is moved forward, because a day is long even here.
    fixture.clock.pass(HOUR_MS);
    const now = fixture.row(id);
    return now.state !== "accepted" && now;
  });
  assert.deepEqual([row.state, row.lastError], [
    "expired",
    "Twilio never said whether it arrived",
  ]);
  assert.equal(fixture.double.statusRequests.length, 29);
  assert.ok(fixture.store.incidents.get(row.incidentIds[0] ?? 0)?.notifiedAtMs);
});
