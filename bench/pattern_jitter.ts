/** The deviation of a pattern's edges while a tracker hears no messages, and 1,000 messages a second. */

import { join } from "node:path";
import { PROJECT } from "../scripts/project.ts";
import { Mosquitto } from "../tests/support/broker/mosquitto.ts";
import { TestClient } from "../tests/support/broker/mqtt_client.ts";
import { cpuSecondsOf } from "./process_figures.ts";
import { percentile } from "./statistics.ts";

const NODES = 1_000;
/** The heartbeat interval of each node, which makes 1,000 messages a second. */
const EVERY_MS = 1_000;
/** The number of nodes that send at the same instant. */
const SLICE = 10;
const MEASURE_MS = 30_000;
/** The interval at which a tracker reads. */
const READ_EVERY_MS = 250;

interface Played {
  readonly heard: number;
  readonly offMs: readonly number[];
}

export async function benchPatternJitter(): Promise<readonly string[]> {
  await using broker = await Mosquitto.start();
  const quiet = await play(broker.port, "no messages");
  await using nodes = await TestClient.connect({ port: broker.port });
  using _beating = beat(nodes);
  const busy = await play(broker.port, "1,000 heartbeats a second");
  return [quiet, busy];
}

/** Runs a player without a JIT, like a tracker. */
async function play(port: number, name: string): Promise<string> {
  const child = new Deno.Command("setpriv", {
    args: [
      ...["--pdeathsig", "KILL", Deno.execPath(), "run", "--quiet", "--no-check", "-A"],
      ...["--v8-flags=--jitless", join(PROJECT, "bench/pattern_jitter/player.ts")],
      ...[`${port}`, `${READ_EVERY_MS}`],
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  await pause(MEASURE_MS);
  const cpu = cpuSecondsOf(child.pid);
  child.kill("SIGTERM");
  const { heard, offMs }: Played = await new Response(child.stdout).json();
  await child.status;
  const of = (share: number) => `${percentile(offMs, share).toFixed(1)} ms`;
  return `edges of a pattern, ${name}: off by p50 ${of(0.5)}, p99 ${of(0.99)}, max ${of(1)} ` +
    `(${offMs.length} edges, ${heard} heartbeats heard, ${cpu.toFixed(1)} s of CPU)`;
}

/** Sends the heartbeats of all nodes, a few nodes at a time, evenly over each second. */
function beat(client: TestClient): Disposable {
  const session = crypto.randomUUID();
  const startMs = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = (performance.now() - startMs) * NODES / EVERY_MS;
    for (; sent < due; sent++) {
      const seq = Math.floor(sent / NODES);
      const heartbeat = { session, seq, every_ms: EVERY_MS, up_ms: seq * EVERY_MS };
      const topic = `rpi-cluster/v1/nodes/node-${sent % NODES}/heartbeat`;
      client.send(topic, JSON.stringify(heartbeat));
    }
  }, EVERY_MS * SLICE / NODES);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
