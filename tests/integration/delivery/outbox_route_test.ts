/** Where messages go when a channel fails, and who hears that it does. */

import assert from "node:assert/strict";
import { PrintChannel } from "../../../hub/notify/print.ts";
import {
  HANG_MS,
  HOUR_MS,
  MINUTE_MS,
  OTHER,
  OutboxFixture,
  type RunOptions,
  type Target,
  TO,
} from "../../support/delivery/outbox_fixture.ts";
import { scaled } from "../../support/time/patience.ts";
import { until } from "../../support/time/until.ts";

const FAULT = { kind: "raw", status: 500, body: "<h1>Oops</h1>" } as const;
const UNREGISTERED = {
  kind: "error",
  status: 400,
  code: 21610,
  message: "Attempt to send to unsubscribed recipient",
} as const;
const BUSY = { kind: "error", status: 429, code: 20429, message: "Too Many Requests" } as const;
const USED_UP = {
  kind: "error",
  status: 429,
  code: 63038,
  message: "Account exceeded the daily messages limit",
} as const;
const SECOND: Target = { channel: "print", recipients: ["everybody"] };

/** Runs Twilio with a second channel behind it; answers what that one prints. */
function runBoth(desk: OutboxFixture, options: RunOptions = {}): string[] {
  const printed: string[] = [];
  const print = new PrintChannel((line) => printed.push(line.replace(/^.*not sent\): /, "")));
  const channels = [desk.twilio(options.timeoutMs), print];
  desk.run({ channels, second: SECOND, ...options });
  return printed;
}

/** Shorter than the story may take, longer than a busy machine needs for an answer. */
const PATIENT_MS = scaled(3000);

/** Whether Twilio was told to be up, each time. */
function upsOf({ uplinks }: OutboxFixture): readonly boolean[] {
  return uplinks.filter(({ channel }) => channel === "twilio").map(({ up }) => up);
}

Deno.test("a message that is refused goes to the next channel, once for all its recipients", async () => {
  await using desk = new OutboxFixture();
  for (const recipient of [TO, OTHER]) desk.double.toRecipient(recipient, UNREGISTERED);
  const death = desk.down("John Snow");
  const atMs = desk.wallMs();
  const ids = [TO, OTHER].map((recipient) => desk.tell([death], { recipient, atMs }));
  const printed = runBoth(desk);
  for (const id of ids) await desk.untilState(id, "refused");
  const [row, ...others] = desk.rowsBy("print");
  assert.ok(row);
  assert.equal(others.length, 0);
  assert.equal((await desk.untilState(row.id, "accepted")).recipient, "everybody");
  assert.match(desk.row(ids[0] ?? 0).lastError ?? "", /has unsubscribed by STOP/);
  assert.equal(printed.length, 1);
  assert.match(printed[0] ?? "", /^John Snow is down\. Last heard .*/);
  assert.deepEqual(row.incidentIds, desk.row(ids[0] ?? 0).incidentIds);
});

Deno.test("a message that does not arrive goes to the next channel, with what came later", async () => {
  await using desk = new OutboxFixture();
  desk.double.otherwise(FAULT, "status");
  const death = desk.down("John Snow");
  const first = desk.tell([death]);
  const printed: string[] = [];
  const print = new PrintChannel((line) => printed.push(line));
  const outbox = desk.run({ channels: [desk.twilio(), print], second: SECOND });
  const { reference = "" } = await desk.untilState(first, "accepted");
  const second = desk.tell([desk.recovered(death)]);
  outbox.wake();
  await desk.untilState(second, "accepted");
  desk.double.statuses(reference, { status: "undelivered", errorCode: 30003 });
  desk.double.otherwise({ kind: "created" }, "status");
  const { lastError } = await desk.untilState(first, "refused");
  assert.match(lastError ?? "", /^the phone \+4915112345678 could not be reached/);
  await until("the next channel", () => printed.length > 0);
  assert.match(printed[0] ?? "", /: John Snow was down from .* and is up again\./);
  // It tells of the recovery, too: should that not arrive either, nothing more is to be told.
  desk.double.statuses(TO, { status: "undelivered", errorCode: 30003 });
  await desk.untilState(second, "refused");
  assert.deepEqual(desk.rowsBy("print").map(({ state }) => state), ["accepted"]);
});

Deno.test("the last channel's refusal stays, and nothing else is promised", async () => {
  await using desk = new OutboxFixture();
  desk.double.toRecipient(TO, UNREGISTERED);
  const id = desk.tell([desk.down("John Snow")]);
  desk.run();
  await desk.untilState(id, "refused");
  assert.equal(desk.store.outbox.newest(10).length, 1);
});

Deno.test("what waits for a provider that is out of reach for a minute goes to the next channel", async () => {
  await using desk = new OutboxFixture();
  desk.double.always({ kind: "reset" });
  const printed = runBoth(desk);
  const death = desk.down("John Snow");
  const atMs = desk.wallMs();
  const ids = [
    desk.tell([death], { atMs }),
    desk.tell([desk.recovered(death)], { atMs: atMs + 1 }),
    desk.tell([death], { atMs, recipient: OTHER }),
  ];
  await desk.untilState(ids[0] ?? 0, "refused");
  await desk.untilState(ids[2] ?? 0, "refused");
  await until("the next channel", () => printed.some((text) => text.includes("was down from")));
  assert.equal(desk.row(ids[1] ?? 0).state, "merged");
  assert.match(
    desk.row(ids[0] ?? 0).lastError ?? "",
    /^Twilio took no message for \d min( \d+ s)? \(cannot reach Twilio: .*\): passed on to print$/,
  );
  const falls = desk.uplinks.filter(({ up }) => !up);
  assert.equal(falls.length, 1);
  assert.ok((falls[0]?.sinceMs ?? Infinity) <= desk.clock.nowMs() - MINUTE_MS);
});

Deno.test("a provider's fall and return are each told once, and what waited goes out at once", async () => {
  await using desk = new OutboxFixture();
  const outbox = desk.run();
  await until("the first sight", () => desk.uplinks.length > 0);
  // Left alone, the message would wait for an hour.
  desk.double.always({ ...FAULT, headers: { "Retry-After": "3600" } });
  const id = desk.tell([desk.down("John Snow")]);
  outbox.wake();
  await until("the fall", () => desk.uplinks.length > 1);
  await desk.untilPassed(5 * MINUTE_MS);
  assert.equal(desk.row(id).state, "pending");
  desk.double.always({ kind: "created" });
  const wellMs = desk.clock.nowMs();
  await desk.untilState(id, "accepted");
  assert.ok(desk.clock.nowMs() - wellMs < 30 * MINUTE_MS);
  const facts = desk.uplinks.map(({ channel, up, cause }) => [channel, up, cause]);
  assert.deepEqual(facts, [
    ["twilio", true, ""],
    ["twilio", false, "Twilio has a fault of its own (500)"],
    ["twilio", true, ""],
  ]);
});

Deno.test("a provider that dies while nobody has news is known to be down before somebody has", async () => {
  await using desk = new OutboxFixture();
  desk.run();
  await desk.double.waitFor("accountRequests", 1, 5000);
  desk.double.always({ kind: "reset" });
  await until("the fall", () => desk.uplinks.some(({ up }) => !up));
  assert.equal(desk.double.requests.length, 0);
  assert.ok(desk.double.accountRequests.every(({ form }) => Object.keys(form).length === 0));
});

Deno.test("a provider that asks for patience is not down, unless it does so for blind_after", async () => {
  await using desk = new OutboxFixture();
  desk.double.otherwise(BUSY);
  const id = desk.tell([desk.down("John Snow")]);
  const beginMs = desk.clock.nowMs();
  const printed = runBoth(desk);
  await desk.untilState(id, "refused");
  const waitedMs = desk.clock.nowMs() - beginMs;
  assert.ok(waitedMs >= MINUTE_MS, `passed on after ${waitedMs} ms`);
  await until("the next channel", () => printed.length > 0);
  assert.match(
    desk.row(id).lastError ?? "",
    /^Twilio took no message for \d+ min( \d+ s)? \(Twilio asks to send less often \(20429\)\): passed/,
  );
  assert.deepEqual(upsOf(desk), [true, false]);
  // It answers questions all the while.
  assert.ok(desk.double.accountRequests.length > 0);
});

Deno.test("a provider that is busy for less than blind_after keeps its messages", async () => {
  await using desk = new OutboxFixture();
  desk.double.script(BUSY, BUSY, BUSY);
  const id = desk.tell([desk.down("John Snow")]);
  const printed = runBoth(desk, { downAfterMs: HOUR_MS });
  await desk.untilState(id, "accepted");
  assert.deepEqual([desk.row(id).attempts, upsOf(desk)], [4, [true]]);
  assert.deepEqual(printed, []);
});

Deno.test("a provider that asks for an hour is not waited for where there is another one", async () => {
  await using desk = new OutboxFixture();
  desk.double.otherwise({ ...BUSY, retryAfter: "3600" });
  const id = desk.tell([desk.down("John Snow")]);
  const printed = runBoth(desk);
  await desk.untilState(id, "refused");
  await until("the next channel", () => printed.length > 0);
  assert.equal(desk.double.posts.length, 1);
});

Deno.test("a limit of the day moves on at once, in its own words, with all that waits", async () => {
  await using desk = new OutboxFixture();
  desk.double.otherwise(USED_UP);
  const atMs = desk.wallMs();
  const death = desk.down("John Snow");
  const ids = [TO, OTHER].map((recipient) => desk.tell([death], { recipient, atMs }));
  const printed = runBoth(desk);
  for (const id of ids) await desk.untilState(id, "refused");
  await until("the next channel", () => printed.length > 0);
  // Both may have been under way when the first answer came; no message is tried twice.
  assert.ok(desk.double.posts.length <= ids.length, `${desk.double.posts.length} attempts`);
  assert.equal(
    desk.row(ids[0] ?? 0).lastError,
    "the daily limit is used up: raise it at Twilio, or wait up to 24 h (63038): passed on to print",
  );
  const [fall] = desk.uplinks.filter(({ up }) => !up);
  assert.match(
    fall?.cause ? fall.cause.why : "",
    /^the daily limit is used up: raise it at Twilio/,
  );
  // The account is well, and says so: no message would be taken all the same.
  await desk.untilPassed(2 * HOUR_MS);
  assert.deepEqual(upsOf(desk), [true, false]);
});

Deno.test("without another channel a message outlasts a limit of the day", async () => {
  await using desk = new OutboxFixture();
  desk.double.otherwise(USED_UP);
  const id = desk.tell([desk.down("John Snow")]);
  desk.run();
  await until("the fall", () => desk.uplinks.some(({ up }) => !up));
  await desk.untilPassed(HOUR_MS);
  assert.equal(desk.row(id).state, "pending");
  desk.double.otherwise({ kind: "created" });
  await desk.untilState(id, "accepted");
  assert.equal(desk.uplinks.at(-1)?.up, true);
});

Deno.test("an account that is suspended after it took a message costs nobody that message", async () => {
  await using desk = new OutboxFixture();
  desk.double.statuses(TO, { status: "failed", errorCode: 30002 });
  const id = desk.tell([desk.down("John Snow")]);
  const printed = runBoth(desk);
  await desk.untilState(id, "refused");
  await until("the next channel", () => printed.length > 0);
  assert.match(desk.row(id).lastError ?? "", /^Twilio has suspended the account: .*passed on/);
});

Deno.test("a suspended account that is the only way keeps its message until it is well again", async () => {
  await using desk = new OutboxFixture();
  desk.double.statuses(TO, { status: "failed", errorCode: 30002 });
  const id = desk.tell([desk.down("John Snow")]);
  desk.run();
  await until("some attempts", () => desk.double.sent.length > 3);
  await desk.untilPassed(MINUTE_MS);
  // Each of them may cost something: they become rare.
  assert.ok(desk.double.sent.length < 12, `${desk.double.sent.length} attempts`);
  desk.double.statuses(TO, { status: "delivered" });
  await desk.untilState(id, "delivered");
});

Deno.test("a message that Twilio has is not passed on, though Twilio failed for long", async () => {
  await using desk = new OutboxFixture();
  desk.double.always(FAULT);
  desk.double.script({ kind: "created_then_hang" });
  const id = desk.tell([desk.down("John Snow")]);
  const printed = runBoth(desk, {
    timeoutMs: PATIENT_MS,
    onUplink({ up }) {
      if (!up) desk.double.otherwise({ kind: "created" });
    },
  });
  await desk.untilState(id, "accepted");
  assert.deepEqual([printed, desk.double.sent.length], [[], 1]);
});

Deno.test("a message that Twilio has perhaps is passed on when nobody can say", async () => {
  await using desk = new OutboxFixture();
  desk.double.always(FAULT);
  desk.double.script({ kind: "created_then_hang" });
  const id = desk.tell([desk.down("John Snow")]);
  const printed = runBoth(desk, { timeoutMs: HANG_MS });
  await desk.untilState(id, "refused");
  await until("the next channel", () => printed.length > 0);
  assert.match(printed[0] ?? "", /^John Snow is down\. Last heard .* Delivered late\.$/);
});
