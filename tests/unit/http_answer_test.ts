import assert from "node:assert/strict";
import { retryAfterMsFrom } from "../../hub/notify/http_answer.ts";

Deno.test("a server's wish to wait is in seconds, or a date", () => {
  assert.equal(retryAfterMsFrom("120"), 120_000);
  assert.equal(retryAfterMsFrom(" 0 "), 0);
  assert.equal(retryAfterMsFrom("0.6501"), 651);
  assert.equal(retryAfterMsFrom("Thu, 01 Jan 1970 00:00:00 GMT"), 0);
  const inAMinute = new Date(Date.now() + 61_000).toUTCString();
  const waitMs = retryAfterMsFrom(inAMinute) ?? NaN;
  assert.ok(waitMs > 50_000 && waitMs <= 61_000, `${waitMs}`);
});

Deno.test("a wish that makes no sense is none", () => {
  for (const header of [undefined, "", "soon", "-1x", "1e3 s"]) {
    assert.equal(retryAfterMsFrom(header), undefined, `${header}`);
  }
});
