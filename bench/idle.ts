/** The cost of agent, tracker and hub in a quiet cluster, and whether they send no false alert. */

import {
  startAgent,
  startHub,
  startTracker,
  type TestProgram,
} from "../tests/support/program/programs.ts";
import { cpuSecondsOf, memoryOf } from "./process_figures.ts";
import { percentile } from "./statistics.ts";

const NODES = 20;
const HOUR_MS = 3_600_000;
/** Programs settle before their CPU is counted, because start-up is a separate figure. */
const SETTLE_MS = 20_000;

/** Runs the compiled programs with 20 nodes and the embedded broker for this many minutes. */
export async function benchIdle(minutes: number): Promise<readonly string[]> {
  await using parts = new AsyncDisposableStack();
  const hub = parts.use(await startHub({ sms: { provider: "print" } }, { compiled: true }));
  const agents: TestProgram[] = [];
  for (let node = 1; node <= NODES; node++) {
    const config = await hub.enrol(`pi-${node}`, `Pi ${node}`);
    agents.push(parts.use(await startAgent(config, { compiled: true })));
  }
  const watcher = await hub.enrol("watcher", "Watcher");
  const tracker = parts.use(await startTracker(watcher, { compiled: true }));
  for (let node = 1; node <= NODES; node++) {
    await hub.waitForLiveness(`pi-${node}`, "alive", 60_000);
  }
  await pause(SETTLE_MS);

  const programs = { agent: agents, tracker: [tracker], hub: [hub] };
  const all = Object.values(programs).flat();
  const before = new Map(all.map((program) => [program, cpuSecondsOf(program.process.pid)]));
  const linesBefore = hub.process.lines.length;
  const beganMs = performance.now();
  await pause(minutes * 60_000);
  const passedMs = performance.now() - beganMs;

  const lines = Object.entries(programs).map(([name, running]) => {
    const pids = running.map((program) => program.process.pid);
    const resident = percentile(pids.map((pid) => memoryOf(pid).resident), 0.5);
    const anonymous = percentile(pids.map((pid) => memoryOf(pid).anonymous), 0.5);
    const cpu = running.map((program) =>
      (cpuSecondsOf(program.process.pid) - (before.get(program) ?? 0)) * HOUR_MS / passedMs
    );
    const of = running.length > 1 ? ` (median of ${running.length})` : "";
    return `${name}, idle, ${NODES} nodes${of}: ${megabytes(resident)} resident, ` +
      `${megabytes(anonymous)} anonymous, ${percentile(cpu, 0.5).toFixed(1)} s of CPU an hour`;
  });
  const changes = hub.process.lines.slice(linesBefore).filter((line) => line.includes("a node"));
  const late = changes.filter((line) => line.includes("to=late")).length;
  const down = changes.filter((line) => line.includes("to=down")).length;
  const text = `false alarms in ${Math.round(passedMs / 60_000)} quiet minutes, ${NODES} nodes: ` +
    `${down} down, ${late} late`;
  return [...lines, text];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
