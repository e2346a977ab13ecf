/** The end of a program that says farewell: why it ends, and how long the farewell may take. */

import { AskedToStop } from "../io/program/process.ts";
import { SHUTDOWN_FILE, type ShutdownReason, shutdownReason } from "./shutdown_reason.ts";

export { SHUTDOWN_FILE };

/**
 * The broker must have the farewell this long after the signal, so that what is closed afterwards is
 * closed within the 1.9 s that a program has.
 */
const FAREWELL_BY_MS = 1500;
/** A farewell has at least this long, however late its reason is known. */
const FAREWELL_MS_MIN = 300;

export interface Leave {
  readonly reason: ShutdownReason;
  /** What is left for the farewell, in ms. */
  readonly restMs: number;
}

/**
 * Asks for the reason as soon as `stop` aborts, while the program still ends its work. `unit` is the
 * program's own unit; nothing is asked unless `mayAsk` then. Never rejects.
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
