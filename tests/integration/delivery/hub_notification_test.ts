/** A real hub reports that nobody is notified, or that a channel does not deliver. */

import assert from "node:assert/strict";
import type { NotificationView } from "../../../core/alerting/notification.ts";
import { Nodes, sendingTo, TO, WITHIN_MS } from "../../support/alerting/told.ts";
import { TwilioDouble } from "../../support/delivery/twilio_double.ts";
import { post } from "../../support/page/hub_actions.ts";
import { errorOf } from "../../support/page/hub_http.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";
import { until } from "../../support/time/until.ts";

const UNSUBSCRIBED = { kind: "error", status: 400, code: 21610, message: "Unsubscribed" } as const;
const OTHERS = ["+4915187654321", "+4915187654322"];

async function notificationOf(hub: Hub): Promise<NotificationView> {
  return (await hub.api<{ notification: NotificationView }>("/api/v1/status")).notification;
}

async function untilState(hub: Hub, state: string): Promise<NotificationView> {
  return await until(`notification to be ${state}`, async () => {
    const found = await notificationOf(hub);
    return found.state === state && found;
  }, { withinMs: WITHIN_MS });
}

async function metricsOf(hub: Hub): Promise<string> {
  const response = await hub.fetch("/metrics", {
    headers: { Authorization: `Bearer ${hub.password}` },
  });
  return await response.text();
}

/** The outcomes of a test message. A test without cost has no waiting time. */
async function tested(hub: Hub): Promise<readonly string[]> {
  const response = await post(hub, "test-message", {});
  assert.equal(response.status, 200);
  const { outcomes } = await response.json();
  return outcomes.map(({ state }: { readonly state: string }) => state);
}

Deno.test("a hub without a channel warns at its start, and a test costs no time", async () => {
  await using hub = await startHub({});
  await hub.process.line(
    / warning hub +nobody is notified when a Pi dies: set up \[webhook\] or \[sms\]/,
  );
  assert.deepEqual(await notificationOf(hub), { state: "none", channels: [] });
  assert.match(await metricsOf(hub), /^rpi_cluster_notification_works 0$/m);
  for (let count = 0; count < 3; count++) assert.deepEqual(await tested(hub), []);
  const status = await hub.run("status");
  assert.match(
    status.text,
    /^Nobody is notified when a Pi dies: set up \[webhook\] or \[sms\]\.$/m,
  );
  const test = await hub.run("test-alert");
  assert.deepEqual([test.code, test.text], [
    1,
    "Nobody is notified when a Pi dies: no channel is configured. Set up [webhook] or [sms]",
  ]);
});

Deno.test("a hub that only prints says that it reaches nobody", async () => {
  await using hub = await startHub({ sms: { provider: "print", to: TO } });
  await hub.process.line(
    / warning hub +nobody is notified when a Pi dies: messages are only printed/,
  );
  const channels = [{ name: "print", state: "printed" }];
  assert.deepEqual(await notificationOf(hub), { state: "printed", channels });
  assert.match(await metricsOf(hub), /^rpi_cluster_channel_works\{channel="print"\} 0$/m);
  for (let count = 0; count < 3; count++) assert.deepEqual(await tested(hub), ["printed"]);
  const test = await hub.run("test-alert");
  assert.equal(test.code, 1);
  assert.match(test.text, /^print to \+4915112345678: printed$/m);
  assert.match(test.text, /^Nobody is notified when a Pi dies: messages are only printed\./m);
});

Deno.test("a channel whose last three messages failed is told, until a test message gets through", async () => {
  await using double = new TwilioDouble();
  for (const to of [TO, ...OTHERS]) double.toRecipient(to, UNSUBSCRIBED);
  const to = [TO, ...OTHERS].join(", ");
  await using hub = await startHub(
    sendingTo(double, { sms: { to }, hub: { public_status: "yes" } }),
  );
  assert.equal((await untilState(hub, "works")).channels.length, 1);
  assert.match(await metricsOf(hub), /^rpi_cluster_channel_works\{channel="twilio"\} 1$/m);
  await using nodes = new Nodes(hub.brokerPort, (id) => hub.credential(id));
  // It stays alive, so that the network is beyond doubt.
  await nodes.start("Arya Stark");
  await nodes.kill(await nodes.start("John Snow"));
  const channels = [{ name: "twilio", state: "failing" }];
  assert.deepEqual(await untilState(hub, "failing"), { state: "failing", channels });
  const guest = await (await hub.fetch("/api/v1/status")).json();
  assert.deepEqual(guest.notification, { state: "failing", channels: [] });
  await hub.process.line(/ warning hub +nobody is notified when a Pi dies: no channel delivers/);
  assert.match(await metricsOf(hub), /^rpi_cluster_notification_works 0$/m);

  await hub.stop();
  await hub.start();
  await hub.process.line(/ warning hub +nobody is notified when a Pi dies: no channel delivers/);
  await until("the failure to be known", async () => {
    return (await notificationOf(hub)).state === "failing";
  });
  for (const one of [TO, ...OTHERS]) {
    double.toRecipient(one, { kind: "created" });
    double.statuses(one, { status: "delivered" });
  }
  assert.deepEqual(await tested(hub), ["delivered", "delivered", "delivered"]);
  await untilState(hub, "works");
  await hub.process.line(/ info hub +people are notified when a Pi dies/);
  assert.equal(await errorOf(await post(hub, "test-message", {}), 429), "too_many_attempts");
});

Deno.test("an account that would refuse every message is known before there is anything to tell", async () => {
  await using double = new TwilioDouble();
  await using hub = await startHub(sendingTo(double, { sms: { auth_token: "wrong" } }));
  const channels = [{ name: "twilio", state: "down" }];
  assert.deepEqual(await untilState(hub, "failing"), { state: "failing", channels });
  assert.equal(double.posts.length, 0);
  assert.deepEqual(await tested(hub), ["refused"]);
});
