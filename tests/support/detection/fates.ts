/** Any fate of a node in a simulated cluster, for property tests. */

import fc from "fast-check";
import type { Fate } from "./cluster_world.ts";

/** What happens to the node happens within these instants, in ms. */
export function anyFate(minMs: number, maxMs: number): fc.Arbitrary<Fate> {
  const atMs = fc.integer({ min: minMs, max: maxMs });
  return fc.oneof(
    fc.constant({ kind: "steady" as const }),
    fc.record({
      kind: fc.constant("restarts" as const),
      atMs,
      downMs: fc.integer({ min: 10, max: 2000 }),
    }),
    fc.record({ kind: fc.constant("dies" as const), atMs, isSilent: fc.boolean() }),
    fc.record({ kind: fc.constant("stops" as const), atMs }),
  );
}
