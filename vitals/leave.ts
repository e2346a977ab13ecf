/** The end of a program that sends a farewell: the reason, and the time for the farewell. */

import { AskedToStop } from "../io/program/process.ts";
import { SHUTDOWN_FILE, type ShutdownReason, shutdownReason } from "./shutdown_reason.ts";

export { SHUTDOWN_FILE };

/**
 * The broker must have the farewell within this time after the signal. A broker that does not read
 * costs 0.3 s more for the end of the connection. The rest of the program's 1.9 s is a margin for a
 * busy machine.
 */
const FAREWELL_BY_MS = 1200;
/** The minimum time for a farewell, even if its reason is known late. */
const FAREWELL_MS_MIN = 300;

export interface Leave {
  readonly reason: ShutdownReason;
  /** The remaining time for the farewell, in ms. */
  readonly restMs: number;
}

/**
 * Asks for the reason as soon as `stop` aborts, while the program still ends its work. `unit` is
 * the program's own unit; it asks nothing unless `mayAsk` is true then. Never rejects.
 */
export async function leave(
  unit: string,
  stop: AbortSignal,
  { mayAsk = () => true }: { readonly mayAsk?: () => boolean } = {},
): Promise<Leave> {
  await aborted(stop);
  const stoppedMs = performance.now();
  const { reason: asked } = stop;
  const signal = asked instanceof AskedToStop ? asked.signal : "SIGTERM";
  const reason = mayAsk() ? await shutdownReason({ unit, signal }) : "unknown";
  const spentMs = performance.now() - stoppedMs;
  return { reason, restMs: Math.max(FAREWELL_MS_MIN, FAREWELL_BY_MS - spentMs) };
}

async function aborted(stop: AbortSignal): Promise<void> {
  if (stop.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  stop.addEventListener("abort", () => resolve(), { once: true });
  await promise;
}
