/** Hundreds of nodes, each with its own connection and last will, die at once and return at once. */

import assert from "node:assert/strict";
import type { Liveness } from "../../../core/detection/liveness.ts";
import { Crowd, enrolCrowd } from "../../support/broker/crowd.ts";
import { startSample } from "../../support/broker/sample_mosquitto.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";

const NODES = 300;
const SLOW_MS = 120_000;

async function all(hub: Hub, liveness: Liveness): Promise<void> {
  await hub.process.until(`all nodes to be ${liveness}`, async () => {
    const nodes = await hub.nodes();
    return nodes.length === NODES && nodes.every((node) => node.liveness === liveness);
  }, { withinMs: SLOW_MS });
}

Deno.test("300 nodes that die at once are called down once each, and up when they return at once", async () => {
  await using broker = await startSample();
  const password = enrolCrowd({ path: broker.credentials.path, nodes: NODES });
  broker.apply();
  const { port, hubPassword } = broker;
  await using hub = await startHub({
    mqtt: { url: `mqtt://127.0.0.1:${port}`, username: "hub", password: hubPassword },
    hub: { broker: "none" },
  });
  const plan = { port, nodes: NODES, password, perSecond: 100 };
  await using crowd = Crowd.begin(plan);
  await crowd.born(SLOW_MS);
  await all(hub, "alive");
  await crowd.kill();
  await all(hub, "dead");
  await using again = Crowd.begin({ ...plan, perSecond: 1000 });
  await again.born(SLOW_MS);
  await all(hub, "alive");
  for (let number = 0; number < NODES; number++) {
    const { transitions } = await hub.api<{ readonly transitions: readonly { to: Liveness }[] }>(
      `/api/v1/nodes/pi-${number}/transitions?limit=100`,
    );
    const ways = transitions.map(({ to }) => to).toReversed();
    assert.deepEqual(ways.filter((to) => to === "dead"), ["dead"], `pi-${number}: ${ways}`);
  }
});
