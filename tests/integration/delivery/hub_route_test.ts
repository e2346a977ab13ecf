/** Where a hub's messages go when Twilio fails: a real hub, and doubles of both providers. */

import assert from "node:assert/strict";
import { Nodes, sendingTo, texts, TO, WITHIN_MS } from "../../support/alerting/told.ts";
import { TwilioDouble } from "../../support/delivery/twilio_double.ts";
import { WebhookDouble } from "../../support/delivery/webhook_double.ts";
import { startHub, withSections } from "../../support/program/programs.ts";
import { until } from "../../support/time/until.ts";

/** A hub that sends SMS, and uses ntfy if that fails. */
function bothThrough(twilio: TwilioDouble, ntfy: WebhookDouble, alerts = {}) {
  const second = { webhook: { preset: "ntfy", url: `${ntfy.url}/pis` } };
  const hasty = { hold: "0s", group: "0s", send: "in_order", ...alerts };
  return sendingTo(twilio, { ...second, alerts: hasty });
}

/** The texts that ntfy accepted. */
function posted(ntfy: WebhookDouble): readonly string[] {
  return ntfy.taken.filter(({ method }) => method !== "GET").map(({ body }) => body);
}

Deno.test("a message that reached the phone is shown as delivered", async () => {
  await using double = new TwilioDouble();
  double.statuses(TO, { status: "sent" }, { status: "delivered" });
  await using hub = await startHub(sendingTo(double));
  await using nodes = new Nodes(hub.brokerPort, (id) => hub.credential(id));
  // It stays alive, so that the network is beyond doubt.
  await nodes.start("Arya Stark");
  await nodes.kill(await nodes.start("John Snow"));
  await double.waitFor("sent", 1, WITHIN_MS);
  const delivery = await until("the phone's word", async () => {
    const [row] = await hub.deliveries();
    return row?.state === "delivered" && row;
  }, { withinMs: WITHIN_MS });
  assert.deepEqual([delivery.last_error, delivery.attempts], [null, 1]);
});

Deno.test("a refused SMS goes to the webhook, and both are on record", async () => {
  await using double = new TwilioDouble();
  await using ntfy = new WebhookDouble("ntfy");
  double.toRecipient(TO, { kind: "error", status: 400, code: 21610, message: "Unsubscribed" });
  await using hub = await startHub(bothThrough(double, ntfy));
  await using nodes = new Nodes(hub.brokerPort, (id) => hub.credential(id));
  // It stays alive, so that the network is beyond doubt.
  await nodes.start("Arya Stark");
  await nodes.kill(await nodes.start("John Snow"));
  const deliveries = await until("both deliveries", async () => {
    const rows = await hub.deliveries();
    return rows.length > 1 && rows.every(({ state }) => state !== "pending") && rows;
  }, { withinMs: WITHIN_MS });
  assert.deepEqual(deliveries.map(({ channel, state }) => [channel, state]), [
    ["webhook", "accepted"],
    ["twilio", "refused"],
  ]);
  assert.match(deliveries[1]?.last_error ?? "", /unsubscribed by STOP.*\(21610\)$/);
  assert.deepEqual(posted(ntfy).map((text) => text.slice(0, 18)), ["John Snow is down."]);
  assert.deepEqual(deliveries[0]?.incident_ids, deliveries[1]?.incident_ids);
});

Deno.test("Twilio's daily limit costs no death: it goes to the webhook at once, and says why", async () => {
  await using double = new TwilioDouble();
  await using ntfy = new WebhookDouble("ntfy");
  const message = "Account exceeded the daily messages limit";
  double.otherwise({ kind: "error", status: 429, code: 63038, message });
  await using hub = await startHub(bothThrough(double, ntfy, { blind_after: "10m" }));
  await using nodes = new Nodes(hub.brokerPort, (id) => hub.credential(id));
  // It stays alive, so that the network is beyond doubt.
  await nodes.start("Arya Stark");
  await nodes.kill(await nodes.start("John Snow"));
  await until("the webhook's message", () => {
    return posted(ntfy).some((text) => text.startsWith("John Snow is down."));
  }, { withinMs: WITHIN_MS });
  const rows = await hub.deliveries();
  const passed = rows.find(({ channel }) => channel === "twilio");
  assert.equal(
    passed?.last_error,
    "the daily limit is used up: raise it at Twilio, or wait up to 24 h (63038): " +
      "passed on to the webhook",
  );
  const [uplink] = (await hub.incidents()).filter(({ kind }) => kind === "uplink");
  assert.equal(uplink?.recovered_at, null);
  assert.match(uplink?.cause ?? "", /^the daily limit is used up: raise it at Twilio.*\(63038\)$/);
});

Deno.test("a provider that cannot be reached is a fact of its own, and its messages take another way", async () => {
  await using double = new TwilioDouble();
  await using ntfy = new WebhookDouble("ntfy");
  await using hub = await startHub(bothThrough(double, ntfy, { blind_after: "3s" }));
  await using nodes = new Nodes(hub.brokerPort, (id) => hub.credential(id));
  // It stays alive, so that the network is beyond doubt.
  await nodes.start("Arya Stark");
  const john = await nodes.start("John Snow");
  await double.waitFor("accountRequests", 1, WITHIN_MS);
  double.always({ kind: "reset" });
  await nodes.kill(john);
  await until("the webhook's messages", () => {
    const all = posted(ntfy).join("\n");
    return all.includes("John Snow is down.") && all.includes("Twilio has taken no messages since");
  }, { withinMs: WITHIN_MS });
  double.always({ kind: "created" });
  await until("Twilio's return", () => {
    return [...posted(ntfy), ...texts(double)].some((text) =>
      text.includes("Twilio takes messages again after")
    );
  }, { withinMs: 2 * WITHIN_MS });
  const downs = [...posted(ntfy), ...texts(double)].filter((text) => text.includes("is down"));
  assert.equal(downs.length, 1);
});

Deno.test("a hub whose credentials are wrong says so before there is anything to tell", async () => {
  await using double = new TwilioDouble();
  await using hub = await startHub(sendingTo(double, { sms: { auth_token: "s3cret-t0ken" } }));
  const line = await hub.process.line("no message can be sent");
  assert.match(line, /Twilio refused the credentials: check account_sid and auth_token \(20003\)/);
  assert.doesNotMatch(line, /s3cret/);
  assert.equal(double.requests.length, 0);
});

Deno.test("wrong credentials are told through the other channel, which takes the deaths at once", async () => {
  await using double = new TwilioDouble({ authToken: "another-token" });
  await using ntfy = new WebhookDouble("ntfy");
  const config = bothThrough(double, ntfy, { blind_after: "1s" });
  await using hub = await startHub(withSections(config, { sms: { auth_token: "wrong" } }));
  await until("the webhook's people to know", () => {
    return posted(ntfy).some((text) =>
      /^Twilio has taken no messages since .*credentials/.test(text)
    );
  }, { withinMs: WITHIN_MS });
  await using nodes = new Nodes(hub.brokerPort, (id) => hub.credential(id));
  // It stays alive, so that the network is beyond doubt.
  await nodes.start("Arya Stark");
  await nodes.kill(await nodes.start("John Snow"));
  await hub.process.until("the death", () => {
    return posted(ntfy).some((text) => text.startsWith("John Snow is down"));
  }, { withinMs: WITHIN_MS });
  assert.equal(double.posts.length, 0);
});
