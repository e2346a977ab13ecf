/** Acknowledging an emergency in the app of a channel acknowledges its incidents at the hub. */

import assert from "node:assert/strict";
import { Nodes, WITHIN_MS } from "../../support/alerting/told.ts";
import {
  PUSHOVER_TOKEN,
  PUSHOVER_USER,
  pushoverServer,
  type Receipt,
} from "../../support/delivery/push_receivers.ts";
import { WebhookDouble } from "../../support/delivery/webhook_double.ts";
import { startHub } from "../../support/program/programs.ts";
import { until } from "../../support/time/until.ts";

Deno.test("a death that is acknowledged in Pushover's app is acknowledged at the hub", async () => {
  const sent: Record<string, unknown>[] = [];
  const receipt: Receipt = { acknowledged: 0, last_delivered_at: 0, expired: 0 };
  await using pushover = new WebhookDouble(pushoverServer(sent, receipt));
  await using hub = await startHub({
    alerts: { hold: "0s", group: "0s", channels: "phone" },
    "channel phone": {
      kind: "pushover",
      api_url: pushover.url,
      token: PUSHOVER_TOKEN,
      user: PUSHOVER_USER,
      emergency: "yes",
    },
  });
  await using nodes = new Nodes(hub.brokerPort, (id) => hub.credential(id));
  const arya = await nodes.start("Arya");
  // It stays alive, so that the network is beyond doubt.
  await nodes.start("Bran");
  await nodes.kill(arya);
  await until("the emergency", () => sent.some(({ priority }) => priority === 2), {
    withinMs: WITHIN_MS,
  });
  receipt.last_delivered_at = 1_700_000_000;
  // Delivered only: the hub goes on to read the receipt.
  await until("the delivery", async () => {
    return (await hub.deliveries()).some(({ state }) => state === "delivered");
  }, { withinMs: WITHIN_MS });
  assert.deepEqual((await hub.incidents()).map(({ acknowledged_at: at }) => at), [null]);
  receipt.acknowledged = 1;
  await until("the acknowledgement", async () => {
    const [incident] = await hub.incidents();
    return incident !== undefined && incident.node === arya && incident.acknowledged_at !== null;
  }, { withinMs: WITHIN_MS });
});
