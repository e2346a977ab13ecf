/** What an agent costs on Deno and on Node.js, side by side: memory, CPU, start, size. */

import { join } from "node:path";
import { bundleWhenStale } from "../scripts/bundle_node.ts";
import { statIfAny } from "../io/files/atomic_file.ts";
import { PROJECT } from "../scripts/project.ts";
import { Mosquitto } from "../tests/support/broker/mosquitto.ts";
import { TestClient } from "../tests/support/broker/mqtt_client.ts";
import { ownExecutable } from "../tests/support/program/executable.ts";
import { NODE, ownBundle, STARTER } from "../tests/support/program/runtimes.ts";
import { TemporaryFolder } from "../tests/support/program/temporary_folder.ts";
import { within } from "../tests/support/time/until.ts";
import { cpuSecondsOf, familyOf, memoryOf } from "./process_figures.ts";
import { percentile } from "./statistics.ts";

/** Agents of each kind, of which the medians count. */
const AGENTS = 3;
/** Starts of each kind. */
const TRIALS = 7;
const HOUR_MS = 3_600_000;
/** Programs settle before their CPU is counted, because the start is a separate figure. */
const SETTLE_MS = 20_000;
const SHELL_AGENT = join(PROJECT, "packaging/shell/agent.sh");

interface Kind {
  readonly name: string;
  readonly command: readonly string[];
  /** What a package has of it, beside what a system has. */
  readonly files: readonly string[];
}

/** Runs agents of each kind on one broker for this many minutes. */
export async function benchNode(minutes: number): Promise<readonly string[]> {
  await bundleWhenStale();
  await using broker = await Mosquitto.start();
  await using listener = await TestClient.connect({ port: broker.port });
  const starts: string[] = [];
  for (const kind of kinds()) starts.push(await describeStart(kind, broker.port, listener));
  return [...starts, ...await describeRun(minutes, broker.port, listener)];
}

function kinds(): readonly Kind[] {
  const bundle = ownBundle("agent");
  const deno = ownExecutable("agent");
  const all: readonly Kind[] = [
    { name: "Deno", command: [deno], files: [deno] },
    { name: "Node.js with JIT", command: [NODE, bundle], files: [bundle] },
    {
      name: "Node.js as packaged (--jitless)",
      command: ["/usr/bin/perl", STARTER, NODE, bundle],
      files: [bundle, STARTER],
    },
    { name: "shell", command: ["/bin/sh", SHELL_AGENT], files: [SHELL_AGENT] },
  ];
  return all.filter(({ files }) => files.every((file) => statIfAny(file) !== undefined));
}

/** An agent from its start to its end. */
class RunningAgent implements AsyncDisposable {
  readonly #folder = new TemporaryFolder();
  readonly #child: Deno.ChildProcess;

  constructor({ command: [file = "", ...args] }: Kind, port: number, id: string) {
    const url = `mqtt://127.0.0.1:${port}`;
    const config = this.#folder.write("config.ini", `[mqtt]\nurl = ${url}\n[node]\nid = ${id}\n`);
    this.#child = new Deno.Command(file, {
      args: [...args, "--config", config],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** CPU seconds so far, also of the programs that it has started. */
  get cpuSeconds(): number {
    return this.#sum(cpuSecondsOf);
  }

  /** Bytes, with those of the programs that it runs. */
  get resident(): number {
    return this.#sum((pid) => memoryOf(pid).resident);
  }

  get anonymous(): number {
    return this.#sum((pid) => memoryOf(pid).anonymous);
  }

  #sum(figure: (pid: number) => number): number {
    return familyOf(this.#child.pid).reduce((sum, pid) => sum + orNothing(() => figure(pid)), 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    this.#folder[Symbol.dispose]();
  }
}

async function describeStart(kind: Kind, port: number, listener: TestClient): Promise<string> {
  const [timesMs, cpuMs]: [number[], number[]] = [[], []];
  for (let trial = 0; trial < TRIALS; trial++) {
    const id = `start-${crypto.randomUUID().slice(0, 8)}`;
    const heard = await beatOf(id, listener);
    const beganMs = performance.now();
    await using agent = new RunningAgent(kind, port, id);
    await within(`a heartbeat of ${kind.name}`, heard());
    timesMs.push(performance.now() - beganMs);
    cpuMs.push(1000 * agent.cpuSeconds);
  }
  const bytes = kind.files.reduce((sum, file) => sum + Deno.statSync(file).size, 0);
  return `agent on ${kind.name}: ${(bytes / 1e6).toFixed(2)} MB, first heartbeat after ` +
    `${Math.round(percentile(timesMs, 0.5))} ms and ${
      Math.round(percentile(cpuMs, 0.5))
    } ms of CPU`;
}

async function describeRun(
  minutes: number,
  port: number,
  listener: TestClient,
): Promise<readonly string[]> {
  await using parts = new AsyncDisposableStack();
  const running = new Map<Kind, readonly RunningAgent[]>();
  for (const [index, kind] of kinds().entries()) {
    const agents: RunningAgent[] = [];
    for (let count = 0; count < AGENTS; count++) {
      const id = `idle-${index}-${count}`;
      const heard = await beatOf(id, listener);
      agents.push(parts.use(new RunningAgent(kind, port, id)));
      await within(`a heartbeat of ${kind.name}`, heard());
    }
    running.set(kind, agents);
  }
  await pause(SETTLE_MS);
  const all = [...running.values()].flat();
  const before = new Map(all.map((agent) => [agent, agent.cpuSeconds]));
  const beganMs = performance.now();
  await pause(minutes * 60_000);
  const passedMs = performance.now() - beganMs;
  return [...running].map(([{ name }, agents]) => {
    const median = (figure: (agent: RunningAgent) => number) => percentile(agents.map(figure), 0.5);
    const cpu = median((agent) =>
      (agent.cpuSeconds - (before.get(agent) ?? 0)) * HOUR_MS / passedMs
    );
    const resident = median((agent) => agent.resident);
    const anonymous = median((agent) => agent.anonymous);
    return `agent on ${name} for ${minutes} min: ${megabytes(resident)} resident, ` +
      `${megabytes(anonymous)} anonymous, ${cpu.toFixed(1)} s of CPU an hour`;
  });
}

/** Resolves to a function that waits for the first heartbeat of a node. */
async function beatOf(id: string, listener: TestClient): Promise<() => Promise<unknown>> {
  const topic = `rpi-cluster/v1/nodes/${id}/heartbeat`;
  await listener.subscribe(topic);
  return () => listener.heard(`a heartbeat of ${id}`, (message) => message.topic === topic);
}

/** 0 for a process that has just ended. */
function orNothing(figure: () => number): number {
  try {
    return figure();
  } catch {
    return 0;
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
