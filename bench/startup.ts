/** The time from the start of an agent to its first heartbeat at a subscriber. */

import { Mosquitto } from "../tests/support/broker/mosquitto.ts";
import { TestClient } from "../tests/support/broker/mqtt_client.ts";
import { startAgent } from "../tests/support/program/programs.ts";
import { describeMs } from "./statistics.ts";

const TRIALS = 20;

export async function benchStartup(): Promise<readonly string[]> {
  await using broker = await Mosquitto.start();
  await using listener = await TestClient.connect({ port: broker.port });
  const timesMs: number[] = [];
  for (let trial = 0; trial < TRIALS; trial++) {
    const id = `pi-${trial}`;
    const topic = `rpi-cluster/v1/nodes/${id}/heartbeat`;
    await listener.subscribe(topic);
    const beganMs = performance.now();
    await using _agent = await startAgent({
      mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
      node: { id },
    }, { compiled: true });
    await listener.heard(`the first heartbeat of ${id}`, (message) => message.topic === topic);
    timesMs.push(performance.now() - beganMs);
  }
  return [`agent, start to first heartbeat: ${describeMs(timesMs)}`];
}
