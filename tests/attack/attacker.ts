/** A program of `attackers/`, run for a while. */

import { join } from "node:path";
import { PROJECT } from "../../scripts/project.ts";
import { slowness } from "../support/time/patience.ts";

/** What an attacker knows. */
export interface AttackerKnows {
  readonly broker: number;
  /** Of the broker, too, where it has one. */
  readonly broker_tls: number | null;
  readonly page: number;
  /** The credential of the stolen card. */
  readonly user: string;
  readonly password: string;
}

/** How often it did what. */
export type AttackerCounts = Readonly<Record<string, number>>;

/** A machine this slow leaves nothing to programs that give way. */
const BUSY_SLOWNESS = 1.5;

/**
 * Ends by itself after so many seconds. An attacker has a machine of his own: here he takes what the
 * cluster leaves of the processors, and his share where others leave none.
 */
export async function attack(
  program: string,
  seconds: number,
  knows: AttackerKnows,
): Promise<AttackerCounts> {
  const niceness = slowness() < BUSY_SLOWNESS ? "10" : "0";
  const { code, stdout, stderr } = await new Deno.Command("setpriv", {
    args: [
      ...["--pdeathsig", "KILL", "nice", "-n", niceness, "prlimit", "--nofile=16384:16384"],
      ...["timeout", "--signal=KILL", String(2 * seconds), "python3", "-B"],
      join(PROJECT, "tests/attack/attackers", `${program}.py`),
      JSON.stringify({ seconds, ...knows }),
    ],
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stdout);
  if (code !== 0) throw new Error(`${program}: ${code}\n${new TextDecoder().decode(stderr)}`);
  return JSON.parse(text);
}
