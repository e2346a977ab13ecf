/**
 * Whether a machine's storage works, by checks that no cache can answer. When an SD card dies,
 * running programs continue from memory: the agent still sends heartbeats, but the machine is lost.
 */

/** The faults of storage. */
export const STORAGE_FAULTS = [
  /** A read or a write did not end in time. */
  "no_answer",
  /** The kernel reports errors of the device. */
  "errors",
  /** The file system was mounted writable and is no longer writable. */
  "read_only",
  /** Data that was written and acknowledged is missing when it is read again. */
  "lost_write",
  /** No new process can be started. */
  "no_process",
] as const;

export type StorageFault = typeof STORAGE_FAULTS[number];

/** The state that an agent reports. */
export type StorageState = "ok" | StorageFault;

/**
 * The result of one check. `not_known`: this machine does not support the check, which is no fault.
 */
export type StorageFinding = StorageState | "not_known";

export function isFault(finding: StorageFinding): finding is StorageFault {
  return finding !== "ok" && finding !== "not_known";
}

/** One slow or failed check is no fault. */
const FAILURES_IN_A_ROW = 2;
/**
 * A failing card often works again for a moment, and people are notified only of lasting repairs.
 */
const SUCCESSES_IN_A_ROW = 5;

export interface StorageHealth {
  /** `undefined` until the first result. */
  readonly state: StorageState | undefined;
  /** Consecutive checks that contradict `state`. */
  readonly against: number;
}

export const UNKNOWN_HEALTH: StorageHealth = { state: undefined, against: 0 };

/** The health after one more check. A first good result counts at once. */
export function judgeStorage(before: StorageHealth, finding: StorageFinding): StorageHealth {
  if (finding === "not_known") return before;
  const isWell = finding === "ok";
  if (before.state === undefined && isWell) return { state: "ok", against: 0 };
  const wasWell = before.state === undefined || before.state === "ok";
  // A fault keeps its first name, because a failing card shows several faults.
  if (isWell === wasWell) return { state: before.state, against: 0 };
  const against = before.against + 1;
  const enough = isWell ? SUCCESSES_IN_A_ROW : FAILURES_IN_A_ROW;
  return against >= enough ? { state: finding, against: 0 } : { state: before.state, against };
}

/** Decodes a fault code. A newer version may send other codes. */
export function storageFaultOf(code: unknown): StorageFault {
  return STORAGE_FAULTS.find((fault) => fault === code) ?? "errors";
}
