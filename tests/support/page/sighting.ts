/** What somebody who watches the cluster saw of its nodes, and when. */

import type { Liveness } from "../../../core/detection/liveness.ts";
import { type Deadline, until } from "../time/until.ts";

/** A node's change of state, as it was seen. */
export interface Sighting {
  readonly node: string;
  readonly liveness: Liveness;
  /** As of `nowMs`. */
  readonly atMs: number;
}

/** Somebody who watches, and keeps a record. */
export interface Sight {
  /** Who it is, for errors: "the page". */
  readonly name: string;
  /** All so far, the oldest first. */
  sightings(): readonly Sighting[] | Promise<readonly Sighting[]>;
}

/** What is waited for, and from when on it counts. */
export interface Awaited {
  readonly node: string;
  readonly liveness: Liveness;
  readonly fromMs: number;
}

/** The clock of all sightings: calendar milliseconds with fractions, in a browser's page as here. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** When the node was first seen so, at or after `fromMs`. */
export async function seenAt(
  sight: Sight,
  { node, liveness, fromMs }: Awaited,
  deadline: Deadline = {},
): Promise<number> {
  const isIt = (one: Sighting) =>
    one.node === node && one.liveness === liveness && one.atMs >= fromMs;
  const look = async () => (await sight.sightings()).find(isIt);
  return (await until(`${sight.name} to show ${node} as ${liveness}`, look, deadline)).atMs;
}

/** The states in which the node was seen since `fromMs`, each when it began. */
export async function statesSince(
  sight: Sight,
  node: string,
  fromMs: number,
): Promise<readonly Liveness[]> {
  return (await sight.sightings())
    .filter((one) => one.node === node && one.atMs >= fromMs)
    .map(({ liveness }) => liveness);
}
