/** Messages that had to wait are merged: with a real database and Twilio's double. */

import assert from "node:assert/strict";
import { messageText } from "../../../hub/live/message_text.ts";
import {
  HANG_MS,
  HOUR_MS,
  MINUTE_MS,
  OTHER,
  OutboxFixture,
  TO,
} from "../../support/delivery/outbox_fixture.ts";
import { until } from "../../support/time/until.ts";

const FAULT = { kind: "raw", status: 500, body: "<h1>Oops</h1>" } as const;
const BUSY = { kind: "error", status: 429, code: 20429, message: "Too Many Requests" } as const;
const TIME = "(\\d+ \\w+ )?\\d\\d:\\d\\d:\\d\\d( UTC)?";

/** The texts that were sent, in order. */
function assertTexts(fixture: OutboxFixture, ...patterns: readonly RegExp[]): void {
  const texts = fixture.double.sent.map(({ text }) => text);
  assert.equal(texts.length, patterns.length, JSON.stringify(texts, undefined, 1));
  for (const [index, pattern] of patterns.entries()) assert.match(texts[index] ?? "", pattern);
}

Deno.test("a death and its end, while Twilio fails for ten minutes, are one late message", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.always(FAULT);
  const outbox = fixture.run();
  const death = fixture.down("John Snow");
  const first = fixture.tell([death]);
  outbox.wake();
  await fixture.untilPassed(6 * MINUTE_MS);
  const second = fixture.tell([fixture.recovered(death)]);
  const third = fixture.tell([fixture.down("Arya Stark")]);
  await fixture.untilPassed(4 * MINUTE_MS);
  assert.equal(fixture.double.sent.length, 0);
  fixture.double.always({ kind: "created" });
  const row = await fixture.untilState(first, "accepted");
  assertTexts(
    fixture,
    new RegExp(
      `^Arya Stark is down\\. Last heard ${TIME}\\. John Snow was down from ${TIME} to ${TIME} ` +
        "\\(\\d+ min( \\d+ s)?\\) and is up again\\. Delivered late\\.$",
    ),
  );
  assert.equal(row.text, fixture.double.sent[0]?.text);
  for (const id of [second, third]) {
    const { state, lastError } = fixture.row(id);
    assert.deepEqual([state, lastError], ["merged", `told together with message ${first}`]);
  }
  assert.equal(row.incidentIds.length, 2);
  assert.ok(
    row.incidentIds.every((id) => fixture.store.incidents.get(id)?.notifiedAtMs !== undefined),
  );
});

Deno.test("messages that wait for a busy provider go together, each phone's apart", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.toRecipient(TO, BUSY);
  const outbox = fixture.run();
  const death = fixture.down("John Snow");
  const first = fixture.tell([death]);
  const other = fixture.tell([death], { recipient: OTHER });
  outbox.wake();
  await fixture.untilState(other, "accepted");
  const end = fixture.recovered(death);
  const ends = [fixture.tell([end]), fixture.tell([end], { recipient: OTHER })];
  outbox.wake();
  await fixture.untilState(ends[1] ?? 0, "accepted");
  fixture.double.toRecipient(TO, { kind: "created" });
  await fixture.untilState(first, "accepted");
  assert.equal(fixture.row(ends[0] ?? 0).state, "merged");
  const told = fixture.double.sent.map(({ to, text }) => `${to} ${text.slice(0, 20)}`);
  assert.deepEqual(told, [
    `${OTHER} John Snow is down. L`,
    `${OTHER} John Snow is up agai`,
    `${TO} John Snow was down f`,
  ]);
});

Deno.test("messages of another route, and texts of their own, are never merged", async () => {
  await using fixture = new OutboxFixture();
  const ids = [
    fixture.tell([fixture.down("John Snow")]),
    fixture.tell([fixture.down("John Snow")], { route: "escalation" }),
    fixture.promise(TO, "This is only a test."),
    fixture.tell([fixture.down("Arya Stark")]),
    fixture.tell([fixture.down("Khal Drogo")]),
  ];
  fixture.run();
  const last = await fixture.untilState(ids[4] ?? 0, "merged");
  await fixture.untilState(ids[3] ?? 0, "accepted");
  assert.equal(last.lastError, `told together with message ${ids[3]}`);
  assertTexts(
    fixture,
    /^John Snow is down/,
    /^John Snow is down/,
    /^This is only a test\.$/,
    /^2 Pis are down: Arya Stark, Khal Drogo\./,
  );
});

Deno.test("a message whose fate is unknown is looked for as it was sent, before anything joins it", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.script({ kind: "created_then_hang" }, FAULT, FAULT);
  const death = fixture.down("John Snow");
  const first = fixture.tell([death]);
  const outbox = fixture.run({ timeoutMs: HANG_MS });
  await fixture.double.waitFor("sent", 1, 5000);
  const second = fixture.tell([fixture.recovered(death)]);
  outbox.wake();
  await fixture.untilState(second, "accepted");
  assert.equal(fixture.row(first).state, "accepted");
  assertTexts(fixture, /^John Snow is down/, /^John Snow is up again/);
});

Deno.test("a merged message that is sent as the hub dies is found by the next one", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.script({ ...BUSY, retryAfter: "120" }, { kind: "created_then_hang" });
  const death = fixture.down("John Snow");
  const first = fixture.tell([death]);
  fixture.run();
  await until("the first attempt's end", () => fixture.row(first).lastError);
  const second = fixture.tell([fixture.recovered(death)]);
  await fixture.double.waitFor("sent", 1, 5000);
  await fixture.restart();
  assert.deepEqual([fixture.row(first).isUncertain, fixture.row(second).state], [true, "merged"]);
  fixture.run();
  await fixture.untilState(first, "accepted");
  assertTexts(fixture, /^John Snow was down from/);
});

Deno.test("a message is rendered by its attempt, and one that never had any still says what it told", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.statuses(TO, { status: "delivered" });
  const [first, second] = [
    fixture.tell([fixture.down("John Snow")]),
    fixture.tell([fixture.down("Arya Stark")]),
  ];
  assert.deepEqual([fixture.row(first).text, fixture.row(second).text], ["", ""]);
  assert.match(messageText(fixture.row(first)), /^John Snow is down\. Last heard/);
  fixture.run();
  await fixture.untilState(first, "delivered");
  assert.equal(fixture.row(first).text, fixture.double.sent[0]?.text);
  assert.match(fixture.row(first).text, /^2 Pis are down: /);
  await fixture.restart();
  fixture.clock.pass(3 * HOUR_MS);
  fixture.run();
  await until("the old alert to be gone", () => fixture.row(first).alert === undefined);
  assert.equal(fixture.row(second).state, "merged");
  assert.match(messageText(fixture.row(second)), /^Arya Stark is down\. Last heard/);
});
