import assert from "node:assert/strict";
import {
  ProviderHealth,
  type ProviderHealthReport,
} from "../../../hub/delivery/provider_health.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const FAULT = "Twilio has a fault of its own (500)";
const FAULTY = { why: FAULT, failure: { code: "fault", status: 500 } } as const;
const BUSY = { why: "Twilio asks to send less often (20429)", isBusy: true };
const USED_UP = { why: "the daily limit is used up (63038)", isBlocked: true };
const HOUR_MS = 60 * MINUTE_MS;

function wellProvider(): ProviderHealth {
  const uplink = new ProviderHealth("twilio", { downAfterMs: MINUTE_MS, nowMs: 0 });
  uplink.reached("question", 0);
  return uplink;
}

Deno.test("an uplink is down when its requests have failed for a minute, and is told so once", () => {
  const uplink = wellProvider();
  const reports = [10, 40, 69, 70, 100].map((second) => {
    return uplink.missed("question", FAULTY, second * SECOND_MS);
  });
  const cause = { kind: "provider", code: "fault", status: 500, why: FAULT };
  const down = { kind: "uplink", channel: "twilio", up: false, cause, sinceMs: 10_000 };
  assert.deepEqual(reports, [undefined, undefined, undefined, down, undefined]);
  assert.equal(uplink.isDown, true);
  const back = { kind: "uplink", channel: "twilio", up: true, cause: "", sinceMs: 130_000 };
  assert.deepEqual(uplink.reached("message", 130_000), back);
  assert.deepEqual([uplink.reached("message", 131_000), uplink.isDown], [undefined, false]);
});

Deno.test("a request that goes well in between lets the minute begin anew", () => {
  const uplink = wellProvider();
  uplink.missed("message", FAULTY, 10_000);
  uplink.reached("message", 50_000);
  assert.equal(uplink.missed("message", FAULTY, 80_000), undefined);
  assert.equal(uplink.failingForMs(100_000), 20_000);
});

Deno.test("the first success of a run is told: the hub before may have died while down", () => {
  const uplink = new ProviderHealth("twilio", { downAfterMs: MINUTE_MS, nowMs: 0 });
  assert.equal(uplink.reached("question", 7)?.up, true);
});

Deno.test("one failure is no minute of them, however long ago it was", () => {
  const uplink = wellProvider();
  uplink.missed("message", FAULTY, 0);
  assert.equal(uplink.isDown, false);
});

Deno.test("a provider that answers questions but takes no message is down all the same", () => {
  const uplink = wellProvider();
  uplink.missed("message", FAULTY, 0);
  assert.equal(uplink.reached("question", 1000), undefined);
  assert.equal(uplink.missed("message", FAULTY, MINUTE_MS)?.up, false);
  assert.equal(uplink.reached("question", 2 * MINUTE_MS), undefined);
  assert.equal(uplink.isDown, true);
  // With no message to show it, a question has to do.
  assert.equal(uplink.reached("question", 11 * MINUTE_MS)?.up, true);
});

Deno.test("a provider is asked at once, every ten minutes while well, every 30 s while it fails", () => {
  const uplink = new ProviderHealth("twilio", { downAfterMs: MINUTE_MS, nowMs: 0 });
  assert.equal(uplink.probeAtMs, -Infinity);
  uplink.reached("question", 0);
  assert.equal(uplink.probeAtMs, 10 * MINUTE_MS);
  uplink.reached("message", MINUTE_MS);
  assert.equal(uplink.probeAtMs, 11 * MINUTE_MS);
  uplink.missed("message", FAULTY, 2 * MINUTE_MS);
  assert.ok(uplink.probeAtMs <= 2 * MINUTE_MS);
  uplink.missed("question", FAULTY, 2 * MINUTE_MS);
  assert.equal(uplink.probeAtMs, 2 * MINUTE_MS + 30 * SECOND_MS);
});

Deno.test("a failure of hours ago is not the beginning of one of now", () => {
  const uplink = wellProvider();
  uplink.missed("message", FAULTY, MINUTE_MS);
  assert.equal(uplink.missed("message", FAULTY, 120 * MINUTE_MS), undefined);
  assert.equal(uplink.failingForMs(120 * MINUTE_MS), 0);
});

Deno.test("a provider that cannot be asked gets another chance in the end", () => {
  const uplink = wellProvider();
  assert.equal(uplink.trustAtMs, Infinity);
  uplink.missed("message", FAULTY, 0);
  uplink.missed("message", FAULTY, MINUTE_MS);
  assert.equal(uplink.isDown, true);
  assert.equal(uplink.trustAtMs, 81 * MINUTE_MS);
  assert.equal(uplink.trusted(81 * MINUTE_MS)?.up, true);
  assert.deepEqual([uplink.isDown, uplink.trustAtMs], [false, Infinity]);
});

Deno.test("a provider that answers busy for ever is down once it took no message for a minute", () => {
  const uplink = wellProvider();
  const reports = [0, 30, 60].map((second) => {
    assert.equal(uplink.reached("question", second * SECOND_MS), undefined);
    return whyOf(uplink.missed("message", BUSY, second * SECOND_MS));
  });
  assert.deepEqual(reports, [undefined, undefined, BUSY.why]);
  assert.equal(uplink.reached("question", 2 * MINUTE_MS), undefined);
  assert.equal(uplink.reached("message", 3 * MINUTE_MS)?.up, true);
});

Deno.test("a provider that asks to be questioned less often is not down", () => {
  const uplink = wellProvider();
  for (let minute = 0; minute < 60; minute++) {
    assert.equal(uplink.missed("question", BUSY, minute * MINUTE_MS), undefined);
  }
  assert.deepEqual([uplink.isDown, uplink.failingForMs(HOUR_MS)], [false, 0]);
});

Deno.test("a provider that announces a longer wait than a minute is down at once", () => {
  const uplink = wellProvider();
  assert.equal(uplink.missed("message", { ...BUSY, retryAfterMs: 50_000 }, 0), undefined);
  const report = uplink.missed("message", { ...BUSY, retryAfterMs: 10_000 }, 50_000);
  assert.deepEqual([report?.up, report?.sinceMs], [false, 0]);
  // It meant messages: while it asks for patience, its answers to questions prove nothing.
  const patient = wellProvider();
  assert.equal(patient.missed("message", { ...BUSY, retryAfterMs: HOUR_MS }, 0)?.up, false);
  assert.equal(patient.reached("question", HOUR_MS - 1), undefined);
  assert.equal(patient.reached("question", HOUR_MS)?.up, true);
});

Deno.test("a limit of the day is known at once, and answers to questions do not end it", () => {
  const uplink = wellProvider();
  assert.equal(whyOf(uplink.missed("message", USED_UP, 0)), USED_UP.why);
  assert.deepEqual(uplink.fall, USED_UP);
  uplink.missed("question", FAULTY, HOUR_MS);
  assert.equal(uplink.reached("question", 2 * HOUR_MS), undefined);
  assert.equal(uplink.probeAtMs, 2 * HOUR_MS + 10 * MINUTE_MS);
  assert.ok(uplink.trustAtMs >= 24 * HOUR_MS);
  assert.equal(uplink.reached("question", 24 * HOUR_MS)?.up, true);
  assert.equal(uplink.fall, undefined);
});

Deno.test("what questions show to be blocked they show to be well again, unless messages go out", () => {
  const uplink = wellProvider();
  assert.equal(uplink.missed("question", USED_UP, 0)?.up, false);
  assert.equal(uplink.missed("message", USED_UP, 1), undefined);
  assert.equal(uplink.reached("question", HOUR_MS)?.up, true);
  assert.equal(uplink.missed("question", USED_UP, 2 * HOUR_MS)?.up, false);
  assert.equal(uplink.reached("message", 3 * HOUR_MS)?.up, true);
  assert.equal(uplink.missed("question", USED_UP, 4 * HOUR_MS), undefined);
  assert.equal(uplink.isDown, false);
});

Deno.test("a message that is refused for its own sake shows that the provider is there, no more", () => {
  const uplink = wellProvider();
  uplink.missed("message", BUSY, 0);
  assert.equal(uplink.answered(30_000), undefined);
  assert.equal(uplink.missed("message", BUSY, MINUTE_MS)?.up, false);
  assert.equal(uplink.untilDownMs(MINUTE_MS), Infinity);
});

Deno.test("it is known by when a provider counts as down, so that it is asked by then", () => {
  const uplink = wellProvider();
  assert.equal(uplink.untilDownMs(0), Infinity);
  uplink.missed("message", BUSY, 10_000);
  assert.deepEqual([uplink.untilDownMs(20_000), uplink.untilDownMs(90_000)], [50_000, 0]);
});

/** What a report says to people who read the log. */
function whyOf(report: ProviderHealthReport | undefined): string | undefined {
  return report === undefined || report.cause === "" ? undefined : report.cause.why;
}
