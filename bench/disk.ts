/** What a day of a hub writes to its SD card, as the kernel counts it, beside an earlier version. */

import { join } from "node:path";
import { TemporaryFolder } from "../tests/support/program/temporary_folder.ts";
import { BASELINE, extractEarlier, HERE, run } from "./earlier_version.ts";

const PLAY = join("bench", "disk", "play.ts");
const DAY_HOURS = 24;

/** What is played: how many nodes, for how long before counting, and for how long. */
interface Scenario {
  readonly title: string;
  readonly kind: "quiet" | "flapping";
  readonly nodes: number;
  readonly hoursBefore: number;
  readonly hours: number;
  /** The earlier version cannot play it. */
  readonly isNew?: boolean;
}

/** What a scenario cost. */
interface Played {
  readonly bytes: number;
  readonly cpuMs: number;
}

const SCENARIOS: readonly Scenario[] = [
  // The second day, on which old vitals are removed as well.
  { title: "20 nodes", kind: "quiet", nodes: 20, hoursBefore: 25, hours: 24 },
  { title: "1,000 nodes", kind: "quiet", nodes: 1000, hoursBefore: 1, hours: 2 },
  // The second hour, in which the means of the first one are made. The earlier version knew 5,000.
  { title: "20,000 nodes", kind: "quiet", nodes: 20_000, hoursBefore: 1, hours: 1, isNew: true },
  { title: "a node that dies each 10 s", kind: "flapping", nodes: 1, hoursBefore: 0, hours: 2 },
];

export async function benchDisk(): Promise<readonly string[]> {
  using folder = new TemporaryFolder();
  const before = folder.file("before");
  await extractEarlier(before, [PLAY]);
  const lines: string[] = [];
  for (const scenario of SCENARIOS) {
    const { title, hours, isNew = false } = scenario;
    const was = isNew ? undefined : await play(before, scenario);
    const is = await play(HERE, scenario);
    const beside = was === undefined ? "" : ` (${BASELINE}: ${megabytesADay(was, hours)})`;
    const cpu = `${(is.cpuMs / 1000 / hours).toFixed(1)} s of CPU an hour`;
    lines.push(`disk, ${title}: ${megabytesADay(is, hours)} written a day, ${cpu}${beside}`);
  }
  return lines;
}

/** Counts the hours that are not before. */
async function play(folder: string, scenario: Scenario): Promise<Played> {
  const { kind, nodes, hoursBefore, hours } = scenario;
  const values = [nodes, hoursBefore, hours].map(String);
  // The types of an earlier version are its own matter.
  const command = [Deno.execPath(), "run", "--allow-all", "--no-check", PLAY, kind, ...values];
  const played: Played = JSON.parse(await run(command, folder));
  if (!(played.bytes > 0)) {
    throw new Error("The kernel counted nothing: set TMPDIR to a folder on a disk");
  }
  return played;
}

function megabytesADay({ bytes }: Played, hours: number): string {
  return `${(bytes * DAY_HOURS / hours / 1e6).toFixed(1)} MB`;
}
