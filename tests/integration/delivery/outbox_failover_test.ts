/** What is told when a message goes by another channel than it was promised for, or comes late. */

import assert from "node:assert/strict";
import { newCluster } from "../../../core/detection/cluster_state.ts";
import { recipientsOf } from "../../../hub/delivery/recipients.ts";
import { Recorder } from "../../../hub/history/recorder.ts";
import { messageText } from "../../../hub/live/message_text.ts";
import { PrintChannel } from "../../../hub/notify/print.ts";
import {
  HANG_MS,
  HOUR_MS,
  MINUTE_MS,
  OTHER,
  OutboxFixture,
  type RunOptions,
  SECOND_MS,
  type Target,
  TO,
} from "../../support/delivery/outbox_fixture.ts";
import { WebhookDouble } from "../../support/delivery/webhook_double.ts";
import { webhook } from "../../support/delivery/webhook_receivers.ts";
import { until } from "../../support/time/until.ts";

const FAULT = { kind: "raw", status: 500, body: "<h1>Oops</h1>" } as const;
const BUSY = { kind: "error", status: 429, code: 20429, message: "Too Many Requests" } as const;
const UNREGISTERED = {
  kind: "error",
  status: 400,
  code: 21610,
  message: "Attempt to send to unsubscribed recipient",
} as const;
const UNDELIVERED = { status: "undelivered", errorCode: 30003 } as const;
const PRINT: Target = { channel: "print", recipients: ["everybody"] };
const BY_PRINT = { channel: "print", recipient: "everybody" } as const;
const HOOK: Target = { channel: "webhook", recipients: ["json"] };

/** A message waits at its channel for as long as that is busy. */
const PATIENT = { downAfterMs: HOUR_MS };

/** Runs Twilio in turns with a channel that prints; answers the texts. */
function runBoth(fixture: OutboxFixture, options: RunOptions = {}) {
  const printed: string[] = [];
  const print = new PrintChannel((line) => printed.push(line.replace(/^.*not sent\): /, "")));
  const outbox = fixture.run({ channels: [fixture.twilio(), print], second: PRINT, ...options });
  return { outbox, printed };
}

/** An attempt was begun after this, and another one after its end. */
async function untilTriedAgain(fixture: OutboxFixture, id: number): Promise<void> {
  const { attempts } = fixture.row(id);
  await until("two more attempts", () => fixture.row(id).attempts > attempts + 1);
}

Deno.test("a death that waits while its end is told by another channel is told with its end", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.otherwise(BUSY);
  const { outbox, printed } = runBoth(fixture, PATIENT);
  const death = fixture.down("John Snow");
  const first = fixture.tell([death, fixture.down("Arya Stark")]);
  outbox.wake();
  await until("an attempt", () => fixture.row(first).lastError);
  const end = fixture.recovered(death);
  const second = fixture.tell([end, fixture.down("Khal Drogo")], BY_PRINT);
  outbox.wake();
  await fixture.untilState(second, "accepted");
  assert.equal(printed.length, 1);
  // What is no longer true is dropped however often it is tried.
  await untilTriedAgain(fixture, first);
  fixture.double.otherwise({ kind: "created" });
  await fixture.untilState(first, "accepted");
  assert.equal(fixture.double.sent.length, 1);
  assert.match(
    fixture.double.sent[0]?.text ?? "",
    /^Arya Stark is down\. .* John Snow was down from .* and is up again\./,
  );
  assert.doesNotMatch(fixture.double.sent[0]?.text ?? "", /Khal Drogo/);
});

Deno.test("a node that died again by what another channel told is not said to be up", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.otherwise(BUSY);
  const { outbox } = runBoth(fixture, PATIENT);
  const death = fixture.down("John Snow");
  const first = fixture.tell([death]);
  outbox.wake();
  await until("an attempt", () => fixture.row(first).lastError);
  const second = fixture.tell([fixture.recovered(death)]);
  const third = fixture.tell([fixture.down("John Snow")], BY_PRINT);
  await fixture.untilState(third, "accepted");
  await untilTriedAgain(fixture, first);
  fixture.double.otherwise({ kind: "created" });
  await fixture.untilState(first, "accepted");
  assert.equal(fixture.row(second).state, "merged");
  assert.match(fixture.double.sent[0]?.text ?? "", /^John Snow is down\./);
});

Deno.test("a death that did not arrive is not told after its end, however late that is known", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.otherwise(FAULT, "status");
  const { outbox, printed } = runBoth(fixture);
  const death = fixture.down("John Snow");
  const first = fixture.tell([death]);
  outbox.wake();
  const { reference = "" } = await fixture.untilState(first, "accepted");
  const end = fixture.tell([fixture.recovered(death)], BY_PRINT);
  outbox.wake();
  await fixture.untilState(end, "accepted");
  fixture.clock.pass(5 * HOUR_MS);
  await fixture.restart();
  fixture.double.statuses(reference, UNDELIVERED);
  fixture.double.otherwise({ kind: "created" }, "status");
  runBoth(fixture);
  await fixture.untilState(first, "refused");
  assert.deepEqual(fixture.rowsBy("print").map(({ id }) => id), [end]);
  assert.match(printed[0] ?? "", /^John Snow is up again/);
});

Deno.test("an end that did not arrive is not told after a new death that went out with later news", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.otherwise(FAULT, "status");
  const { outbox, printed } = runBoth(fixture, PATIENT);
  const end = fixture.tell([fixture.recovered(fixture.down("John Snow"))]);
  outbox.wake();
  const { reference = "" } = await fixture.untilState(end, "accepted");
  const atMs = fixture.wallMs();
  const again = fixture.tell([fixture.down("John Snow")], { atMs });
  const later = fixture.tell([fixture.down("Arya Stark")], { atMs: atMs + SECOND_MS });
  outbox.wake();
  await fixture.untilState(again, "accepted");
  assert.equal(fixture.row(later).state, "merged");
  fixture.double.statuses(reference, UNDELIVERED);
  fixture.double.otherwise({ kind: "created" }, "status");
  await fixture.untilState(end, "refused");
  await until("the next channel", () => printed.length > 0);
  assert.match(printed[0] ?? "", /^John Snow is down\. Last heard/);
  assert.doesNotMatch(printed[0] ?? "", /up again/);
});

Deno.test("who was told of a death hears of its end alone, though others hear of both in one", async () => {
  await using fixture = new OutboxFixture();
  const death = fixture.down("John Snow");
  const { cause: _, kind: __, ...facts } = death;
  const both = fixture.tell([death], { recipient: OTHER });
  const alone = fixture.tell([{ kind: "still_down", ...facts }]);
  fixture.tell([fixture.recovered(death)], BY_PRINT);
  runBoth(fixture);
  for (const id of [both, alone]) await fixture.untilState(id, "accepted");
  assert.match(fixture.row(both).text, /^John Snow was down from .* and is up again\./);
  assert.match(fixture.row(alone).text, /^John Snow is up again after/);
});

Deno.test("what did not arrive goes on without what the next channel tells anyway", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.otherwise(FAULT, "status");
  const { outbox, printed } = runBoth(fixture);
  const death = fixture.down("John Snow");
  const first = fixture.tell([death, fixture.down("Arya Stark")]);
  outbox.wake();
  const { reference = "" } = await fixture.untilState(first, "accepted");
  const end = fixture.tell([fixture.recovered(death)], BY_PRINT);
  outbox.wake();
  await fixture.untilState(end, "accepted");
  fixture.double.statuses(reference, UNDELIVERED);
  fixture.double.otherwise({ kind: "created" }, "status");
  await until("the next channel", () => printed.length > 1);
  assert.match(printed[1] ?? "", /^Arya Stark is down\. Last heard/);
  assert.doesNotMatch(printed[1] ?? "", /John Snow/);
});

Deno.test("a message goes back to a channel that is up again when the one it waits at is not", async () => {
  await using fixture = new OutboxFixture();
  await using receiver = new WebhookDouble("json");
  receiver.otherwise({ kind: "reset" });
  fixture.double.always({ kind: "reset" });
  const hook = webhook("json", { url: `${receiver.url}/hook` });
  const id = fixture.tell([fixture.down("John Snow")]);
  fixture.run({ channels: [fixture.twilio(), hook], second: HOOK });
  await fixture.untilState(id, "refused");
  await until("the webhook's fall", () => {
    return fixture.providerReports.some(({ channel, up }) => channel === "webhook" && !up);
  });
  assert.equal(fixture.double.sent.length, 0);
  fixture.double.always({ kind: "created" });
  await fixture.double.waitFor("sent", 1, 5000);
  assert.match(fixture.double.sent[0]?.text ?? "", /^John Snow is down\. /);
  const [waited] = fixture.rowsBy("webhook");
  assert.equal(waited?.state, "refused");
  assert.match(waited?.lastError ?? "", /passed on to Twilio$/);
});

Deno.test("a message that every channel refuses is offered to each of them once", async () => {
  await using fixture = new OutboxFixture();
  await using receiver = new WebhookDouble("json");
  receiver.otherwise({ kind: "raw", status: 400, body: "no" });
  fixture.double.toRecipient(TO, UNREGISTERED);
  const hook = webhook("json", { url: `${receiver.url}/hook` });
  fixture.tell([fixture.down("John Snow")], { channel: "webhook", recipient: "json" });
  fixture.run({ channels: [fixture.twilio(), hook], second: HOOK });
  await until("Twilio's refusal", () => fixture.rowsBy("twilio")[0]?.state === "refused");
  const posts = receiver.requests.length;
  await fixture.untilPassed(10 * MINUTE_MS);
  assert.deepEqual([fixture.store.outbox.newest(9).length, receiver.requests.length], [2, posts]);
});

Deno.test("no channel says of itself that it cannot be reached", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.always({ kind: "reset" });
  const { printed } = runBoth(fixture);
  const sinceMs = fixture.wallMs() - MINUTE_MS;
  const cause = { kind: "other", text: "no paper" } as const;
  const fall = { kind: "uplink_down", channel: "print", sinceMs, cause } as const;
  const alone = fixture.tell([fall]);
  const both = fixture.tell([fall, fixture.down("John Snow")], { recipient: OTHER });
  await fixture.untilState(both, "refused");
  await until("the other channel", () => printed.length > 0);
  assert.match(printed[0] ?? "", /^John Snow is down\. Last heard [^.]*\. Delivered late\.$/);
  await fixture.untilPassed(10 * MINUTE_MS);
  assert.deepEqual([printed.length, fixture.row(alone).state], [1, "pending"]);
  fixture.double.always({ kind: "created" });
  await fixture.untilState(alone, "accepted");
  assert.match(fixture.double.sent[0]?.text ?? "", /^The log has taken no messages since /);
});

Deno.test("nothing goes to a channel in its quiet hours only because another is out of reach", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.always({ kind: "reset" });
  let quietMs = 8 * HOUR_MS;
  const second = { ...PRINT, quietForMs: () => quietMs };
  const { printed } = runBoth(fixture, { second });
  const id = fixture.tell([fixture.down("John Snow")]);
  await until("the fall", () => fixture.providerReports.some(({ up }) => !up));
  await fixture.untilPassed(10 * MINUTE_MS);
  assert.deepEqual([fixture.row(id).state, printed], ["pending", []]);
  quietMs = 0;
  await fixture.untilState(id, "refused");
  await until("the other channel", () => printed.length > 0);
});

Deno.test("what one channel refuses in the quiet hours of the other waits for their end, hub or no hub", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.toRecipient(TO, UNREGISTERED);
  const endMs = fixture.wallMs() + 8 * HOUR_MS;
  const quietForMs = (wallMs: number) => Math.max(0, endMs - wallMs);
  const options = { second: { ...PRINT, quietForMs } };
  const death = fixture.down("John Snow");
  const id = fixture.tell([death]);
  const { printed: early } = runBoth(fixture, options);
  await fixture.untilState(id, "refused");
  const [row] = fixture.rowsBy("print");
  assert.ok(row);
  assert.ok(Math.abs(row.dueAtMs - endMs) < 10, `${row.dueAtMs - endMs} ms beside the end`);
  await fixture.restart();
  const { outbox, printed } = runBoth(fixture, options);
  fixture.tell([fixture.recovered(death)], { recipient: OTHER });
  outbox.wake();
  await fixture.untilPassed(2 * HOUR_MS);
  assert.deepEqual([early, printed, fixture.row(row.id).attempts], [[], [], 0]);
  fixture.clock.pass(6 * HOUR_MS);
  outbox.wake();
  await fixture.untilState(row.id, "accepted");
  assert.equal(printed.length, 1);
  assert.match(printed[0] ?? "", /^John Snow was down from .* and is up again\./);
});

Deno.test("what waits to be told of a node goes with it when nobody watches it any more", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.script({ kind: "created_then_hang" });
  const alone = fixture.tell([fixture.down("John Snow")], { recipient: OTHER });
  const both = fixture.tell([fixture.down("John Snow"), fixture.down("Arya Stark")]);
  const asked = fixture.tell([fixture.down("John Snow")], { recipient: `${TO}9` });
  fixture.store.outbox.beginAttempt(asked);
  const recorder = new Recorder(fixture.store, recipientsOf([]), fixture.clock);
  const removed = { kind: "removed", node: "john-snow", atMs: fixture.clock.nowMs() } as const;
  const [recorded] = recorder.record([{ outputs: [removed] }], newCluster([]));
  assert.deepEqual([...recorded?.messages ?? []], [alone, both]);
  const { state, lastError } = fixture.row(alone);
  assert.deepEqual([state, lastError], ["merged", "no longer watched"]);
  assert.match(messageText(fixture.row(both)), /^Arya Stark is down\. Last heard [^.]*\.$/);
  assert.match(messageText(fixture.row(asked)), /^John Snow is down\./);
  fixture.run({ timeoutMs: HANG_MS });
  await fixture.untilState(both, "accepted");
  // The provider did not have it after all.
  await fixture.untilState(asked, "merged");
  assert.deepEqual(fixture.double.sent.map(({ to }) => to), [TO]);
  assert.match(fixture.double.sent[0]?.text ?? "", /^Arya Stark is down/);
});

Deno.test("what settled messages told is forgotten as data, unless a message may yet depend on it", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.statuses(TO, { status: "delivered" });
  const { outbox } = runBoth(fixture);
  const first = fixture.tell([fixture.down("John Snow")]);
  outbox.wake();
  await fixture.untilState(first, "delivered");
  fixture.double.otherwise(FAULT, "status");
  const unconfirmed = fixture.tell([fixture.down("Arya Stark")], { recipient: OTHER });
  outbox.wake();
  await fixture.untilState(unconfirmed, "accepted");
  const later = fixture.tell([fixture.down("Khal Drogo")], BY_PRINT);
  outbox.wake();
  await fixture.untilState(later, "accepted");
  await fixture.restart();
  fixture.clock.pass(3 * HOUR_MS);
  runBoth(fixture);
  await until("the old alert to be gone", () => fixture.row(first).alert === undefined);
  assert.match(fixture.row(first).text, /^John Snow is down/);
  for (const id of [unconfirmed, later]) assert.ok(fixture.row(id).alert);
});
