import assert from "node:assert/strict";
import { retryAfterMsFrom } from "../../../hub/notify/http/answer.ts";

Deno.test("a server's wish to wait is in seconds, or a date", () => {
  assert.equal(retryAfterMsFrom({ retryAfter: "120" }), 120_000);
  assert.equal(retryAfterMsFrom({ retryAfter: " 0 " }), 0);
  assert.equal(retryAfterMsFrom({ retryAfter: "0.6501" }), 651);
  assert.equal(retryAfterMsFrom({ retryAfter: "Thu, 01 Jan 1970 00:00:00 GMT" }), 0);
  const inAMinute = new Date(Date.now() + 61_000).toUTCString();
  const waitMs = retryAfterMsFrom({ retryAfter: inAMinute }) ?? NaN;
  assert.ok(waitMs > 50_000 && waitMs <= 61_000, `${waitMs}`);
});

Deno.test("a date to wait for is reckoned from the server's own, for the hub's calendar may be wrong", () => {
  const retryAfter = "Thu, 01 Jan 1998 00:02:00 GMT";
  const wait = (date: string | undefined) => retryAfterMsFrom({ retryAfter, date });
  assert.equal(wait("Thu, 01 Jan 1998 00:00:30 GMT"), 90_000);
  assert.equal(wait("Thu, 01 Jan 1998 00:03:00 GMT"), 0);
  assert.equal(wait("nonsense"), 0);
  assert.equal(wait(undefined), 0);
});

Deno.test("a wish that makes no sense is none", () => {
  for (const header of [undefined, "", "soon", "-1x", "1e3 s"]) {
    assert.equal(retryAfterMsFrom({ retryAfter: header }), undefined, `${header}`);
  }
});
