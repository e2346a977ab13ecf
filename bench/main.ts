/**
 * `deno task bench [NAME...]`: every figure of docs/figures.md, one line each. `BENCH_IDLE_MINUTES`
 * (60) is the duration of `idle`, `BENCH_BLINKING_MINUTES` (10) that of `blinking`, and
 * `BENCH_NODE_MINUTES` (10) that of `node`. For the variables of `detector` see `detector.ts`.
 */

import { compileWhenStale } from "../scripts/compile.ts";
import { benchBlinking } from "./blinking.ts";
import { benchBrokerRestart } from "./broker_restart.ts";
import { benchInstall } from "./cost/install.ts";
import { benchTls } from "./cost/tls.ts";
import { benchDetector } from "./detector.ts";
import { benchDisk } from "./disk.ts";
import { benchFeed } from "./feed.ts";
import { benchHistory } from "./history.ts";
import { benchIdle } from "./idle.ts";
import { benchLatency } from "./latency.ts";
import { benchLedEdge } from "./led_edge.ts";
import { benchLight } from "./light.ts";
import { benchLoad } from "./load.ts";
import { benchMassDeath } from "./mass_death.ts";
import { benchNode } from "./node.ts";
import { benchPage } from "./page.ts";
import { benchPatternJitter } from "./pattern_jitter.ts";
import { benchPixels } from "./pixels.ts";
import { benchSecondBroker } from "./second_broker.ts";
import { benchSize } from "./size.ts";
import { benchStartup } from "./startup.ts";
import { benchStorm } from "./storm.ts";

const BENCHES: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  size: benchSize,
  startup: benchStartup,
  install: benchInstall,
  latency: benchLatency,
  broker_restart: benchBrokerRestart,
  jitter: benchPatternJitter,
  led_edge: benchLedEdge,
  page: benchPage,
  pixels: benchPixels,
  detector: benchDetector,
  history: benchHistory,
  disk: benchDisk,
  feed: benchFeed,
  storm: benchStorm,
  load: () =>
    benchLoad({
      minutes: Number(Deno.env.get("BENCH_LOAD_MINUTES") ?? 2),
      mosquitto: numbers("BENCH_LOAD_NODES", "1000,5000,20000"),
      embedded: numbers("BENCH_LOAD_EMBEDDED", "1000,2000"),
    }),
  mass_death: () => benchMassDeath(numbers("BENCH_MASS_DEATH_NODES", "1000,5000")),
  node: () => benchNode(Number(Deno.env.get("BENCH_NODE_MINUTES") ?? 10)),
  blinking: () => benchBlinking(Number(Deno.env.get("BENCH_BLINKING_MINUTES") ?? 10)),
  light: () => benchLight(Number(Deno.env.get("BENCH_LIGHT_MINUTES") ?? 10)),
  second_broker: () => benchSecondBroker(Number(Deno.env.get("BENCH_SECOND_BROKER_MINUTES") ?? 5)),
  tls: () =>
    benchTls({
      minutes: Number(Deno.env.get("BENCH_TLS_MINUTES") ?? 5),
      nodes: Number(Deno.env.get("BENCH_TLS_NODES") ?? 1000),
    }),
  idle: () => benchIdle(Number(Deno.env.get("BENCH_IDLE_MINUTES") ?? 60)),
};

/** These need no compiled executable. They run the core, or parts from their sources. */
const FROM_SOURCES = [
  "detector",
  "jitter",
  "page",
  "pixels",
  "history",
  "disk",
  "feed",
  "light",
  "load",
  "mass_death",
  "second_broker",
  "storm",
];

const wanted = Deno.args.length > 0 ? Deno.args : Object.keys(BENCHES);
if (wanted.some((name) => !FROM_SOURCES.includes(name))) await compileWhenStale();
console.log(await machine());
for (const name of wanted) {
  const bench = BENCHES[name];
  if (bench === undefined) throw new Error(`No bench is called "${name}"`);
  for (const line of await bench()) console.log(line);
}

/** The comma-separated numbers of a variable. */
function numbers(variable: string, whenUnset: string): readonly number[] {
  const text = Deno.env.get(variable) ?? whenUnset;
  return text.split(",").filter((part) => part !== "").map(Number);
}

/** Describes the machine of the figures. */
async function machine(): Promise<string> {
  const cpu = /^model name\s*: (.*)$/m.exec(await Deno.readTextFile("/proc/cpuinfo"))?.[1];
  const cores = navigator.hardwareConcurrency;
  return `machine: ${cpu ?? "unknown processor"}, ${cores} cores, Linux ${Deno.osRelease()}`;
}
