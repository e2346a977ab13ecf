/** Two hubs that use one broker by mistake: said once, and neither corrects the other for ever. */

import assert from "node:assert/strict";
import type { IncidentView } from "../../../core/api/incident_view.ts";
import { WITHIN_MS } from "../../support/alerting/told.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { act } from "../../support/page/hub_actions.ts";
import { ROOT } from "../../support/program/cluster.ts";
import { type Hub, startHub, startTracker } from "../../support/program/programs.ts";
import { pass } from "../../support/time/pass.ts";
import { until } from "../../support/time/until.ts";

const PATIENCE = { withinMs: WITHIN_MS };
const SAID = "another hub uses the same broker";
/** At the pace of a hub that corrects another one, many messages. */
const WATCHED_MS = 8000;

async function incidentOf(hub: Hub): Promise<IncidentView | undefined> {
  return (await hub.incidents()).find(({ name }) => name === "second_hub");
}

Deno.test("two hubs on one broker say so once, and leave each other's silences alone", async () => {
  await using broker = await Mosquitto.start();
  const config = {
    hub: { broker: "none" },
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
    alerts: { hold: "0s", group: "0s" },
    sms: { provider: "print" },
  };
  await using first = await startHub(config);
  await using second = await startHub(config);
  for (const hub of [first, second]) {
    await hub.process.line(SAID, PATIENCE);
    const incident = await until("the incident", () => incidentOf(hub), PATIENCE);
    assert.equal(incident.recovered_at, null);
    await hub.process.line(/ sms .*Another hub has used the same broker since/, PATIENCE);
  }
  await using listener = await TestClient.connect({ port: broker.port });
  await listener.subscribe(`${ROOT}/#`, 1);
  await act(first, "silence", { for: "1h" });
  await pass(WATCHED_MS);
  const plans = listener.messages.filter(({ topic, retained }) =>
    !retained && topic === `${ROOT}/hub/alarm`
  );
  assert.ok(plans.length <= 4, `${plans.length} plans for one silence`);
  for (const hub of [first, second]) {
    const lines = hub.process.lines;
    assert.equal(lines.filter((line) => line.includes(SAID)).length, 1);
    assert.ok(!lines.some((line) => line.includes("that only the hub may use")), lines.join("\n"));
  }
  // A tracker shows a dead hub only when both are.
  const node = { id: "sansa", name: "Sansa" };
  await using tracker = await startTracker({ mqtt: config.mqtt, node });
  await tracker.process.line("sees the cluster", PATIENCE);
  await first.kill();
  await pass(WATCHED_MS);
  assert.ok(!tracker.process.lines.some((line) => line.includes("the hub is down")));
  await second.kill();
  await tracker.process.line("the hub is down", PATIENCE);
});
