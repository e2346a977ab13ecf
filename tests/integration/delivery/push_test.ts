import assert from "node:assert/strict";
import type { Severity } from "../../../core/alerting/message/headline.ts";
import type { Channel, OutgoingMessage } from "../../../hub/notify/channel/channel.ts";
import {
  GOTIFY_TOKEN,
  gotifyChannel,
  gotifyServer,
  PUSHOVER_TOKEN,
  PUSHOVER_USER,
  pushoverChannel,
  pushoverServer,
  RECEIPT,
  type Receipt,
} from "../../support/delivery/push_receivers.ts";
import { type WebhookBehaviour, WebhookDouble } from "../../support/delivery/webhook_double.ts";
import { freePort } from "../../support/network/free_port.ts";

const NEVER = new AbortController().signal;
const LINK = "https://pis.example.org";

function message(severity: Severity, text = "Jörg_1 *is* down."): OutgoingMessage {
  const about = { severity, title: "Jörg_1 is down", id: "1.1", incidents: [7] };
  return { recipient: "push", text, about };
}

/** An outcome without the code of its failure. */
function inWords<Outcome extends object>(outcome: Outcome): Outcome {
  const words = { ...outcome };
  Reflect.deleteProperty(words, "failure");
  return words;
}

const SEVERITIES = ["critical", "warning", "resolved", "info"] as const;

Deno.test("gotify shows title, text and link, and a death with a higher priority", async () => {
  const shown: Record<string, unknown>[] = [];
  await using server = new WebhookDouble(gotifyServer(shown));
  const channel = gotifyChannel(server.url, { link: LINK });
  assert.deepEqual(await channel.send(message("critical"), NEVER), {
    kind: "accepted",
    reference: "1",
  });
  assert.deepEqual(shown, [{
    title: "Jörg_1 is down",
    message: `Jörg\\_1 \\*is\\* down.\n\n[Open the page](<${LINK}>)`,
    priority: 8,
    extras: {
      "client::display": { contentType: "text/markdown" },
      "client::notification": { click: { url: LINK } },
    },
  }]);
  for (const severity of SEVERITIES) await channel.send(message(severity), NEVER);
  assert.deepEqual(shown.slice(1).map(({ priority }) => priority), [8, 5, 5, 5]);
});

Deno.test("gotify without a link shows the text as it stands, with the priority of one's own", async () => {
  const shown: Record<string, unknown>[] = [];
  await using server = new WebhookDouble(gotifyServer(shown));
  const channel = gotifyChannel(server.url, { priority: "3" });
  for (const severity of SEVERITIES) await channel.send(message(severity), NEVER);
  assert.deepEqual(shown[0], {
    title: "Jörg_1 is down",
    message: "Jörg_1 *is* down.",
    priority: 3,
  });
  assert.deepEqual(shown.map(({ priority }) => priority), [3, 3, 3, 3]);
});

Deno.test("gotify's refusal of a token keeps messages for later, and says what to check", async () => {
  await using server = new WebhookDouble(gotifyServer([]));
  const channel = gotifyChannel(server.url, { token: "wrong" });
  assert.deepEqual(inWords(await channel.send(message("critical"), NEVER)), {
    kind: "deferred",
    why: "Gotify refused the message: Unauthorized (401); check [channel push] token",
    isBlocked: true,
  });
  assert.deepEqual(await channel.probe?.(NEVER), { kind: "reached" });
  assert.equal(channel.status, undefined);
});

Deno.test("pushover's priority is high for a death, and that of an emergency where it is asked for", async () => {
  const taken: Record<string, unknown>[] = [];
  const receipt: Receipt = { acknowledged: 0, last_delivered_at: 0, expired: 0 };
  await using server = new WebhookDouble(pushoverServer(taken, receipt));
  const calm = pushoverChannel(server.url, { device: "phone, pad" });
  const loud = pushoverChannel(server.url, { emergency: "yes", retry: "30s", link: LINK });
  for (const severity of SEVERITIES) await calm.send(message(severity), NEVER);
  for (const severity of SEVERITIES) await loud.send(message(severity), NEVER);
  assert.deepEqual(taken.map(({ priority }) => priority), [1, 0, 0, 0, 2, 0, 0, 0]);
  const keys = { token: PUSHOVER_TOKEN, user: PUSHOVER_USER };
  const words = { title: "Jörg_1 is down", message: "Jörg_1 *is* down." };
  assert.deepEqual(taken[0], { ...keys, device: "phone,pad", ...words, priority: 1 });
  assert.deepEqual(taken[4], {
    ...keys,
    ...words,
    priority: 2,
    retry: 30,
    expire: 3600,
    url: LINK,
    url_title: "Open the page",
  });
});

Deno.test("pushover's receipt tells whether an emergency arrived or was acknowledged", async () => {
  const receipt: Receipt = { acknowledged: 0, last_delivered_at: 0, expired: 0 };
  await using server = new WebhookDouble(pushoverServer([], receipt));
  const channel = pushoverChannel(server.url, { emergency: "yes" });
  const delivery = await channel.send(message("critical"), NEVER);
  assert.deepEqual(delivery, { kind: "accepted", reference: RECEIPT });
  assert.equal(channel.readsAcknowledgements, true);
  const answer = () => channel.status?.({ recipient: "pushover", reference: RECEIPT }, NEVER);
  const status = async () => (await answer())?.kind;
  assert.equal(await status(), "waiting");
  receipt.last_delivered_at = 1_700_000_000;
  assert.deepEqual(await answer(), { kind: "delivered" });
  Object.assign(receipt, { acknowledged: 1, last_delivered_at: 0 });
  assert.deepEqual(await answer(), { kind: "delivered", isAcknowledged: true });
  Object.assign(receipt, { acknowledged: 0, expired: 1 });
  assert.equal(await status(), "failed");
  server.otherwise({ kind: "raw", status: 503 });
  assert.equal(await status(), "deferred");
});

Deno.test("pushover never says what became of a message that is no emergency, and is not asked", async () => {
  await using server = new WebhookDouble(
    pushoverServer([], { acknowledged: 0, last_delivered_at: 0, expired: 0 }),
  );
  const channel = pushoverChannel(server.url);
  const delivery = await channel.send(message("resolved"), NEVER);
  assert.ok(delivery.kind === "accepted" && delivery.reference.length === 36);
  const { reference } = delivery;
  assert.deepEqual(await channel.status?.({ recipient: "pushover", reference }, NEVER), {
    kind: "unknown",
  });
  assert.equal(server.requests.length, 1);
});

Deno.test("pushover's refusals say which key to check, before there is a message, too", async () => {
  const receipt: Receipt = { acknowledged: 0, last_delivered_at: 0, expired: 0 };
  await using server = new WebhookDouble(pushoverServer([], receipt));
  assert.deepEqual(await pushoverChannel(server.url).probe?.(NEVER), { kind: "reached" });
  const stranger = pushoverChannel(server.url, { user: "x".repeat(30) });
  const unknown = await stranger.send(message("critical"), NEVER);
  assert.equal("failure" in unknown && unknown.failure?.code, "recipient");
  assert.deepEqual(inWords(unknown), {
    kind: "deferred",
    why: "Pushover knows no such user, group or device (400); " +
      "check [channel push] user and device",
    isBlocked: true,
  });
  const other = pushoverChannel(server.url, { token: "x".repeat(30) });
  const reach = await other.probe?.(NEVER);
  assert.equal(reach && "failure" in reach && reach.failure?.code, "credentials");
  assert.deepEqual(inWords(reach ?? {}), {
    kind: "refused",
    why: "Pushover knows no such application (400); check [channel push] token",
  });
  const blank = await pushoverChannel(server.url).send(message("critical", ""), NEVER);
  assert.deepEqual(inWords(blank), {
    kind: "refused",
    why: "Pushover refused the message: message cannot be blank (400)",
  });
});

Deno.test("pushover's monthly limit is no plea for patience", async () => {
  await using server = new WebhookDouble("json");
  server.otherwise({ kind: "raw", status: 429, body: '{"status":0,"errors":["over the limit"]}' });
  const delivery = await pushoverChannel(server.url).send(message("critical"), NEVER);
  assert.ok(delivery.kind === "deferred" && delivery.isBlocked, JSON.stringify(delivery));
});

Deno.test("a text that is too long for pushover is cut", async () => {
  const taken: Record<string, unknown>[] = [];
  const receipt: Receipt = { acknowledged: 0, last_delivered_at: 0, expired: 0 };
  await using server = new WebhookDouble(pushoverServer(taken, receipt));
  await pushoverChannel(server.url).send(message("critical", "ö".repeat(3000)), NEVER);
  assert.equal(taken[0]?.["message"], `${"ö".repeat(1023)}…`);
});

/** Every way in which a server can fail, and whether it may still have the message. */
const FAULTS: readonly (readonly [WebhookBehaviour, boolean])[] = [
  [{ kind: "hang" }, true],
  [{ kind: "reset" }, true],
  [{ kind: "close" }, true],
  [{ kind: "raw", status: 500, body: "<h1>oops</h1>" }, true],
  [{ kind: "raw", status: 200, body: "<html>Log in to the hotel's network</html>" }, true],
  [{ kind: "raw", status: 302, headers: { Location: "http://portal.invalid/" } }, false],
  [{ kind: "raw", status: 408 }, false],
];

Deno.test("a push server that fails is tried again, in words without secrets", async () => {
  for (const [behaviour, isUncertain] of FAULTS) {
    for (const open of [gotifyChannel, pushoverChannel]) {
      await using server = new WebhookDouble("json");
      server.otherwise(behaviour);
      const channel: Channel = open(server.url, { timeoutMs: 300 });
      const delivery = await channel.send(message("critical"), NEVER);
      const words = JSON.stringify([behaviour, delivery]);
      assert.ok(delivery.kind === "deferred" && !delivery.isBlocked, words);
      assert.equal(delivery.isUncertain ?? false, isUncertain, words);
      assert.doesNotMatch(words, /s3cret/i);
    }
  }
});

Deno.test("a push server that is not there has certainly not got the message", async () => {
  const url = `http://127.0.0.1:${freePort()}`;
  for (const open of [gotifyChannel, pushoverChannel]) {
    const delivery = await open(url).send(message("critical"), NEVER);
    assert.ok(delivery.kind === "deferred" && delivery.isUncertain === false);
    assert.doesNotMatch(delivery.why, new RegExp(`${GOTIFY_TOKEN}|s3cret|http:`, "i"));
  }
});

Deno.test("a push server's yes counts though its body never ends", async () => {
  for (const open of [gotifyChannel, pushoverChannel]) {
    await using server = new WebhookDouble("json");
    server.otherwise({ kind: "slow_body", status: 200 });
    assert.deepEqual(await open(server.url, { timeoutMs: 300 }).send(message("critical"), NEVER), {
      kind: "accepted",
      reference: "",
    });
  }
});
