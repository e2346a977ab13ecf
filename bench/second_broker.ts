/** What the connection to a second broker costs an agent: two groups of agents side by side. */

import { Mosquitto } from "../tests/support/broker/mosquitto.ts";
import { compiledIfThere } from "../tests/support/program/executable.ts";
import { startAgent, type TestProgram } from "../tests/support/program/programs.ts";
import { cpuSecondsOf, memoryOf } from "./process_figures.ts";
import { percentile } from "./statistics.ts";

/** In each group. */
const AGENTS = 4;
const HOUR_MS = 3_600_000;
/** Programs settle before their CPU is counted. */
const SETTLE_MS = 20_000;

/** Runs agents with one broker, and others with two, at the same time for this many minutes. */
export async function benchSecondBroker(minutes: number): Promise<readonly string[]> {
  await using parts = new AsyncDisposableStack();
  const { compiled, name } = compiledIfThere();
  const brokers = [parts.use(await Mosquitto.start()), parts.use(await Mosquitto.start())];
  const urls = brokers.map(({ port }) => `mqtt://127.0.0.1:${port}`);
  const groups = [urls.slice(0, 1), urls].map((known) => ({
    what: known.length === 1 ? "one broker" : `${known.length} brokers`,
    url: known.join(", "),
    agents: [] as TestProgram[],
  }));
  for (let number = 1; number <= AGENTS; number++) {
    for (const [index, { url, agents }] of groups.entries()) {
      const id = `pi-${index}-${number}`;
      agents.push(parts.use(await startAgent({ mqtt: { url }, node: { id } }, { compiled })));
    }
  }
  await pause(SETTLE_MS);
  const all = groups.flatMap(({ agents }) => agents);
  const before = new Map(all.map((agent) => [agent, cpuSecondsOf(agent.process.pid)]));
  const beganMs = performance.now();
  await pause(minutes * 60_000);
  const passedMs = performance.now() - beganMs;
  return groups.map(({ what, agents }) => {
    const cpu = agents.map((agent) =>
      (cpuSecondsOf(agent.process.pid) - (before.get(agent) ?? 0)) * HOUR_MS / passedMs
    );
    const memory = agents.map((agent) => memoryOf(agent.process.pid));
    const median = (values: readonly number[]) => percentile(values, 0.5);
    return `agent with ${what} (${name}, median of ${AGENTS}): ` +
      `${megabytes(median(memory.map(({ resident }) => resident)))} resident, ` +
      `${megabytes(median(memory.map(({ anonymous }) => anonymous)))} anonymous, ` +
      `${median(cpu).toFixed(1)} s of CPU an hour`;
  });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
