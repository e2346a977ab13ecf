import assert from "node:assert/strict";
import { Uplink } from "../../hub/uplink.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const FAULT = "Twilio has a fault of its own (500)";

function wellUplink(): Uplink {
  const uplink = new Uplink("twilio", { downAfterMs: MINUTE_MS, nowMs: 0 });
  uplink.reached("question", 0);
  return uplink;
}

Deno.test("an uplink is down when its requests have failed for a minute, and is told so once", () => {
  const uplink = wellUplink();
  const reports = [10, 40, 69, 70, 100].map((second) => {
    return uplink.missed("question", FAULT, second * SECOND_MS);
  });
  const down = { kind: "uplink", channel: "twilio", up: false, cause: FAULT, sinceMs: 10_000 };
  assert.deepEqual(reports, [undefined, undefined, undefined, down, undefined]);
  assert.equal(uplink.isDown, true);
  const back = { kind: "uplink", channel: "twilio", up: true, cause: "", sinceMs: 130_000 };
  assert.deepEqual(uplink.reached("message", 130_000), back);
  assert.deepEqual([uplink.reached("message", 131_000), uplink.isDown], [undefined, false]);
});

Deno.test("a request that goes well in between lets the minute begin anew", () => {
  const uplink = wellUplink();
  uplink.missed("message", FAULT, 10_000);
  uplink.reached("message", 50_000);
  assert.equal(uplink.missed("message", FAULT, 80_000), undefined);
  assert.equal(uplink.failingForMs(100_000), 20_000);
});

Deno.test("the first success of a run is told: the hub before may have died while down", () => {
  const uplink = new Uplink("twilio", { downAfterMs: MINUTE_MS, nowMs: 0 });
  assert.equal(uplink.reached("question", 7)?.up, true);
});

Deno.test("one failure is no minute of them, however long ago it was", () => {
  const uplink = wellUplink();
  uplink.missed("message", FAULT, 0);
  assert.equal(uplink.isDown, false);
});

Deno.test("a provider that answers questions but takes no message is down all the same", () => {
  const uplink = wellUplink();
  uplink.missed("message", FAULT, 0);
  assert.equal(uplink.reached("question", 1000), undefined);
  assert.equal(uplink.missed("message", FAULT, MINUTE_MS)?.up, false);
  assert.equal(uplink.reached("question", 2 * MINUTE_MS), undefined);
  assert.equal(uplink.isDown, true);
  // With no message to show it, a question has to do.
  assert.equal(uplink.reached("question", 11 * MINUTE_MS)?.up, true);
});

Deno.test("a provider is asked at once, every ten minutes while well, every 30 s while it fails", () => {
  const uplink = new Uplink("twilio", { downAfterMs: MINUTE_MS, nowMs: 0 });
  assert.equal(uplink.probeAtMs, -Infinity);
  uplink.reached("question", 0);
  assert.equal(uplink.probeAtMs, 10 * MINUTE_MS);
  uplink.reached("message", MINUTE_MS);
  assert.equal(uplink.probeAtMs, 11 * MINUTE_MS);
  uplink.missed("message", FAULT, 2 * MINUTE_MS);
  assert.ok(uplink.probeAtMs <= 2 * MINUTE_MS);
  uplink.missed("question", FAULT, 2 * MINUTE_MS);
  assert.equal(uplink.probeAtMs, 2 * MINUTE_MS + 30 * SECOND_MS);
});

Deno.test("a failure of hours ago is not the beginning of one of now", () => {
  const uplink = wellUplink();
  uplink.missed("message", FAULT, MINUTE_MS);
  assert.equal(uplink.missed("message", FAULT, 120 * MINUTE_MS), undefined);
  assert.equal(uplink.failingForMs(120 * MINUTE_MS), 0);
});

Deno.test("a provider that cannot be asked gets another chance in the end", () => {
  const uplink = wellUplink();
  assert.equal(uplink.trustAtMs, Infinity);
  uplink.missed("message", FAULT, 0);
  uplink.missed("message", FAULT, MINUTE_MS);
  assert.equal(uplink.isDown, true);
  assert.equal(uplink.trustAtMs, 81 * MINUTE_MS);
  assert.equal(uplink.trusted(81 * MINUTE_MS)?.up, true);
  assert.deepEqual([uplink.isDown, uplink.trustAtMs], [false, Infinity]);
});
