/** A hub whose embedded broker has many clients ends as soon as it is asked to. */

import { join } from "node:path";
import { Crowd, enrolCrowd } from "../../support/broker/crowd.ts";
import { startHub } from "../../support/program/programs.ts";

const NODES = 1000;
const SLOW_MS = 120_000;

Deno.test("a hub with 1,000 clients at its own broker ends in time, and has them back after its restart", async () => {
  await using hub = await startHub();
  const password = enrolCrowd({ path: join(hub.statePath, "passwd"), nodes: NODES });
  // Few heartbeats: the machine is not what is tested.
  const plan = { port: hub.brokerPort, nodes: NODES, password, perSecond: 100, everyMs: 10_000 };
  await using crowd = Crowd.begin(plan);
  await crowd.born(SLOW_MS);
  await hub.stop();
  await hub.start();
  await hub.process.until("all to be back", async () => {
    return (await hub.nodes()).filter(({ liveness }) => liveness === "alive").length === NODES;
  }, { withinMs: SLOW_MS });
});
