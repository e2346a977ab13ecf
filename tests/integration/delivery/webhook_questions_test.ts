import assert from "node:assert/strict";
import type { WebhookPreset } from "../../../core/config/settings.ts";
import type { Reach } from "../../../hub/notify/channel/channel.ts";
import { type WebhookBehaviour, WebhookDouble } from "../../support/delivery/webhook_double.ts";
import {
  channelTo,
  PRESETS,
  SECRET,
  TOKEN,
  type WebhookOptions,
} from "../../support/delivery/webhook_receivers.ts";
import { scaled } from "../../support/time/patience.ts";
import { inWords } from "../../support/delivery/in_words.ts";

const NEVER = new AbortController().signal;

/** The path of each receiver that can be probed. */
const PROBES: Partial<Readonly<Record<WebhookPreset, string>>> = {
  ntfy: "/v1/health",
  discord: `/api/webhooks/1/${SECRET}-x`,
  telegram: `/bot${TOKEN}/getMe`,
  d7: "/messages/v1/balance",
};

/** The results of probing each receiver, as texts without secrets. */
async function probeEach(
  behaviour: WebhookBehaviour,
  options: Partial<WebhookOptions> = {},
): Promise<readonly (readonly [WebhookPreset, Reach])[]> {
  const reaches: (readonly [WebhookPreset, Reach])[] = [];
  for (const preset of PRESETS) {
    await using double = new WebhookDouble(preset);
    double.otherwise(behaviour);
    const reach = await channelTo(double.url, preset, options).probe?.(NEVER);
    // A request that is reset is not read.
    const isRead = PROBES[preset] !== undefined && behaviour.kind !== "reset";
    assert.deepEqual(
      double.requests.map(({ method, path }) => `${method} ${path}`),
      isRead ? [`GET ${PROBES[preset]}`] : [],
    );
    if (reach === undefined) continue;
    assert.doesNotMatch(JSON.stringify(reach), new RegExp(SECRET), preset);
    reaches.push([preset, inWords(reach)]);
  }
  return reaches;
}

Deno.test("a receiver that can be asked is reached without a message", async () => {
  assert.deepEqual(await probeEach({ kind: "taken" }), [
    ["ntfy", { kind: "reached" }],
    ["discord", { kind: "reached" }],
    ["telegram", { kind: "reached" }],
    ["d7", { kind: "reached" }],
  ]);
});

Deno.test("a receiver that would refuse every message says so when it is asked", async () => {
  const body = '{"message":"Unauthorized"}';
  assert.deepEqual(await probeEach({ kind: "raw", status: 401, body }), [
    // Its probe needs no token.
    ["ntfy", { kind: "reached" }],
    ["discord", {
      kind: "refused",
      why: "Discord refused every message: Unauthorized (401); check [webhook] url",
    }],
    ["telegram", {
      kind: "refused",
      why: "Telegram refused every message: Unauthorized (401); check [webhook] token",
    }],
    ["d7", {
      kind: "refused",
      why: "D7 Networks refused every message: Unauthorized (401); " +
        "check [webhook] token",
    }],
  ]);
});

Deno.test("a question that gets no answer, or that of somebody else, shows a receiver that is away", async () => {
  const away: readonly WebhookBehaviour[] = [
    { kind: "hang" },
    { kind: "reset" },
    { kind: "raw", status: 502 },
    { kind: "raw", status: 302, headers: { Location: "http://portal.invalid/" } },
    { kind: "raw", status: 200, body: "<html>Log in to the hotel's network</html>" },
  ];
  for (const behaviour of away) {
    for (const [preset, reach] of await probeEach(behaviour, { timeoutMs: scaled(200) })) {
      assert.equal(reach.kind, "deferred", `${preset} ${JSON.stringify(behaviour)}`);
    }
  }
});

Deno.test("D7 Networks tells what became of an SMS, and nobody else does", async () => {
  const message = { recipient: "+4915112345678", reference: "d9/8" };
  for (const preset of PRESETS) {
    const { status } = channelTo("http://127.0.0.1:1", preset);
    assert.equal(status !== undefined, preset === "d7", preset);
  }
  await using double = new WebhookDouble("d7");
  const channel = channelTo(double.url, "d7", { timeoutMs: scaled(200) });
  const told = async (behaviour: WebhookBehaviour) => {
    double.otherwise(behaviour);
    const status = await channel.status?.(message, NEVER);
    return status?.kind === "failed" ? status.why : status?.kind;
  };
  const log = (status: string): WebhookBehaviour => ({
    kind: "raw",
    status: 200,
    body: JSON.stringify({ request_id: "d9", messages: [{ msg_id: "1", status }] }),
  });
  assert.equal(await told({ kind: "taken" }), "delivered");
  assert.equal(double.requests[0]?.path, "/report/v1/message-log/d9%2F8");
  assert.equal(double.requests[0]?.headers.get("authorization"), `Bearer ${TOKEN}`);
  assert.equal(await told(log("sent")), "waiting");
  assert.equal(
    await told(log("insufficient_credit")),
    "the account at D7 Networks has not enough credit (insufficient_credit)",
  );
  assert.match(`${await told(log("un_delivered"))}`, /could not deliver/);
  assert.match(`${await told(log("not_reachable"))}`, /could not reach the phone/);
  assert.match(`${await told(log("spam_content"))}`, /for spam/);
  assert.equal(await told({ kind: "raw", status: 404 }), "waiting");
  assert.equal(await told({ kind: "raw", status: 401 }), "unknown");
  assert.equal(await told({ kind: "raw", status: 429 }), "deferred");
  assert.equal(await told({ kind: "hang" }), "deferred");
  assert.equal(await told({ kind: "slow_body", status: 200 }), "waiting");
});
