/**
 * The cost of agent and tracker in a small and in a large cluster, compared with an earlier version.
 * Both versions run at the same time with one broker.
 */

import { join } from "node:path";
import { Mosquitto } from "../tests/support/broker/mosquitto.ts";
import { TestClient } from "../tests/support/broker/mqtt_client.ts";
import { PretendNode } from "../tests/support/nodes/pretend_node.ts";
import { iniOf, startHub } from "../tests/support/program/programs.ts";
import { TemporaryFolder } from "../tests/support/program/temporary_folder.ts";
import { BASELINE, extractEarlier, HERE, run } from "./earlier_version.ts";
import { cpuSecondsOf, memoryOf } from "./process_figures.ts";

const BUILD = join("bench", "light", "build.ts");
const SIZES = [20, 1000];
/** A tracker relies on the hub only after the hub has seen all nodes for 30 s. */
const SETTLE_MS = 150_000;
const HOUR_MS = 3_600_000;
const VERSIONS = ["before", "now"] as const;
const PROGRAMS = ["agent", "tracker"] as const;

export async function benchLight(minutes: number): Promise<readonly string[]> {
  using folder = new TemporaryFolder();
  const tree = folder.file("tree");
  await extractEarlier(tree, [BUILD]);
  for (const version of VERSIONS) {
    Deno.mkdirSync(folder.file(version));
    const build = [Deno.execPath(), "run", "--allow-all", "--no-check", BUILD];
    await run([...build, folder.file(version)], version === "now" ? HERE : tree);
  }
  const lines: string[] = [];
  for (const nodes of SIZES) lines.push(...await compare(folder, nodes, minutes * 60_000));
  return lines;
}

async function compare(
  folder: TemporaryFolder,
  nodes: number,
  forMs: number,
): Promise<readonly string[]> {
  await using parts = new AsyncDisposableStack();
  const broker = parts.use(await Mosquitto.start());
  const mqtt = { url: `mqtt://127.0.0.1:${broker.port}` };
  parts.use(await startHub({ mqtt, hub: { broker: "none" }, sms: { provider: "print" } }));
  const client = parts.use(await TestClient.connect({ port: broker.port }));
  for (let node = 1; node <= nodes; node++) {
    const id = `pretend-${node}`;
    parts.use(await PretendNode.start(client, { id, name: id }));
  }
  const running = VERSIONS.flatMap((version) =>
    PROGRAMS.map((program) => {
      const id = `${version}-${program}`;
      const ini = folder.write(`${id}.ini`, iniOf({ mqtt, node: { id }, rpi: OUTPUTS }));
      const child = new Deno.Command(join(folder.file(version), program), {
        args: ["--config", ini],
        stdout: "null",
        stderr: "null",
      }).spawn();
      parts.defer(async () => {
        child.kill("SIGTERM");
        await child.status;
      });
      return { version, program, pid: child.pid };
    })
  );
  await pause(SETTLE_MS);
  const before = new Map(running.map(({ pid }) => [pid, cpuSecondsOf(pid)]));
  await pause(forMs);
  const costs = running.map(({ version, program, pid }) => ({
    version,
    program,
    cost: costOf(pid, (cpuSecondsOf(pid) - (before.get(pid) ?? 0)) * HOUR_MS / forMs),
  }));
  return PROGRAMS.map((program) => {
    const of = (version: typeof VERSIONS[number]) =>
      costs.find((one) => one.program === program && one.version === version)?.cost;
    return `${program} with ${nodes} nodes: ${of("now")} (${BASELINE}: ${of("before")})`;
  });
}

const OUTPUTS = { led: "none", buzzer: "none" };

function costOf(pid: number, secondsAnHour: number): string {
  const { resident, proportional } = memoryOf(pid);
  return `${(resident / 1e6).toFixed(1)} MB resident, ${(proportional / 1e6).toFixed(1)} MB in ` +
    `proportion, ${secondsAnHour.toFixed(1)} s of CPU an hour`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
