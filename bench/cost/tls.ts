/**
 * The cost of TLS: agents and hubs with it and without it, side by side in one run. CPU is the time
 * that the kernel has counted, so that other work on the machine matters little.
 */

import { Crowd, enrolCrowd } from "../../tests/support/broker/crowd.ts";
import {
  type Hub,
  startAgent,
  startHub,
  type StartOptions,
  type TestProgram,
} from "../../tests/support/program/programs.ts";
import { startTlsHub, type TlsHub } from "../../tests/support/tls/tls_hub.ts";
import { until } from "../../tests/support/time/until.ts";
import { cpuSecondsOf, memoryOf } from "../process_figures.ts";
import { percentile } from "../statistics.ts";

const AGENTS = 6;
/** How many of the crowd connect in a second. */
const PER_SECOND = 100;
const SETTLE_MS = 20_000;
const SLOW_MS = 240_000;
const HOUR_MS = 3_600_000;
const CHANNEL = { sms: { provider: "print", to: "+4915112345678" } };
/** The file limit of the hub's unit. */
const COMPILED: StartOptions = { compiled: true, through: ["prlimit", "--nofile=16384:16384"] };

export interface TlsPlan {
  readonly minutes: number;
  /** How many nodes each hub hears. */
  readonly nodes: number;
}

/** Programs of one kind, with TLS or without. */
interface Measured {
  readonly name: string;
  readonly programs: readonly TestProgram[];
}

export async function benchTls({ minutes, nodes }: TlsPlan): Promise<readonly string[]> {
  await using parts = new AsyncDisposableStack();
  const plain = parts.use(await startHub(CHANNEL, COMPILED));
  const tls = parts.use(await startTlsHub(CHANNEL, COMPILED));
  const agents = [
    { name: "agent, plain", programs: await agentsOf(plain, parts) },
    { name: "agent, TLS", programs: await agentsOf(tls, parts) },
  ];
  const forMs = minutes * 60_000;
  const ofAgents = await costOf(agents, forMs);
  for (const { programs } of agents) for (const agent of programs) await agent.stop();
  const ofHubs = await hubsOf({ plain, tls, nodes, parts });
  return [...ofAgents, ...await costOf(ofHubs, forMs)];
}

async function agentsOf(hub: Hub, parts: AsyncDisposableStack): Promise<readonly TestProgram[]> {
  const agents: TestProgram[] = [];
  for (let number = 0; number < AGENTS; number++) {
    const id = `agent-${number}`;
    const config = await hub.enrol(id, `Agent ${number}`);
    agents.push(parts.use(await startAgent(config, { compiled: true })));
    await hub.waitForLiveness(id, "alive", SLOW_MS);
  }
  return agents;
}

async function hubsOf(
  { plain, tls, nodes, parts }: {
    readonly plain: Hub;
    readonly tls: TlsHub;
    readonly nodes: number;
    readonly parts: AsyncDisposableStack;
  },
): Promise<readonly Measured[]> {
  const begin = (hub: Hub, by: { readonly port: number; readonly ca?: string }) => {
    const password = enrolCrowd({ path: `${hub.statePath}/passwd`, nodes });
    return parts.use(Crowd.begin({ ...by, nodes, password, perSecond: PER_SECOND }));
  };
  const crowds = [
    begin(plain, { port: plain.brokerPort }),
    begin(tls, { port: tls.mqtts, ca: tls.ca }),
  ];
  for (const crowd of crowds) await crowd.born(SLOW_MS);
  for (const hub of [plain, tls]) {
    const isAll = async () => {
      return (await hub.nodes()).filter(({ liveness }) => liveness === "alive").length >= nodes;
    };
    await until("the hub to know all nodes", isAll, { withinMs: SLOW_MS });
  }
  return [
    { name: `hub of ${nodes} nodes, plain`, programs: [plain] },
    { name: `hub of ${nodes} nodes, TLS`, programs: [tls] },
  ];
}

/** Resident memory and CPU of each kind, the median of its programs. */
async function costOf(measured: readonly Measured[], forMs: number): Promise<readonly string[]> {
  await pause(SETTLE_MS);
  const all = measured.flatMap(({ programs }) => programs);
  const before = new Map(all.map((program) => [program, cpuSecondsOf(program.process.pid)]));
  const beganMs = performance.now();
  await pause(forMs);
  const passedMs = performance.now() - beganMs;
  return measured.map(({ name, programs }) => {
    const seconds = programs.map((program) =>
      cpuSecondsOf(program.process.pid) - (before.get(program) ?? 0)
    );
    const memories = programs.map((program) => memoryOf(program.process.pid));
    const resident = percentile(memories.map((memory) => memory.resident), 0.5) / 1e6;
    const anonymous = percentile(memories.map((memory) => memory.anonymous), 0.5) / 1e6;
    const cpu = percentile(seconds, 0.5);
    return `${name}: ${resident.toFixed(1)} MB resident, ${anonymous.toFixed(1)} MB anonymous, ` +
      `${(cpu * HOUR_MS / passedMs).toFixed(1)} s of CPU an hour, ` +
      `${(cpu * 100_000 / passedMs).toFixed(2)} % of a core`;
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
