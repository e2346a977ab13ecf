/** What the policy keeps of its next deadline is what it would find if it looked at everything. */

import fc from "fast-check";
import assert from "node:assert/strict";
import { policyMachine } from "../../../../core/alerting/policy/policy.ts";
import { anyHistory, anyRules, happen } from "../../../support/alerting/policy_history.ts";
import { PolicyOracle } from "../../../support/alerting/policy_oracle.ts";
import { DAY_MS } from "../../../support/alerting/policy_score.ts";
import { PolicyWorld } from "../../../support/alerting/policy_world.ts";

Deno.test("the agenda follows each change as if it were made anew", () => {
  fc.assert(
    fc.property(anyRules, anyHistory, (rules, events) => {
      const machine = policyMachine(rules);
      const look = () => {
        const { state, nowMs } = world;
        // The clone has no part in common with the state, and no agenda.
        const fresh = structuredClone({ ...state, agenda: undefined });
        const keptMs = machine.deadlineMs(state);
        assert.equal(keptMs, machine.deadlineMs(fresh), `at ${nowMs}`);
        const ticked = structuredClone(state);
        const atMs = Math.max(nowMs, Math.min(keptMs, nowMs + DAY_MS));
        const tick = { kind: "tick" } as const;
        assert.deepEqual(machine.step(ticked, tick, atMs)[1], machine.step(fresh, tick, atMs)[1]);
      };
      const oracle = new PolicyOracle(rules);
      const world: PolicyWorld = new PolicyWorld(rules, {
        hear: (input, nowMs) => oracle.hear(input, nowMs),
        take(output, nowMs) {
          oracle.take(output, nowMs);
          look();
        },
        restarted: () => oracle.restarted(),
      });
      world.see(false);
      for (const [gapMs, event] of events) {
        world.advance(gapMs);
        happen(world, oracle, event);
        look();
      }
      world.advance(DAY_MS);
      look();
    }),
    { numRuns: 200 },
  );
});
