/** The table that compares our detector with others. */

import { BASELINES } from "./baseline.ts";
import { type Reading, readingOf, runBaseline } from "./baseline_run.ts";
import { type CoreOptions, runCore } from "./core_run.ts";
import { deathsInStalls, randomDeaths, withDeaths } from "./death.ts";
import { markdownTable } from "./markdown.ts";
import type { Death } from "./power_cut.ts";
import { SCENARIO_NAMES, type ScenarioName, SCENARIOS } from "./scenario.ts";
import { type Day, detectionsOf, Score } from "./score.ts";
import { LINUX_LADDER } from "./tcp.ts";
import { makeTrace, type Trace } from "./trace.ts";

export const DEFAULT_CORE: CoreOptions = {
  timing: { suspectAfterMs: 2000, deadAfterMs: 4000, willAfterMs: 3000, rebootWithinMs: 180_000 },
  readEveryS: 0,
  timerFirst: true,
};

/** Our detector with the reading of the hub, and with that of a tracker. */
const CORES: Readonly<Record<string, CoreOptions>> = {
  "RPi Cluster Alert, hub": DEFAULT_CORE,
  "RPi Cluster Alert, tracker": { ...DEFAULT_CORE, readEveryS: 0.25 },
};
/** The scenarios in which the detection time of power cuts is measured. */
const DEATHS_IN: readonly ScenarioName[] = ["wifi", "mix"];

/** Deaths during a stall of the observer. Their time counts from the end of the stall. */
const FROM_THE_END = "obs-stall, from the stall's end";

/** Runs every detector, or only ours, on the same days. One day is in memory at a time. */
export function compare(days: number, others: boolean): readonly string[] {
  const names = [...(others ? Object.keys(BASELINES) : []), ...Object.keys(CORES)];
  const scores = new Scores();
  for (const scenario of SCENARIO_NAMES) {
    for (let seed = 1; seed <= days; seed++) {
      const day = newDay(scenario, seed);
      for (const name of names) {
        const run = runDay(name, day);
        scores.of(name, scenario).add(run);
        if (scenario !== "obs-stall") continue;
        const detectionS = run.detectionS.map((s, index) =>
          s - untilEndS(day.trace, day.deaths[index])
        );
        scores.of(name, FROM_THE_END).add({ verdicts: [], detectionS });
      }
    }
  }
  const found = [...DEATHS_IN, "obs-stall", FROM_THE_END];
  const rows = names.map((name) => [
    name,
    ...SCENARIO_NAMES.map((scenario) => scores.of(name, scenario).falseVerdicts()),
    ...found.map((column) => scores.of(name, column).detection()),
  ]);
  const head = [
    "detector",
    ...SCENARIO_NAMES,
    ...found.map((column) => `found after, s (${column})`),
  ];
  return markdownTable([head, ...rows]);
}

/** One score for each detector and column. */
class Scores {
  readonly #scores = new Map<string, Score>();

  of(name: string, column: string): Score {
    const key = `${name}: ${column}`;
    const score = this.#scores.get(key) ?? new Score();
    this.#scores.set(key, score);
    return score;
  }
}

interface TracedDay {
  readonly trace: Trace;
  readonly reading: Reading;
  readonly deaths: readonly Death[];
}

function newDay(scenario: ScenarioName, seed: number): TracedDay {
  const trace = makeTrace({
    name: scenario,
    scenario: SCENARIOS[scenario],
    everyS: 1,
    seed,
    ladder: LINUX_LADDER,
  });
  return { trace, reading: readingOf(trace), deaths: deathsOn(trace, scenario) };
}

function deathsOn({ observer, options }: Trace, scenario: ScenarioName): readonly Death[] {
  if (scenario === "obs-stall") return deathsInStalls(observer.stalls, options.seed);
  return DEATHS_IN.includes(scenario) ? randomDeaths(options.seed) : [];
}

/** False verdicts on a day without deaths, and the detection times of deaths on the same day. */
function runDay(name: string, { trace, reading, deaths }: TracedDay): Day {
  const baseline = BASELINES[name];
  if (baseline !== undefined) return runBaseline(reading, baseline, deaths);
  const core = CORES[name];
  if (core === undefined) throw new Error(`No detector is called "${name}"`);
  return runCoreDay(trace, core, deaths);
}

export function runCoreDay(trace: Trace, core: CoreOptions, deaths: readonly Death[]): Day {
  const { verdicts } = runCore(trace, core);
  if (deaths.length === 0) return { verdicts, detectionS: [] };
  const deadly = runCore(withDeaths(trace, deaths), core);
  return { verdicts, detectionS: detectionsOf(deaths, deadly.verdicts) };
}

function untilEndS({ observer }: Trace, death: Death | undefined): number {
  const stall = observer.stalls.find(({ fromS, toS }) =>
    death !== undefined && fromS <= death.atS && death.atS <= toS
  );
  if (stall === undefined || death === undefined) throw new Error("The death is in no stall");
  return stall.toS - death.atS;
}
