import assert from "node:assert/strict";
import type { Delivery } from "../../../core/alerting/retry.ts";
import type { WebhookPreset } from "../../../core/config/settings.ts";
import { Cleaner } from "../../../hub/notify/http/reason.ts";
import { RECEIVERS_BY_PRESET } from "../../support/delivery/webhook_receivers.ts";

const URL_WITH_SECRET = "https://host/services/T0001/s%C3%A9cret-part?key=hidden";

interface Said {
  readonly preset?: WebhookPreset;
  readonly status: number;
  readonly body?: string | undefined;
  readonly retryAfter?: string;
  readonly token?: string;
}

function delivery({ preset = "json", status, body, retryAfter, token }: Said): Delivery {
  const cleaner = new Cleaner([URL_WITH_SECRET, ...(token === undefined ? [] : [token])]);
  const where = { section: "webhook", cleaner };
  return RECEIVERS_BY_PRESET[preset].deliveryFor({ status, body, retryAfter }, where);
}

/** Returns why it was refused or deferred. */
function why(said: Said): string {
  const found = delivery(said);
  assert.ok(found.kind !== "accepted", "it was accepted");
  return found.why;
}

Deno.test("every success means that the message was taken, with its id where one is told", () => {
  const reference = (preset: WebhookPreset, body: string | undefined, status = 200) =>
    delivery({ preset, status, body });
  const accepted = (text: string) => ({ kind: "accepted", reference: text });
  assert.deepEqual(reference("json", "", 204), accepted(""));
  assert.deepEqual(reference("json", "<p>thanks"), accepted(""));
  assert.deepEqual(reference("ntfy", '{"id":"wZ8"}'), accepted("wZ8"));
  assert.deepEqual(reference("slack", "ok"), accepted(""));
  assert.deepEqual(reference("discord", '{"id":"123"}'), accepted("123"));
  assert.deepEqual(reference("telegram", '{"ok":true,"result":{"message_id":7}}'), accepted("7"));
  assert.deepEqual(reference("d7", '{"request_id":"d9-8"}'), accepted("d9-8"));
  assert.deepEqual(reference("d7", undefined, 201), accepted(""));
  assert.deepEqual(reference("ntfy", `{"id":"${"x".repeat(99)}"}`), accepted("x".repeat(64)));
});

Deno.test("a page in place of the receiver is no success", () => {
  assert.deepEqual(delivery({ preset: "slack", status: 200, body: " <!doctype html>Log in" }), {
    kind: "deferred",
    why: "a web page answered in place of Slack: check [webhook] url, and the network (200)",
    isUncertain: true,
  });
});

Deno.test("who asks for patience gets it", () => {
  const busy = { kind: "deferred", isBusy: true };
  assert.deepEqual(delivery({ preset: "slack", status: 429, retryAfter: "7" }), {
    ...busy,
    why: "Slack asks to send less often (429)",
    retryAfterMs: 7000,
  });
  assert.deepEqual(
    delivery({
      preset: "telegram",
      status: 429,
      body: '{"ok":false,"error_code":429,"parameters":{"retry_after":31}}',
    }),
    { ...busy, why: "Telegram asks to send less often (429)", retryAfterMs: 31_000 },
  );
  assert.deepEqual(
    delivery({
      preset: "discord",
      status: 429,
      body: '{"message":"You are being rate limited.","retry_after":0.6501,"global":false}',
      retryAfter: "1",
    }),
    { ...busy, why: "Discord asks to send less often (429)", retryAfterMs: 651 },
  );
  assert.deepEqual(delivery({ status: 425 }), {
    ...busy,
    why: "the webhook asks to try again (425)",
  });
  assert.deepEqual(delivery({ status: 429, retryAfter: "soon", body: '{"retry_after":-1}' }), {
    ...busy,
    why: "the webhook asks to send less often (429)",
  });
});

Deno.test("what may pass by itself is tried again", () => {
  assert.deepEqual(delivery({ preset: "ntfy", status: 503, body: "busy", retryAfter: "120" }), {
    kind: "deferred",
    why: "ntfy has a fault of its own (503)",
    retryAfterMs: 120_000,
    isUncertain: true,
  });
  assert.deepEqual(delivery({ preset: "d7", status: 408 }), {
    kind: "deferred",
    why: "D7 Networks waited too long for the request (408)",
  });
  assert.match(why({ status: 302 }), /^the server wants to redirect, which is not followed: check/);
});

Deno.test("a refusal has the receiver's reason and says what to check", () => {
  const refusals: readonly (readonly [WebhookPreset, number, string, string])[] = [
    [
      "ntfy",
      401,
      '{"code":40101,"http":401,"error":"unauthorized"}',
      "ntfy refused the " +
      "message: unauthorized (401); check [webhook] token",
    ],
    [
      "slack",
      404,
      "no_service",
      "Slack refused the message: no_service (404); check [webhook] url",
    ],
    [
      "slack",
      403,
      "invalid_token",
      "Slack refused the message: invalid_token (403); check " +
      "[webhook] url",
    ],
    [
      "discord",
      401,
      '{"message":"Invalid Webhook Token","code":50027}',
      "Discord refused the " +
      "message: Invalid Webhook Token (401); check [webhook] url",
    ],
    [
      "telegram",
      401,
      '{"ok":false,"error_code":401,"description":"Unauthorized"}',
      "Telegram " +
      "refused the message: Unauthorized (401); check [webhook] token",
    ],
    [
      "telegram",
      403,
      '{"ok":false,"description":"Forbidden: bot was blocked by the user"}',
      "Telegram refused the message: Forbidden: bot was blocked by the user (403); check that " +
      "this chat has started the bot, and [webhook] to",
    ],
    [
      "telegram",
      400,
      '{"description":"Bad Request: chat not found"}',
      "Telegram refused the " +
      "message: Bad Request: chat not found (400); check [webhook] to",
    ],
    [
      "d7",
      401,
      '{"detail":{"code":"X","message":"Access token failed."}}',
      "D7 Networks refused " +
      "the message: Access token failed (401); check [webhook] token",
    ],
    [
      "d7",
      422,
      '{"detail":[{"loc":["body"],"msg":"field required"}]}',
      "D7 Networks refused the " +
      "message: field required (422)",
    ],
    ["json", 400, "", "the webhook refused the message (400)"],
    [
      "json",
      404,
      "<html>nginx</html>",
      "the webhook refused the message (404); check " +
      "[webhook] url",
    ],
    ["json", 418, '["teapot"]', 'the webhook refused the message: ["teapot"] (418)'],
  ];
  for (const [preset, status, body, expected] of refusals) {
    const found = delivery({ preset, status, body });
    assert.ok("why" in found && found.why === expected, `${preset} ${status}`);
  }
});

Deno.test("what is wrong with address, credential or account keeps the message for later", () => {
  const presets: readonly WebhookPreset[] = ["json", "ntfy", "slack", "discord", "telegram", "d7"];
  for (const preset of presets) {
    for (const status of [400, 401, 402, 403, 404, 410, 413, 422]) {
      const isForAll = [401, 402, 404, 410].includes(status) ||
        (status === 403 && preset !== "telegram");
      const found = delivery({ preset, status });
      const expected = isForAll ? ["deferred", true] : ["refused", undefined];
      const isBlocked = found.kind === "deferred" ? found.isBlocked : undefined;
      assert.deepEqual([found.kind, isBlocked], expected, `${preset} ${status}`);
    }
  }
});

Deno.test("ntfy's limit of the day is no plea for patience, but its limit of requests is", () => {
  const said = (code: number) =>
    delivery({ preset: "ntfy", status: 429, body: `{"code":${code},"http":429,"error":"limit"}` });
  assert.deepEqual(said(42908), {
    kind: "deferred",
    why:
      "ntfy's daily limit is used up: wait up to 24 h, or use an account with a higher one (42908)",
    isBlocked: true,
  });
  const asked = said(42901);
  assert.ok(asked.kind === "deferred" && asked.isBusy && !asked.isBlocked);
});

Deno.test("a reason is one short line", () => {
  const said = why({ status: 400, body: `first\r\n\u001b[31m second ${"😀".repeat(400)}` });
  assert.match(said, /^the webhook refused the message: first \[31m second (😀)+… \(400\)$/u);
  const reason = said.slice("the webhook refused the message: ".length, -" (400)".length);
  assert.ok(reason.length <= 300 && reason.length > 290 && reason.isWellFormed(), `${reason}`);
});

Deno.test("no reason repeats an address or a token", () => {
  const token = "tk_0123456789";
  for (
    const body of [
      `no ${URL_WITH_SECRET} here`,
      "cannot POST /services/T0001/s%C3%A9cret-part",
      "unknown topic sécret-part",
      "unknown hook s%C3%A9cret-part of T0001",
      `{"error":"key hidden and token ${token} are wrong"}`,
      "see https://other.example/s%C3%A9cret-part",
    ]
  ) {
    const text = why({ status: 400, body, token });
    assert.doesNotMatch(text, /cret-part|T0001|hidden|tk_|https?:/, text);
    assert.match(text, /refused the message: \p{L}/u);
  }
});
