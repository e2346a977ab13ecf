/** A level of a line, as the kernel has it. */
import { until } from "../../support/time/until.ts";
import type { Guest } from "../guest.ts";

const SOON = { withinMs: 60_000 };

export interface AwaitedLevel {
  readonly chip: number;
  readonly line: number;
  readonly value: 0 | 1;
}

/** Waits until the line has the level, and reads it itself: whoever watches looks now and then only. */
export async function levelSeen(
  guest: Guest,
  { chip, line, value }: AwaitedLevel,
): Promise<void> {
  await until(
    `level ${value} of line ${line}`,
    async () => await guest.level(line, chip) === value,
    SOON,
  );
}
