/** The table for faults of the observer's own network, without and with a proof of it for verdicts. */

import { DEFAULT_CORE, runCoreDay } from "./comparison.ts";
import type { CoreOptions } from "./core_run.ts";
import { randomDeaths } from "./death.ts";
import { markdownTable } from "./markdown.ts";
import { type Death, OFF_S } from "./power_cut.ts";
import { OWN_NETWORK } from "./scenario.ts";
import { Score } from "./score.ts";
import { LINUX_LADDER } from "./tcp.ts";
import { makeTrace, type Trace } from "./trace.ts";

const TRACKER_READS_S = 0.25;

const CORES: Readonly<Record<string, CoreOptions>> = {
  "hub, no proof (before)": DEFAULT_CORE,
  "hub, link alone": { ...DEFAULT_CORE, proof: "link_alone" },
  "hub, link and gateway": { ...DEFAULT_CORE, proof: "gateway" },
  "tracker, link and gateway": {
    ...DEFAULT_CORE,
    readEveryS: TRACKER_READS_S,
    proof: "gateway",
  },
};

/** The time after a fault that belongs to it. The observer finds deaths in it when it sees again. */
const AFTERMATH_S = 180;

/** One row for each observer: false verdicts for each scenario, and the detection time of deaths. */
export function ownNetworkTable(days: number): readonly string[] {
  const scenarios = Object.entries(OWN_NETWORK);
  const rows = Object.entries(CORES).map(([name, core]) => {
    const found = new Score();
    const cells = scenarios.map(([scenarioName, scenario]) => {
      const score = new Score();
      for (let seed = 1; seed <= days; seed++) {
        const name = `own/${scenarioName}`;
        const trace = makeTrace({ name, scenario, everyS: 1, seed, ladder: LINUX_LADDER });
        const day = runCoreDay(trace, core, deathsElsewhere(trace, seed));
        score.add(day);
        found.add({ ...day, verdicts: [] });
      }
      return score.falseVerdicts();
    });
    return [name, ...cells, found.detection()];
  });
  return markdownTable([
    ["observer", ...scenarios.map(([name]) => name), "found after, s"],
    ...rows,
  ]);
}

/** Power cuts while the observer's network works. */
function deathsElsewhere({ ownFaults }: Trace, seed: number): readonly Death[] {
  return randomDeaths(seed).filter(({ atS }) =>
    ownFaults.every(({ fromS, toS }) => atS + OFF_S < fromS || atS > toS + AFTERMATH_S)
  );
}
