/**
 * Runs everything on one machine until Ctrl-C: hub with its embedded broker, agent and tracker,
 * each in its own process. With `--demo` also three simulated Pis that die and come back.
 */

import { hostname } from "node:os";
import { relative } from "node:path";
import { nodeIdOf } from "../core/config/sections.ts";
import { buildPageWhenStale } from "./build_page.ts";
import { DEMO_CONFIG, DEMO_ENVIRONMENT, HUB_CONFIG } from "./hub_settings.ts";
import { LocalCluster, type LocalNode } from "./local_cluster.ts";
import { livePretendLife, PRETEND_PIS } from "./pretend_pi.ts";
import { PROJECT } from "./project.ts";
import { type Child, Supervisor } from "./supervisor.ts";

/** How often this process checks whether its parent is still running. */
const PARENT_POLL_MS = 500;

/** The width of the names before the programs' lines. */
const NAME_LENGTH = 10;

class Stopped extends Error {}

const demo = Deno.args.includes("--demo");
Deno.exitCode = await main(demo);

async function main(demo: boolean): Promise<number> {
  using stop = stopSignal();
  try {
    await buildPageWhenStale();
    await run(demo, stop.signal);
    return 0;
  } catch (error) {
    if (error instanceof Stopped) return 0;
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
}

async function run(demo: boolean, stop: AbortSignal): Promise<void> {
  await using supervisor = new Supervisor(console.log, NAME_LENGTH);
  const cluster = new LocalCluster({
    env: { ...(demo ? DEMO_ENVIRONMENT : {}), ...Deno.env.toObject() },
    stateDirectory: demo ? "state/demo" : "state",
    hubConfig: demo ? DEMO_CONFIG : HUB_CONFIG,
  }, supervisor);

  const hub = await untilStopped(cluster.startHub(), stop);
  const config = await untilStopped(cluster.enrol(thisMachine()), stop);
  const agent = await cluster.startForNode("agent", config, "agent");
  const tracker = await cluster.startForNode("tracker", config, "tracker");
  await printPageAddress(cluster);

  const tasks: Promise<void>[] = [hub, agent, tracker].map(untilEnd);
  if (demo) {
    const print = (line: string) => console.log(`${"demo".padEnd(NAME_LENGTH)} | ${line}`);
    tasks.push(livePretendLife({ cluster, nodes: PRETEND_PIS, print, stop }));
  }
  await untilStopped(Promise.race(tasks), stop);
}

/** None of the programs ends by itself, so an unexpected end is a failure of the whole. */
async function untilEnd(child: Child): Promise<never> {
  const { code, signal } = await child.ended;
  throw new Error(`The ${child.name} ended by itself: ${signal ?? `status ${code}`}`);
}

function thisMachine(): LocalNode {
  const name = hostname();
  return { id: nodeIdOf(name), name: name || "This machine" };
}

async function printPageAddress(cluster: LocalCluster): Promise<void> {
  const passwordFile = `${cluster.stateDirectory}/password`;
  const generated = await Deno.stat(passwordFile).then(() => true, () => false);
  console.log(`\n  The page:  ${cluster.pageUrl}`);
  const shown = passwordFile.startsWith(`${PROJECT}/`)
    ? relative(PROJECT, passwordFile)
    : passwordFile;
  if (generated) console.log(`  Password:  in ${shown}`);
  console.log("  Ctrl-C ends everything.\n");
}

/** Aborts on Ctrl-C, SIGTERM and a closed terminal, and when the parent process is gone. */
function stopSignal(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const stop = () => controller.abort(new Stopped());
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  const parent = Deno.ppid;
  const poll = setInterval(() => Deno.ppid === parent || stop(), PARENT_POLL_MS);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearInterval(poll);
      for (const signal of signals) Deno.removeSignalListener(signal, stop);
    },
  };
}

/** Returns the promise's value, or rejects with the reason of a stop that comes first. */
async function untilStopped<T>(promise: Promise<T>, stop: AbortSignal): Promise<T> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const abort = () => reject(stop.reason);
  if (stop.aborted) abort();
  stop.addEventListener("abort", abort);
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    stop.removeEventListener("abort", abort);
  }
}
