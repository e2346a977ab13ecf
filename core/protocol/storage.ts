/**
 * Whether a machine's storage works, by checks that no cache can answer. When an SD card dies, programs
 * that are in memory already go on: the agent beats, but the machine is lost.
 */

/** What can be wrong. */
export const STORAGE_FAULTS = [
  /** A read or a write did not end in time. */
  "no_answer",
  /** The kernel reports errors of the device. */
  "errors",
  /** The file system was writable by its owner's wish and is not any more. */
  "read_only",
  /** What was written and acknowledged is not there when it is read again. */
  "lost_write",
  /** No new process can be started. */
  "no_process",
] as const;

export type StorageFault = typeof STORAGE_FAULTS[number];

/** What an agent says of its storage. */
export type StorageState = "ok" | StorageFault;

/** What one check found. `not_known`: this machine cannot be checked so, which is no fault. */
export type StorageFinding = StorageState | "not_known";

export function isFault(finding: StorageFinding): finding is StorageFault {
  return finding !== "ok" && finding !== "not_known";
}

/** One slow or failed check is no fault. */
const FAILURES_IN_A_ROW = 2;
/** A card that failed often works again for a moment: people are told of lasting repairs. */
const SUCCESSES_IN_A_ROW = 5;

export interface StorageHealth {
  /** `undefined` until something is known. */
  readonly state: StorageState | undefined;
  /** Checks in a row that contradict `state`. */
  readonly against: number;
}

export const UNKNOWN_HEALTH: StorageHealth = { state: undefined, against: 0 };

/** The health after one more check. A machine that begins well is well at once. */
export function judgeStorage(before: StorageHealth, finding: StorageFinding): StorageHealth {
  if (finding === "not_known") return before;
  const isWell = finding === "ok";
  if (before.state === undefined && isWell) return { state: "ok", against: 0 };
  const wasWell = before.state === undefined || before.state === "ok";
  // A fault keeps the name that it was told by: a card that fails shows several.
  if (isWell === wasWell) return { state: before.state, against: 0 };
  const against = before.against + 1;
  const enough = isWell ? SUCCESSES_IN_A_ROW : FAILURES_IN_A_ROW;
  return against >= enough ? { state: finding, against: 0 } : { state: before.state, against };
}

/** A code from elsewhere as a fault of this version. A newer version may know more of them. */
export function storageFaultOf(code: unknown): StorageFault {
  return STORAGE_FAULTS.find((fault) => fault === code) ?? "errors";
}
