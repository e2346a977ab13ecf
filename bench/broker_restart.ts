/** Verdicts about healthy nodes while their broker is away. */

import { Mosquitto } from "../tests/support/broker/mosquitto.ts";
import { startAgent, startHub, startTracker } from "../tests/support/program/programs.ts";

const NODES = 20;
const AWAY_MS = 10_000;
const RESTARTS = [
  { name: "SIGTERM", signal: "SIGTERM" },
  { name: "SIGKILL", signal: "SIGKILL" },
] as const;

/** 20 healthy nodes, a hub and a tracker; the broker is away for 10 s, ended in both ways. */
export async function benchBrokerRestart(): Promise<readonly string[]> {
  await using parts = new AsyncDisposableStack();
  const broker = parts.use(await Mosquitto.start());
  const mqtt = { url: `mqtt://127.0.0.1:${broker.port}` };
  const hub = parts.use(
    await startHub({ mqtt, hub: { broker: "none" }, sms: { provider: "print" } }, {
      compiled: true,
    }),
  );
  for (let node = 1; node <= NODES; node++) {
    parts.use(await startAgent({ mqtt, node: { id: `pi-${node}` } }, { compiled: true }));
  }
  const watcher = { mqtt, node: { id: "watcher" } };
  const tracker = parts.use(await startTracker(watcher, { compiled: true }));
  const lines: string[] = [];
  for (const { name, signal } of RESTARTS) {
    for (let node = 1; node <= NODES; node++) {
      await hub.waitForLiveness(`pi-${node}`, "alive", 60_000);
    }
    const from = { hub: hub.process.lines.length, tracker: tracker.process.lines.length };
    await broker.stop(signal);
    await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
    await broker.start();
    await hub.process.line("sees the cluster", { from: from.hub, withinMs: 30_000 });
    // Any false verdict would be there after this time.
    await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
    const deaths = [hub, tracker].map((program, index) =>
      program.process.lines.slice(index === 0 ? from.hub : from.tracker)
        .filter((line) => line.includes("a node died")).length
    );
    lines.push(
      `broker away for 10 s (${name}), ${NODES} healthy nodes: ` +
        `${deaths[0]} called down by the hub, ${deaths[1]} by the tracker`,
    );
  }
  return lines;
}
