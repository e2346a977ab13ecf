/** A hub that knew many nodes publishes the verdict of each when it connects, some at a time. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { ROOT } from "../../support/program/cluster.ts";
import { Hub } from "../../support/program/programs.ts";
import { idOf, writeLargeHistory } from "../../support/store/large_history.ts";
import { until } from "../../support/time/until.ts";

const NODES = 1000;
const VERDICTS = `${ROOT}/hub/verdicts/`;

Deno.test("a broker that has no verdicts gets those of all nodes, behind the hub's first echo", async () => {
  await using broker = await Mosquitto.start();
  await using hub = new Hub({
    hub: { broker: "none" },
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
  }, {});
  Deno.mkdirSync(hub.statePath);
  const path = join(hub.statePath, "hub.db");
  writeLargeHistory({ path, nodes: NODES, outages: 1, incidents: 10, nowMs: Date.now() });
  await using client = await TestClient.connect({ port: broker.port });
  await client.subscribe(`${ROOT}/hub/#`);
  await hub.start();
  const nodes = new Set(Array.from({ length: NODES }, (_, index) => idOf(index)));
  const told = () =>
    new Set(
      client.messages.flatMap(({ topic }) =>
        topic.startsWith(VERDICTS) ? [topic.slice(VERDICTS.length)] : []
      ),
    );
  await until("the verdicts of all", () => told().size === NODES);
  assert.deepEqual(told(), nodes);
  const echo = client.messages.findIndex(({ topic }) => topic === `${ROOT}/hub/echo`);
  const before = client.messages.slice(0, echo).filter(({ topic }) => topic.startsWith(VERDICTS));
  assert.ok(echo >= 0 && before.length <= 200, `${before.length} verdicts before the first echo`);
});
