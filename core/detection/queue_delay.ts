/**
 * When a heartbeat would have been read if the observer had run.
 *
 * A heartbeat that waited unread while the observer did not run must not count from the instant of
 * reading. If its node died meanwhile, that delay would postpone the verdict. The `up_ms` of
 * heartbeats tells how far apart they were sent, by the node's clock, which may differ from ours.
 * The quickest recent heartbeat shows the difference of the two clocks. The extra time of another
 * heartbeat is its queue delay.
 */

/**
 * The quickest heartbeat is remembered for one or two times this long. Clocks drift by 4 ms
 * meanwhile.
 */
const REMEMBERED_MS = 10_000;
/**
 * If a heartbeat is later by this much than the observer's own gap explains, the node's machine was
 * suspended. The difference of the two clocks is then a new one.
 */
const UNEXPLAINED_MS = 1000;

/** The measurement for one session of one node. */
export interface QueueDelay {
  /**
   * The smallest difference between arrival and `up_ms`: since `sinceMs`, and in the period before.
   */
  offsetMs: number;
  earlierOffsetMs: number;
  sinceMs: number;
}

/** When a message is read. */
export interface Reading {
  readonly nowMs: number;
  /** Nothing that is read now was available before this instant. */
  readonly readableMs: number;
}

export function newQueueDelay(): QueueDelay {
  return { offsetMs: Infinity, earlierOffsetMs: Infinity, sinceMs: -Infinity };
}

/** Starts again, because another session has another clock. */
export function forgetQueueDelay(delay: QueueDelay): void {
  delay.offsetMs = Infinity;
  delay.earlierOffsetMs = Infinity;
  delay.sinceMs = -Infinity;
}

/** The instant from which a heartbeat with this `upMs` counts. */
export function heardMs(delay: QueueDelay, upMs: number, reading: Reading): number {
  const { nowMs, readableMs } = reading;
  note(delay, nowMs - upMs, nowMs);
  const dueMs = upMs + Math.min(delay.offsetMs, delay.earlierOffsetMs);
  if (dueMs >= readableMs - UNEXPLAINED_MS) return Math.max(readableMs, dueMs);
  forgetQueueDelay(delay);
  note(delay, nowMs - upMs, nowMs);
  return nowMs;
}

function note(delay: QueueDelay, offsetMs: number, nowMs: number): void {
  // The period counts the time of reading, so that a long backlog is read within it and is not
  // forgotten.
  if (nowMs - delay.sinceMs >= REMEMBERED_MS) {
    delay.earlierOffsetMs = delay.offsetMs;
    delay.offsetMs = Infinity;
    delay.sinceMs = nowMs;
  }
  delay.offsetMs = Math.min(delay.offsetMs, offsetMs);
}
