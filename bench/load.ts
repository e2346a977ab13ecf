/**
 * The cost of a hub that hears many nodes, compared with an earlier version. With Mosquitto both hear
 * the same nodes at the same time. With the embedded broker each hub has its own nodes.
 */

import { Crowd, enrolCrowd } from "../tests/support/broker/crowd.ts";
import { startSample } from "../tests/support/broker/sample_mosquitto.ts";
import { TemporaryFolder } from "../tests/support/program/temporary_folder.ts";
import { until } from "../tests/support/time/until.ts";
import { buildHubs, EARLIER, LoadedHub, VERSIONS } from "./load/hub.ts";
import { cpuSecondsOf, memoryOf } from "./process_figures.ts";

/**
 * The number of nodes that connect per second. 20,000 nodes need more than 20,000 open files
 * (`ulimit -n`), in the broker and in the program that simulates them.
 */
const PER_SECOND = 500;
const SETTLE_MS = 20_000;
const SLOW_MS = 240_000;
/** The maximum of nodes in the earlier version. */
const NODES_BEFORE = 5000;

type Broker = "Mosquitto" | "the embedded broker";

export interface LoadPlan {
  readonly minutes: number;
  /** Numbers of nodes. */
  readonly mosquitto: readonly number[];
  readonly embedded: readonly number[];
}

export async function benchLoad(plan: LoadPlan): Promise<readonly string[]> {
  using folder = new TemporaryFolder();
  await buildHubs(folder);
  const lines: string[] = [];
  for (const nodes of plan.mosquitto) {
    lines.push(await withMosquitto(folder, nodes, plan.minutes * 60_000));
  }
  for (const nodes of plan.embedded) {
    lines.push(await withEmbedded(folder, nodes, plan.minutes * 60_000));
  }
  return lines;
}

async function withMosquitto(
  folder: TemporaryFolder,
  nodes: number,
  forMs: number,
): Promise<string> {
  await using parts = new AsyncDisposableStack();
  const broker = parts.use(await startSample());
  const password = enrolCrowd({ path: broker.credentials.path, nodes });
  broker.apply();
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const config = {
    mqtt: { url, username: "hub", password: broker.hubPassword },
    hub: { broker: "none" },
  };
  const versions = nodes > NODES_BEFORE ? ["now"] as const : VERSIONS;
  const hubs = new Map<string, LoadedHub>();
  for (const version of versions) {
    hubs.set(version, parts.use(await LoadedHub.start(folder, version, config)));
  }
  const { port } = broker;
  const crowd = parts.use(Crowd.begin({ port, nodes, password, perSecond: PER_SECOND }));
  await crowd.born(SLOW_MS);
  return await measured("Mosquitto", { hubs, nodes, forMs });
}

async function withEmbedded(
  folder: TemporaryFolder,
  nodes: number,
  forMs: number,
): Promise<string> {
  await using parts = new AsyncDisposableStack();
  const hubs = new Map<string, LoadedHub>();
  for (const version of VERSIONS) {
    const hub = parts.use(await LoadedHub.start(folder, version, {}));
    const password = enrolCrowd({ path: hub.passwordFile, nodes });
    const port = hub.brokerPort;
    const crowd = parts.use(Crowd.begin({ port, nodes, password, perSecond: PER_SECOND }));
    hubs.set(version, hub);
    await crowd.born(SLOW_MS);
  }
  const line = await measured("the embedded broker", { hubs, nodes, forMs });
  const stops: string[] = [];
  for (const [version, hub] of hubs) {
    const { code, tookMs } = await hub.stop();
    stops.push(`${version} ${(tookMs / 1000).toFixed(2)} s (exit status ${code})`);
  }
  return `${line}; stop: ${stops.join(", ")}`;
}

async function measured(
  broker: Broker,
  { hubs, nodes, forMs }: {
    readonly hubs: ReadonlyMap<string, LoadedHub>;
    readonly nodes: number;
    readonly forMs: number;
  },
): Promise<string> {
  for (const [version, hub] of hubs) {
    const isAll = async () => await hub.alive() === nodes;
    await until(`the hub ${version} to know all nodes`, isAll, { withinMs: SLOW_MS });
  }
  await pause(SETTLE_MS);
  const before = new Map([...hubs].map(([version, { pid }]) => [version, cpuSecondsOf(pid)]));
  const beganMs = performance.now();
  await pause(forMs);
  const passedS = (performance.now() - beganMs) / 1000;
  const costs: string[] = [];
  for (const [version, { pid }] of hubs) {
    const share = (cpuSecondsOf(pid) - (before.get(version) ?? 0)) / passedS;
    const resident = memoryOf(pid).resident / 1e6;
    const name = version === "before" ? EARLIER : version;
    costs.push(`${name} ${(share * 100).toFixed(1)} % of a core, ${resident.toFixed(0)} MB`);
  }
  for (const [version, hub] of hubs) {
    const alive = await hub.alive();
    if (alive !== nodes) costs.push(`${version}: only ${alive} alive`);
  }
  return `hub of ${nodes} nodes, ${broker}: ${costs.join("; ")}`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
