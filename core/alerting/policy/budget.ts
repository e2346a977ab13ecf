/** The hourly budget of a channel that costs money. */

import type { RouteChannel } from "../incident/route.ts";

const HOUR_MS = 3_600_000;

/** When the budget allows one more message to all recipients; in the past if it does so now. */
export function budgetFreeMs(spentMs: readonly number[], channel: RouteChannel): number {
  const tooMany = spentMs.length + costOf(channel) - channel.perHourMax;
  if (tooMany <= 0) return -Infinity;
  return (spentMs[tooMany - 1] ?? -Infinity) + HOUR_MS;
}

/** Records one message to all recipients. Keeps only as many entries as the budget needs. */
export function spend(spentMs: number[], channel: RouteChannel, nowMs: number): void {
  if (channel.perHourMax === Infinity) return;
  for (let message = 0; message < costOf(channel); message++) spentMs.push(nowMs);
  spentMs.splice(0, Math.max(0, spentMs.length - channel.perHourMax));
}

/** If there are more recipients than the whole budget, a message must still be possible. */
function costOf({ recipients, perHourMax }: RouteChannel): number {
  return Math.min(recipients, perHourMax);
}
