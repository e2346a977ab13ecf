/** What heard nodes prove about a silent one, against asking each of them. */

import fc from "fast-check";
import assert from "node:assert/strict";
import { Neighbours } from "../../../core/detection/neighbours.ts";
import { newNode, type NodeState } from "../../../core/detection/node_state.ts";

const anyInstant = fc.integer({ min: 0, max: 20 });
const anyHeard = fc.tuple(anyInstant, fc.oneof(anyInstant, fc.constant(-Infinity)));

function nodeOf(lastHeardMs: number | undefined, steadyFromMs = -Infinity): NodeState {
  return { ...newNode("pi-1", 0, true), lastHeardMs, steadyFromMs };
}

Deno.test("a node that was heard in time and never late is steady, and late ones are no more than late", () => {
  const anySilent = fc.option(anyInstant, { nil: undefined });
  fc.assert(
    fc.property(fc.array(anyHeard), anySilent, anyInstant, (heard, lastHeardMs, fromMs) => {
      const neighbours = new Neighbours(heard.map(([atMs, steadyMs]) => nodeOf(atMs, steadyMs)));
      const steadySinceMs = Math.max(lastHeardMs ?? -Infinity, fromMs);
      const inTime = heard.filter(([atMs]) => atMs >= fromMs);
      const isSteady = inTime.some(([, steadyFromMs]) => steadyFromMs <= steadySinceMs);
      const expected = isSteady ? "steady" : inTime.length > 0 ? "late" : "none";
      assert.equal(neighbours.of(nodeOf(lastHeardMs), fromMs), expected);
    }),
  );
});
