/** What living nodes on other machines prove about the network of a silent node. */

import type { Silence } from "../network/network_proof.ts";
import { countWhile } from "../structures/sorted_list.ts";
import type { NodeState } from "./node_state.ts";

/**
 * The nodes whose last sign of life is `lastHeardMs` or later. One of them was never late since
 * `steadyFromMs`, the earliest such instant.
 */
interface HeardSince {
  readonly lastHeardMs: number;
  readonly steadyFromMs: number;
}

/** Serves many silent nodes, because half of a large cluster may die at once. */
export class Neighbours {
  readonly #heard: readonly NodeState[];
  /** Sorted by the last sign of life, the latest first. */
  #heardSince: readonly HeardSince[] | undefined;

  /** `heard` are alive, so no silent node is among them. */
  constructor(heard: readonly NodeState[]) {
    this.#heard = heard;
  }

  /** Whether any was heard at `fromMs` or later, and was never late since the silence began. */
  of({ lastHeardMs = -Infinity }: NodeState, fromMs: number): Silence["neighbours"] {
    const steadySinceMs = Math.max(lastHeardMs, fromMs);
    this.#heardSince ??= heardSince(this.#heard);
    const count = countWhile(this.#heardSince, (one) => one.lastHeardMs >= fromMs);
    const steadiest = this.#heardSince[count - 1];
    if (steadiest === undefined) return "none";
    return steadiest.steadyFromMs <= steadySinceMs ? "steady" : "late";
  }
}

function heardSince(heard: readonly NodeState[]): readonly HeardSince[] {
  let steadiestMs = Infinity;
  return heard.map(({ lastHeardMs = 0, steadyFromMs }) => ({ lastHeardMs, steadyFromMs }))
    .sort((one, other) => other.lastHeardMs - one.lastHeardMs)
    .map(({ lastHeardMs, steadyFromMs }) => {
      steadiestMs = Math.min(steadiestMs, steadyFromMs);
      return { lastHeardMs, steadyFromMs: steadiestMs };
    });
}
