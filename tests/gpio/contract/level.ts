/** A level of a line, as the kernel had it. */
import type { Guest, LineEvent } from "../guest.ts";

export interface AwaitedLevel {
  readonly chip: number;
  readonly line: number;
  /** Seconds of the guest's clock. */
  readonly since: number;
  readonly value: "0" | "1";
}

/** Waits until the line has had the level. */
export function levelSeen(guest: Guest, awaited: AwaitedLevel): Promise<LineEvent> {
  const { chip, line, since, value } = awaited;
  return guest.event(
    (event) =>
      event.kind === "level" && event.chip === chip && event.line === line &&
      event.t >= since && event.value === value,
    `level ${value} of line ${line}`,
  );
}
