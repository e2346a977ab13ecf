/**
 * When a heartbeat would have been read if the observer had run.
 *
 * A heartbeat that lay unread while the observer did not run must not count from when it is read: a
 * node that died meanwhile would be found that much later. Its `up_ms` tells how far apart heartbeats
 * were sent, by a clock of the node that need not agree with ours: the quickest heartbeat of late shows
 * the difference of both clocks, and how much more another one took is its lateness.
 */

/** For how long the quickest heartbeat is remembered, once or twice this: clocks drift 4 ms meanwhile. */
const REMEMBERED_MS = 10_000;
/**
 * A heartbeat that is later than the observer's own gap can explain, by this much, has a sender whose
 * machine slept: from then on the two clocks differ by something else.
 */
const UNEXPLAINED_MS = 1000;

/** Of one session of one node. */
export interface QueueDelay {
  /** The smallest arrival minus `up_ms` since `sinceMs`, and in the time before that. */
  offsetMs: number;
  earlierOffsetMs: number;
  sinceMs: number;
}

/** When a message is read. */
export interface Reading {
  readonly nowMs: number;
  /** Nothing that is read now was there to be read before. */
  readonly readableMs: number;
}

export function newQueueDelay(): QueueDelay {
  return { offsetMs: Infinity, earlierOffsetMs: Infinity, sinceMs: -Infinity };
}

/** Another session has another clock. */
export function forgetQueueDelay(lateness: QueueDelay): void {
  lateness.offsetMs = Infinity;
  lateness.earlierOffsetMs = Infinity;
  lateness.sinceMs = -Infinity;
}

/** The instant that a heartbeat with this `upMs` counts from. */
export function heardMs(lateness: QueueDelay, upMs: number, reading: Reading): number {
  const { nowMs, readableMs } = reading;
  note(lateness, nowMs - upMs, nowMs);
  const dueMs = upMs + Math.min(lateness.offsetMs, lateness.earlierOffsetMs);
  if (dueMs >= readableMs - UNEXPLAINED_MS) return Math.max(readableMs, dueMs);
  forgetQueueDelay(lateness);
  note(lateness, nowMs - upMs, nowMs);
  return nowMs;
}

function note(lateness: QueueDelay, offsetMs: number, nowMs: number): void {
  // By the time of reading: a backlog, however long, is read within it and forgets nothing.
  if (nowMs - lateness.sinceMs >= REMEMBERED_MS) {
    lateness.earlierOffsetMs = lateness.offsetMs;
    lateness.offsetMs = Infinity;
    lateness.sinceMs = nowMs;
  }
  lateness.offsetMs = Math.min(lateness.offsetMs, offsetMs);
}
