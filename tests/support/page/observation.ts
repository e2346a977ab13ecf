/** When an observer saw which states of the nodes. */

import type { Liveness } from "../../../core/detection/liveness.ts";
import { type Deadline, until } from "../time/until.ts";

/** A change of a node's state, as an observer saw it. */
export interface Observed {
  readonly node: string;
  readonly liveness: Liveness;
  /** As of `nowMs`. */
  readonly atMs: number;
}

/** An observer with a record. */
export interface Observer {
  /** The observer's name for errors: "the page". */
  readonly name: string;
  /** All so far, the oldest first. */
  observations(): readonly Observed[] | Promise<readonly Observed[]>;
}

/** The expected state, and from when it counts. */
export interface Awaited {
  readonly node: string;
  readonly liveness: Liveness;
  readonly fromMs: number;
}

/** The common clock: wall-clock milliseconds with fractions, in a browser's page as here. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Returns when the node was first seen in this state, at or after `fromMs`. */
export async function seenAt(
  observer: Observer,
  { node, liveness, fromMs }: Awaited,
  deadline: Deadline = {},
): Promise<number> {
  const isIt = (one: Observed) =>
    one.node === node && one.liveness === liveness && one.atMs >= fromMs;
  const look = async () => (await observer.observations()).find(isIt);
  return (await until(`${observer.name} to show ${node} as ${liveness}`, look, deadline)).atMs;
}

/** Returns the node's states since `fromMs` with the beginning of each. */
export async function statesSince(
  observer: Observer,
  node: string,
  fromMs: number,
): Promise<readonly Liveness[]> {
  return (await observer.observations())
    .filter((one) => one.node === node && one.atMs >= fromMs)
    .map(({ liveness }) => liveness);
}
