/** What reduces false verdicts in the mix, and its price: margins, holds, intervals, TCP, radio, threads. */

import { DEFAULT_CORE, runCoreDay } from "./comparison.ts";
import { randomDeaths } from "./death.ts";
import { markdownTable } from "./markdown.ts";
import { type Scenario, SCENARIOS } from "./scenario.ts";
import { BUZZER_HOLD_S, figure, Score } from "./score.ts";
import { type Ladder, LINUX_LADDER } from "./tcp.ts";
import { makeTrace } from "./trace.ts";

/** How long a node stays dead before an SMS is sent; `alerts.hold`. */
const HOLDS_S = [15, 20, 30, 45, 60];

/** One kind of cluster, and the margins that are tried in it. Absent settings are those of the mix. */
interface World {
  readonly what: string;
  readonly deadAfterS: readonly number[];
  readonly everyS?: number;
  readonly scenario?: Partial<Scenario>;
  readonly ladder?: Ladder;
}

/** `net.ipv4.tcp_rto_max_ms = 1000` on nodes and broker; Linux 6.15 and later. */
const CAPPED: Ladder = { ...LINUX_LADDER, mostS: 1 };
/** Nothing on the node can delay a heartbeat. */
const FREE: Partial<Scenario> = { pauses: { perDay: 0, fromS: 0, toS: 0 } };
const STEADY: Partial<Scenario> = { flaps: { perDay: 0, outages: 0, fromS: 0, toS: 0 } };
const WIRED: Partial<Scenario> = { node: "wired" };
const ASLEEP: Partial<Scenario> = { node: "wifi_power_save" };
const WEAK: Partial<Scenario> = { node: "wifi_bad" };

const WORLDS: readonly World[] = [
  { what: "as it is", deadAfterS: [4, 5, 6, 7, 8, 10, 12, 15] },
  { what: "heartbeat 0.5 s", everyS: 0.5, deadAfterS: [4] },
  { what: "heartbeat 2 s", everyS: 2, deadAfterS: [4] },
  { what: "heartbeat 5 s", everyS: 5, deadAfterS: [4] },
  { what: "no node pauses", scenario: FREE, deadAfterS: [4, 5, 6, 7] },
  { what: "no link flaps", scenario: STEADY, deadAfterS: [4] },
  { what: "rto 1 s", ladder: CAPPED, deadAfterS: [4, 5, 6, 7, 8] },
  { what: "rto 1 s, no node pauses", ladder: CAPPED, scenario: FREE, deadAfterS: [4, 5, 6, 7] },
  { what: "nodes wired", scenario: WIRED, deadAfterS: [4, 7] },
  { what: "nodes wired, no node pauses", scenario: { ...WIRED, ...FREE }, deadAfterS: [4] },
  { what: "power save on", scenario: ASLEEP, deadAfterS: [4, 7] },
  { what: "power save on, weak signal", scenario: WEAK, deadAfterS: [4, 7] },
  { what: "the same, rto 1 s", scenario: WEAK, ladder: CAPPED, deadAfterS: [4, 7] },
];

/** Days on which deaths are simulated too. A few days are enough for the detection time. */
const DEADLY_DAYS = 2;

/** False verdicts and false SMS a day in the mix, one row for each world and margin. */
export function study(days: number): readonly string[] {
  const head = [
    "the mix",
    "dead_after",
    "found after, s",
    "false verdicts",
    `after ${BUZZER_HOLD_S} s`,
    ...HOLDS_S.map((s) => `SMS, hold ${s} s`),
  ];
  return markdownTable([head, ...WORLDS.flatMap((world) => studyWorld(world, days))]);
}

function studyWorld(world: World, days: number): readonly (readonly string[])[] {
  const { what, deadAfterS, everyS = 1, scenario = {}, ladder = LINUX_LADDER } = world;
  const margins = deadAfterS.map((s) => ({
    text: `${s} s`,
    core: {
      ...DEFAULT_CORE,
      timing: { ...DEFAULT_CORE.timing, deadAfterMs: s * 1000 },
    },
    score: new Score(),
  }));
  for (let seed = 1; seed <= days; seed++) {
    const trace = makeTrace({
      name: "mix",
      scenario: { ...SCENARIOS.mix, ...scenario },
      everyS,
      seed,
      ladder,
    });
    const deaths = seed <= DEADLY_DAYS ? randomDeaths(seed) : [];
    for (const { core, score } of margins) score.add(runCoreDay(trace, core, deaths));
  }
  return margins.map(({ text, score }) => [
    what,
    text,
    score.detection(),
    ...[0, BUZZER_HOLD_S, ...HOLDS_S].map((heldS) => figure(score.perDay(heldS))),
  ]);
}
