import assert from "node:assert/strict";
import type { Delivery } from "../../../core/alerting/retry.ts";
import type { WebhookPreset } from "../../../core/config/settings.ts";
import { type WebhookBehaviour, WebhookDouble } from "../../support/delivery/webhook_double.ts";
import {
  channelTo,
  messageFor,
  PRESETS,
  RECEIVERS,
  SECRET,
  TOKEN,
  webhook,
} from "../../support/delivery/webhook_receivers.ts";
import { freePort } from "../../support/network/free_port.ts";
import { scaled } from "../../support/time/patience.ts";
import { inWords } from "../../support/delivery/in_words.ts";

const NEVER = new AbortController().signal;

interface Sending {
  readonly preset: WebhookPreset;
  readonly behaviour: WebhookBehaviour;
  readonly timeoutMs?: number;
}

/** The delivery of one message, with texts without secrets. */
async function deliver({ preset, behaviour, ...options }: Sending): Promise<Delivery> {
  await using double = new WebhookDouble(preset);
  double.otherwise(behaviour);
  const delivery = await channelTo(double.url, preset, options).send(messageFor(preset), NEVER);
  assert.doesNotMatch(JSON.stringify(delivery), new RegExp(SECRET), preset);
  return delivery;
}

/** The same deliveries for every receiver. */
async function deliverToEach(
  behaviour: WebhookBehaviour,
  options: { readonly timeoutMs?: number } = {},
): Promise<ReadonlyMap<WebhookPreset, Delivery>> {
  const pairs = PRESETS.map(async (preset) =>
    [preset, await deliver({ preset, behaviour, ...options })] as const
  );
  return new Map(await Promise.all(pairs));
}

for (const preset of PRESETS) {
  Deno.test(`${preset} takes a message and its id is told`, async () => {
    await using double = new WebhookDouble(preset);
    const { arrivesAt, reference, options } = RECEIVERS[preset];
    const delivery = await channelTo(double.url, preset).send(messageFor(preset), NEVER);
    assert.deepEqual(inWords(delivery), { kind: "accepted", reference });
    assert.equal(double.requests.length, 1);
    const [request] = double.requests;
    assert.equal(`${request?.method} ${request?.path}`, `POST ${arrivesAt}`);
    const isBearer = options.token !== undefined && preset !== "telegram";
    assert.equal(request?.headers.get("authorization"), isBearer ? `Bearer ${TOKEN}` : null);
    assert.match(request?.headers.get("user-agent") ?? "", /^rpi-cluster-alert\//);
    assert.match(request?.body ?? "", /John Snow is down\. Ünïcode (&|&amp;) more/);
  });
}

Deno.test("every receiver's 2xx means taken, even when its body never ends or is too long", async () => {
  const bodies: readonly WebhookBehaviour[] = [
    { kind: "slow_body", status: 202 },
    { kind: "huge_body", status: 200, bytes: 1_000_000 },
  ];
  for (const behaviour of bodies) {
    for (const [preset, delivery] of await deliverToEach(behaviour, { timeoutMs: scaled(300) })) {
      assert.deepEqual(inWords(delivery), { kind: "accepted", reference: "" }, preset);
    }
  }
});

Deno.test("every receiver that hangs, resets or closes is tried again", async () => {
  for (
    const [preset, delivery] of await deliverToEach({ kind: "hang" }, { timeoutMs: scaled(200) })
  ) {
    assert.ok(delivery.kind === "deferred" && delivery.isUncertain, preset);
    assert.ok(delivery.why.endsWith(`did not answer within ${scaled(200) / 1000} s`), preset);
  }
  for (const kind of ["reset", "close"] as const) {
    for (const [preset, delivery] of await deliverToEach({ kind }, { timeoutMs: scaled(5000) })) {
      assert.ok(delivery.kind === "deferred" && delivery.isUncertain, `${preset} ${kind}`);
      assert.match(delivery.why, /^cannot reach (the webhook|\p{L}[\w ]+): \S/u, preset);
    }
  }
});

Deno.test("every receiver's delay is honoured", async () => {
  const headers = { "Retry-After": "17" };
  for (const status of [408, 425, 429, 500, 503]) {
    const behaviour: WebhookBehaviour = { kind: "raw", status, body: "later", headers };
    for (const [preset, delivery] of await deliverToEach(behaviour)) {
      assert.ok(delivery.kind === "deferred", `${preset} ${status}`);
      assert.equal(delivery.retryAfterMs, 17_000, `${preset} ${status}`);
    }
  }
});

Deno.test("every receiver's refusal is told without what it repeats of a secret", async () => {
  for (const status of [400, 401, 403, 404, 410, 413]) {
    for (const preset of PRESETS) {
      const { arrivesAt, options } = RECEIVERS[preset];
      const body = `{"message":"no ${arrivesAt} for ${options.token ?? "you"}"}`;
      const delivery = await deliver({ preset, behaviour: { kind: "raw", status, body } });
      const why = "why" in delivery ? delivery.why : delivery.kind;
      assert.match(why, new RegExp(`refused the message: no .* for .*\\(${status}\\)`));
    }
  }
});

Deno.test("a redirect is not followed, for it would carry secrets to who knows where", async () => {
  await using elsewhere = new WebhookDouble("json");
  for (const status of [301, 302, 307, 308]) {
    const headers = { Location: `${elsewhere.url}/` };
    for (const [preset, delivery] of await deliverToEach({ kind: "raw", status, headers })) {
      assert.ok(delivery.kind === "deferred", preset);
      assert.match(delivery.why, /^the server wants to redirect/, preset);
    }
  }
  assert.equal(elsewhere.requests.length, 0);
});

Deno.test("a receiver that is not there has certainly not got the message", async () => {
  const url = `http://127.0.0.1:${freePort()}`;
  for (const preset of PRESETS) {
    const delivery = await channelTo(url, preset).send(messageFor(preset), NEVER);
    assert.ok(delivery.kind === "deferred" && delivery.isUncertain === false, preset);
    assert.match(delivery.why, /^cannot reach .*refused/, preset);
    assert.doesNotMatch(delivery.why, new RegExp(`${SECRET}|http:`), preset);
  }
});

Deno.test("a host that does not exist is told without the address", async () => {
  const channel = channelTo("http://does-not-exist.invalid", "ntfy", { timeoutMs: scaled(5000) });
  const delivery = await channel.send(messageFor("ntfy"), NEVER);
  assert.ok(delivery.kind === "deferred" && delivery.isUncertain === false);
  assert.doesNotMatch(delivery.why, new RegExp(SECRET));
});

Deno.test("a stop ends the wait at once, and nobody knows whether the message was sent", async () => {
  await using double = new WebhookDouble("ntfy");
  double.otherwise({ kind: "hang" });
  const stop = new AbortController();
  const sending = channelTo(double.url, "ntfy").send(messageFor("ntfy"), stop.signal);
  await double.waitFor("requests", 1, 5000);
  stop.abort();
  assert.deepEqual(inWords(await sending), {
    kind: "deferred",
    why: "stopped while waiting for ntfy",
    isUncertain: true,
  });
});

Deno.test("a webhook cannot be asked for a message", async () => {
  await using double = new WebhookDouble("json");
  const message = { ...messageFor("json"), createdAtMs: 0 };
  assert.deepEqual(await channelTo(double.url, "json").find(message, NEVER), { kind: "absent" });
  assert.equal(double.requests.length, 0);
});

Deno.test("an address that is none is refused without being repeated", () => {
  for (const url of [`ftp://${SECRET}`, SECRET]) {
    assert.throws(() => webhook("json", { url }), (error) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, /^Cannot use \[webhook\] url: expected a URL/);
      assert.doesNotMatch(error.message, new RegExp(SECRET));
      return true;
    });
  }
});
