/** What a hub writes to its SD card in a day, by the kernel's count, compared with an earlier version. */

import { join } from "node:path";
import { TemporaryFolder } from "../tests/support/program/temporary_folder.ts";
import { BASELINE, extractEarlier, HERE, run } from "./earlier_version.ts";

const PLAY = join("bench", "disk", "play.ts");
const DAY_HOURS = 24;

/** A simulation: the number of nodes, the hours before counting, and the counted hours. */
interface Scenario {
  readonly title: string;
  readonly kind: "quiet" | "flapping";
  readonly nodes: number;
  readonly hoursBefore: number;
  readonly hours: number;
  /** The earlier version cannot run it. */
  readonly isNew?: boolean;
}

/** The cost of a scenario. */
interface Played {
  readonly bytes: number;
  readonly cpuMs: number;
}

const SCENARIOS: readonly Scenario[] = [
  // Counts the second day, on which old vitals are removed too.
  { title: "20 nodes", kind: "quiet", nodes: 20, hoursBefore: 25, hours: 24 },
  { title: "1,000 nodes", kind: "quiet", nodes: 1000, hoursBefore: 1, hours: 2 },
  // Counts the second hour, which makes the means of the first. The earlier version allowed 5,000.
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

/** Runs the scenario. Only the hours after `hoursBefore` count. */
async function play(folder: string, scenario: Scenario): Promise<Played> {
  const { kind, nodes, hoursBefore, hours } = scenario;
  const values = [nodes, hoursBefore, hours].map(String);
  // The types of the earlier version are not checked.
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
