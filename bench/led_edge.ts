/** The time from a message to the edge of the LED's line, by the kernel's time of the edge. */

import { LED } from "../tests/gpio/indicate.ts";
import { LedSight } from "../tests/gpio/led_observer.ts";
import { Mosquitto } from "../tests/support/broker/mosquitto.ts";
import { TestClient } from "../tests/support/broker/mqtt_client.ts";
import { nowMs } from "../tests/support/page/observation.ts";
import { describeMs } from "./statistics.ts";

const TRIALS = 20;
/** The test lasts 5 s. Then the LED is off again, which an emulated Pi shows a little late. */
const TEST_MS = 6_000;
/** Trials begin at random instants between two reads of the inbox. */
const JITTER_MS = 1_000;

/** Asks the tracker of an emulated Pi to test the alarm. The test turns the LED on at once. */
export async function benchLedEdge(): Promise<readonly string[]> {
  await using parts = new AsyncDisposableStack();
  const broker = parts.use(await Mosquitto.start());
  const led = parts.use(await LedSight.start(broker.port));
  const hub = parts.use(await TestClient.connect({ port: broker.port }));
  const times: number[] = [];
  for (let trial = 0; trial < TRIALS; trial++) {
    const saidMs = nowMs();
    await hub.publish("rpi-cluster/v1/alarm/test", JSON.stringify({ node: "watcher" }));
    times.push(await led.litAt(saidMs) - saidMs);
    await pause(TEST_MS + Math.random() * JITTER_MS);
  }
  return [
    `message to the edge of line ${LED} (a quiet cluster, an emulated Pi): ${describeMs(times)}`,
  ];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
