/** Formats the running hub's answer to an action for the terminal. */

import type { InForce } from "../alarm/silences.ts";
import { clockText } from "../host/clock_text.ts";

/** A silence or a maintenance. */
type InForceLine =
  & InForce["maintenance"][number]
  & Partial<Pick<InForce["silences"][number], "since" | "pressed_at">>;

const FOREIGN = "The hub's answer has the format of another version";

/**
 * Lists what is in force at wall-clock time `nowMs`. Throws when the answer does not come from a
 * hub.
 */
export function inForceLines(answer: unknown, nowMs: number): readonly string[] {
  if (!isInForce(answer)) throw new Error(FOREIGN);
  const time = (instant: string) => clockText(Date.parse(instant), nowMs);
  const line = (what: string) => ({ node, until, since, pressed_at }: InForceLine) => {
    const who = pressed_at === undefined || since === undefined
      ? ""
      : ` (button of ${pressed_at}, ${time(since)})`;
    return `${what}: ${node ?? "all"} until ${time(until)}${who}`;
  };
  const lines = [
    ...answer.silences.map(line("silenced")),
    ...answer.maintenance.map(line("in maintenance")),
  ];
  return lines.length > 0 ? lines : ["nothing is silenced, and nothing is in maintenance"];
}

function isInForce(answer: unknown): answer is InForce {
  return typeof answer === "object" && answer !== null &&
    "silences" in answer && Array.isArray(answer.silences) &&
    "maintenance" in answer && Array.isArray(answer.maintenance);
}

/** Says how many incidents were acknowledged. Throws when the answer does not come from a hub. */
export function acknowledgedLine(answer: unknown): string {
  const isOne = typeof answer === "object" && answer !== null && "acknowledged" in answer;
  if (!isOne || !Array.isArray(answer.acknowledged)) throw new Error(FOREIGN);
  const count = answer.acknowledged.length;
  if (count === 0) return "nothing is open that was not acknowledged before";
  return count === 1 ? "1 incident is acknowledged" : `${count} incidents are acknowledged`;
}
