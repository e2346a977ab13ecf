/** The time from a transition at the hub to the pixels of the page, with 1 viewer and with 100. */

import { buildPage } from "../scripts/build_page.ts";
import { Mosquitto } from "../tests/support/broker/mosquitto.ts";
import { TestClient } from "../tests/support/broker/mqtt_client.ts";
import { Chromium } from "../tests/support/page/chromium.ts";
import { openPage, verdict } from "../tests/support/page/open_page.ts";
import { PageObserver } from "../tests/support/page/page_observer.ts";
import { nowMs, seenAt } from "../tests/support/page/observation.ts";
import { VerdictObserver } from "../tests/support/page/verdict_observer.ts";
import { Watcher } from "../tests/support/page/watcher.ts";
import { startHub } from "../tests/support/program/programs.ts";
import { describeMs } from "./statistics.ts";

const TRIALS = 50;
const VIEWERS = [1, 100];
const TOPIC = "rpi-cluster/v1/nodes/john-snow/status";
/** Transitions happen at random instants of the feed's interval. */
const SPACING_MS_MAX = 500;

export async function benchPixels(): Promise<readonly string[]> {
  await buildPage();
  await using broker = await Mosquitto.start();
  await using hub = await startHub({
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
    hub: { broker: "none" },
  });
  await hub.untilSeeing();
  await using chromium = await Chromium.start();
  await using client = await TestClient.connect({ port: broker.port });
  await using verdicts = await VerdictObserver.connect(broker.port);
  await using others = new AsyncDisposableStack();
  const say = async (message: object) =>
    await client.publish(TOPIC, JSON.stringify(message), { qos: 1, retain: true });
  let session = await born(say);
  const lines: string[] = [];
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await verdict(page, "john-snow is up");
    const sight = await PageObserver.of(page);
    let viewers = 1;
    for (const count of VIEWERS) {
      for (; viewers < count; viewers++) {
        const watcher = others.use(new Watcher(hub, { Authorization: `Bearer ${hub.password}` }));
        await watcher.until("a snapshot", ({ nodes }) => nodes.length > 0);
      }
      const timesMs: number[] = [];
      for (let trial = 0; trial < TRIALS; trial++) {
        await pause(Math.random() * SPACING_MS_MAX);
        const left = { node: "john-snow", liveness: "left", fromMs: nowMs() } as const;
        await say({ kind: "farewell", session, reason: "stop" });
        timesMs.push(await seenAt(sight, left) - await seenAt(verdicts, left));
        const alive = { ...left, liveness: "alive", fromMs: nowMs() } as const;
        session = await born(say);
        await seenAt(sight, alive);
      }
      lines.push(`transition to pixels, viewers ${count}: ${describeMs(timesMs)}`);
    }
  });
  return lines;
}

/** The announced interval is so long that the test needs no heartbeats. */
const EVERY_MS = 60_000;

/** Begins a session. Returns its id. */
async function born(say: (message: object) => Promise<void>): Promise<string> {
  const session = crypto.randomUUID();
  await say({ kind: "birth", session, name: "john-snow", every_ms: EVERY_MS });
  return session;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
