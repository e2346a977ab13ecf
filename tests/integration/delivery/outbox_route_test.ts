/** Where messages go when a channel fails, and who is notified of the failure. */

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

/** Runs Twilio with a second channel behind it; returns what the second one prints. */
function runBoth(fixture: OutboxFixture, options: RunOptions = {}): string[] {
  const printed: string[] = [];
  const print = new PrintChannel((line) => printed.push(line.replace(/^.*not sent\): /, "")));
  const channels = [fixture.twilio(options.timeoutMs), print];
  fixture.run({ channels, second: SECOND, ...options });
  return printed;
}

/** Shorter than the test may take, longer than a busy machine needs for an answer. */
const PATIENT_MS = scaled(3000);

/** The reports about Twilio: whether it was up, each time. */
function upsOf({ providerReports }: OutboxFixture): readonly boolean[] {
  return providerReports.filter(({ channel }) => channel === "twilio").map(({ up }) => up);
}

Deno.test("a message that is refused goes to the next channel, once for all its recipients", async () => {
  await using fixture = new OutboxFixture();
  for (const recipient of [TO, OTHER]) fixture.double.toRecipient(recipient, UNREGISTERED);
  const death = fixture.down("John Snow");
  const atMs = fixture.wallMs();
  const ids = [TO, OTHER].map((recipient) => fixture.tell([death], { recipient, atMs }));
  const printed = runBoth(fixture);
  for (const id of ids) await fixture.untilState(id, "refused");
  const [row, ...others] = fixture.rowsBy("print");
  assert.ok(row);
  assert.equal(others.length, 0);
  assert.equal((await fixture.untilState(row.id, "accepted")).recipient, "everybody");
  assert.match(fixture.row(ids[0] ?? 0).lastError ?? "", /has unsubscribed by STOP/);
  assert.equal(printed.length, 1);
  assert.match(printed[0] ?? "", /^John Snow is down\. Last heard .*/);
  assert.deepEqual(row.incidentIds, fixture.row(ids[0] ?? 0).incidentIds);
});

Deno.test("a message that does not arrive goes to the next channel, with what came later", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.otherwise(FAULT, "status");
  const death = fixture.down("John Snow");
  const first = fixture.tell([death]);
  const printed: string[] = [];
  const print = new PrintChannel((line) => printed.push(line));
  const outbox = fixture.run({ channels: [fixture.twilio(), print], second: SECOND });
  const { reference = "" } = await fixture.untilState(first, "accepted");
  const second = fixture.tell([fixture.recovered(death)]);
  outbox.wake();
  await fixture.untilState(second, "accepted");
  fixture.double.statuses(reference, { status: "undelivered", errorCode: 30003 });
  fixture.double.otherwise({ kind: "created" }, "status");
  const { lastError } = await fixture.untilState(first, "refused");
  assert.match(lastError ?? "", /^the phone \+4915112345678 could not be reached/);
  await until("the next channel", () => printed.length > 0);
  assert.match(printed[0] ?? "", /: John Snow was down from .* and is up again\./);
  // The message contains the recovery too. If it does not arrive either, nothing more is due.
  fixture.double.statuses(TO, { status: "undelivered", errorCode: 30003 });
  await fixture.untilState(second, "refused");
  assert.deepEqual(fixture.rowsBy("print").map(({ state }) => state), ["accepted"]);
});

Deno.test("the last channel's refusal stays, and nothing else is promised", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.toRecipient(TO, UNREGISTERED);
  const id = fixture.tell([fixture.down("John Snow")]);
  fixture.run();
  await fixture.untilState(id, "refused");
  assert.equal(fixture.store.outbox.newest(10).length, 1);
});

Deno.test("what waits for a provider that is out of reach for a minute goes to the next channel", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.always({ kind: "reset" });
  const printed = runBoth(fixture);
  const death = fixture.down("John Snow");
  const atMs = fixture.wallMs();
  const ids = [
    fixture.tell([death], { atMs }),
    fixture.tell([fixture.recovered(death)], { atMs: atMs + 1 }),
    fixture.tell([death], { atMs, recipient: OTHER }),
  ];
  await fixture.untilState(ids[0] ?? 0, "refused");
  await fixture.untilState(ids[2] ?? 0, "refused");
  await until("the next channel", () => printed.some((text) => text.includes("was down from")));
  assert.equal(fixture.row(ids[1] ?? 0).state, "merged");
  assert.match(
    fixture.row(ids[0] ?? 0).lastError ?? "",
    /^Twilio took no message for \d min( \d+ s)? \(cannot reach Twilio: .*\): passed on to print$/,
  );
  const falls = fixture.providerReports.filter(({ up }) => !up);
  assert.equal(falls.length, 1);
  assert.ok((falls[0]?.sinceMs ?? Infinity) <= fixture.clock.nowMs() - MINUTE_MS);
});

Deno.test("a provider's fall and return are each told once, and what waited goes out at once", async () => {
  await using fixture = new OutboxFixture();
  const outbox = fixture.run();
  await until("the first sight", () => fixture.providerReports.length > 0);
  // Without a change the message would wait for an hour.
  fixture.double.always({ ...FAULT, headers: { "Retry-After": "3600" } });
  const id = fixture.tell([fixture.down("John Snow")]);
  outbox.wake();
  await until("the fall", () => fixture.providerReports.length > 1);
  await fixture.untilPassed(5 * MINUTE_MS);
  assert.equal(fixture.row(id).state, "pending");
  fixture.double.always({ kind: "created" });
  const wellMs = fixture.clock.nowMs();
  await fixture.untilState(id, "accepted");
  assert.ok(fixture.clock.nowMs() - wellMs < 30 * MINUTE_MS);
  const facts = fixture.providerReports.map((
    { channel, up, cause },
  ) => [channel, up, cause && cause.why]);
  assert.deepEqual(facts, [
    ["twilio", true, ""],
    ["twilio", false, "Twilio has a fault of its own (500)"],
    ["twilio", true, ""],
  ]);
});

Deno.test("a provider that dies while nobody has news is known to be down before somebody has", async () => {
  await using fixture = new OutboxFixture();
  fixture.run();
  await fixture.double.waitFor("accountRequests", 1, 5000);
  fixture.double.always({ kind: "reset" });
  await until("the fall", () => fixture.providerReports.some(({ up }) => !up));
  assert.equal(fixture.double.requests.length, 0);
  assert.ok(fixture.double.accountRequests.every(({ form }) => Object.keys(form).length === 0));
});

Deno.test("a provider that asks for patience is not down, unless it does so for blind_after", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.otherwise(BUSY);
  const id = fixture.tell([fixture.down("John Snow")]);
  const beginMs = fixture.clock.nowMs();
  const printed = runBoth(fixture);
  await fixture.untilState(id, "refused");
  const waitedMs = fixture.clock.nowMs() - beginMs;
  assert.ok(waitedMs >= MINUTE_MS, `passed on after ${waitedMs} ms`);
  await until("the next channel", () => printed.length > 0);
  assert.match(
    fixture.row(id).lastError ?? "",
    /^Twilio took no message for \d+ min( \d+ s)? \(Twilio asks to send less often \(20429\)\): passed/,
  );
  assert.deepEqual(upsOf(fixture), [true, false]);
  // It answers status requests all the time.
  assert.ok(fixture.double.accountRequests.length > 0);
});

Deno.test("a provider that is busy for less than blind_after keeps its messages", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.script(BUSY, BUSY, BUSY);
  const id = fixture.tell([fixture.down("John Snow")]);
  const printed = runBoth(fixture, { downAfterMs: HOUR_MS });
  await fixture.untilState(id, "accepted");
  assert.deepEqual([fixture.row(id).attempts, upsOf(fixture)], [4, [true]]);
  assert.deepEqual(printed, []);
});

Deno.test("a provider that asks for an hour is not waited for where there is another one", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.otherwise({ ...BUSY, retryAfter: "3600" });
  const id = fixture.tell([fixture.down("John Snow")]);
  const printed = runBoth(fixture);
  await fixture.untilState(id, "refused");
  await until("the next channel", () => printed.length > 0);
  assert.equal(fixture.double.posts.length, 1);
});

Deno.test("a limit of the day moves on at once, in its own words, with all that waits", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.otherwise(USED_UP);
  const atMs = fixture.wallMs();
  const death = fixture.down("John Snow");
  const ids = [TO, OTHER].map((recipient) => fixture.tell([death], { recipient, atMs }));
  const printed = runBoth(fixture);
  for (const id of ids) await fixture.untilState(id, "refused");
  await until("the next channel", () => printed.length > 0);
  // Both may have been under way at the first answer. No message is tried twice.
  assert.ok(fixture.double.posts.length <= ids.length, `${fixture.double.posts.length} attempts`);
  assert.equal(
    fixture.row(ids[0] ?? 0).lastError,
    "the daily limit is used up: raise it at Twilio, or wait up to 24 h (63038): passed on to print",
  );
  const [fall] = fixture.providerReports.filter(({ up }) => !up);
  assert.match(
    fall?.cause ? fall.cause.why : "",
    /^the daily limit is used up: raise it at Twilio/,
  );
  // The account is active and says so, but no message would be accepted.
  await fixture.untilPassed(2 * HOUR_MS);
  assert.deepEqual(upsOf(fixture), [true, false]);
});

Deno.test("without another channel a message outlasts a limit of the day", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.otherwise(USED_UP);
  const id = fixture.tell([fixture.down("John Snow")]);
  fixture.run();
  await until("the fall", () => fixture.providerReports.some(({ up }) => !up));
  await fixture.untilPassed(HOUR_MS);
  assert.equal(fixture.row(id).state, "pending");
  fixture.double.otherwise({ kind: "created" });
  await fixture.untilState(id, "accepted");
  assert.equal(fixture.providerReports.at(-1)?.up, true);
});

Deno.test("an account that is suspended after it took a message costs nobody that message", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.statuses(TO, { status: "failed", errorCode: 30002 });
  const id = fixture.tell([fixture.down("John Snow")]);
  const printed = runBoth(fixture);
  await fixture.untilState(id, "refused");
  await until("the next channel", () => printed.length > 0);
  assert.match(fixture.row(id).lastError ?? "", /^Twilio has suspended the account: .*passed on/);
});

Deno.test("a suspended account that is the only way keeps its message until it is well again", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.statuses(TO, { status: "failed", errorCode: 30002 });
  const id = fixture.tell([fixture.down("John Snow")]);
  fixture.run();
  await until("some attempts", () => fixture.double.sent.length > 3);
  await fixture.untilPassed(MINUTE_MS);
  // Each attempt may cost money, so attempts become rare.
  assert.ok(fixture.double.sent.length < 12, `${fixture.double.sent.length} attempts`);
  fixture.double.statuses(TO, { status: "delivered" });
  await fixture.untilState(id, "delivered");
});

Deno.test("a message that Twilio has is not passed on, though Twilio failed for long", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.always(FAULT);
  fixture.double.script({ kind: "created_then_hang" });
  const id = fixture.tell([fixture.down("John Snow")]);
  const printed = runBoth(fixture, {
    timeoutMs: PATIENT_MS,
    onProvider({ up }) {
      if (!up) fixture.double.otherwise({ kind: "created" });
    },
  });
  await fixture.untilState(id, "accepted");
  assert.deepEqual([printed, fixture.double.sent.length], [[], 1]);
});

Deno.test("a message that Twilio has perhaps is passed on when nobody can say", async () => {
  await using fixture = new OutboxFixture();
  fixture.double.always(FAULT);
  fixture.double.script({ kind: "created_then_hang" });
  const id = fixture.tell([fixture.down("John Snow")]);
  const printed = runBoth(fixture, { timeoutMs: HANG_MS });
  await fixture.untilState(id, "refused");
  await until("the next channel", () => printed.length > 0);
  assert.match(printed[0] ?? "", /^John Snow is down\. Last heard .* Delivered late\.$/);
});
