/** What a provider's answer is as a code: what the page makes its text of. */

import assert from "node:assert/strict";
import { failureOf } from "../../../hub/notify/failure.ts";
import { Cleaner } from "../../../hub/notify/http/reason.ts";
import { twilioFailure } from "../../../hub/notify/twilio/failure.ts";

const BY = {
  receiver: {
    kind: "ntfy",
    title: "ntfy",
    needs: {},
    urlKey: "url",
    advice: () => undefined,
    blockage: ({ body }: { readonly body: string | undefined }) =>
      body?.includes("quota") ? { code: "limit" as const, why: "used up" } : undefined,
  },
  section: "webhook",
  cleaner: new Cleaner(["s3cret-token"]),
} as const;

Deno.test("an HTTP answer is a code with its status and the receiver's own words, without secrets", () => {
  const failure = (status: number, body?: string) =>
    failureOf({ status, retryAfter: undefined, body }, BY);
  assert.deepEqual(failure(401, '{"message":"no s3cret-token"}'), {
    code: "credentials",
    status: 401,
    said: "no (secret)",
  });
  assert.deepEqual(failure(404), { code: "address", status: 404 });
  assert.deepEqual(failure(302), { code: "address", status: 302 });
  assert.deepEqual(failure(429), { code: "busy", status: 429 });
  assert.deepEqual(failure(429, '{"error":"quota"}'), {
    code: "limit",
    status: 429,
    said: "quota",
  });
  assert.deepEqual(failure(503, "<html>"), { code: "fault", status: 503 });
  assert.deepEqual(failure(400, "too odd"), { code: "message", status: 400, said: "too odd" });
});

Deno.test("Twilio's answer is a code with Twilio's own code and words", () => {
  const failure = (status: number, json: object, ofSuccess: "undelivered" | "account") =>
    twilioFailure({ status, retryAfter: undefined, body: JSON.stringify(json) }, ofSuccess);
  assert.deepEqual(failure(400, { code: 21211, message: "Invalid" }, "account"), {
    code: "recipient",
    status: 400,
    error: 21211,
    said: "Invalid",
  });
  assert.deepEqual(failure(200, { error_code: 30003, error_message: "Off" }, "undelivered"), {
    code: "recipient",
    error: 30003,
    said: "Off",
  });
  assert.deepEqual(failure(200, { status: "suspended" }, "account"), { code: "account" });
  assert.deepEqual(failure(500, {}, "account"), { code: "fault", status: 500 });
});
