/** The cost of a storm for the hub: all nodes die and return at once. Compared with an earlier version. */

import { join } from "node:path";
import { TemporaryFolder } from "../tests/support/program/temporary_folder.ts";
import { BASELINE, extractEarlier, HERE, run } from "./earlier_version.ts";

const PLAY = join("bench", "storm", "play.ts");
const STORM = join("tests", "support", "alerting", "storm.ts");
/** The earlier version needs minutes for more nodes than the first. */
const SIZES = [{ nodes: 5000, isCompared: true }, { nodes: 20_000, isCompared: false }];

export async function benchStorm(): Promise<readonly string[]> {
  using folder = new TemporaryFolder();
  const before = folder.file("before");
  await extractEarlier(before, [PLAY, STORM]);
  const lines: string[] = [];
  for (const { nodes, isCompared } of SIZES) {
    const was = isCompared ? ` (${BASELINE}: ${await play(before, nodes)})` : "";
    lines.push(
      `storm, CPU of the hub's machine for ${nodes} nodes that die, are told of, and return: ` +
        `${await play(HERE, nodes)}${was}`,
    );
  }
  return lines;
}

async function play(folder: string, nodes: number): Promise<string> {
  // The types of the earlier version are not checked.
  const command = [Deno.execPath(), "run", "--allow-all", "--no-check", PLAY, String(nodes)];
  const phases = (await run(command, folder)).trim().split(" ").map(Number);
  return phases.map((seconds) => `${seconds.toFixed(2)} s`).join(", ");
}
