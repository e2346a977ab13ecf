/** What must hold of what people are told, whatever happens. */

import fc from "fast-check";
import assert from "node:assert/strict";
import { policyMachine } from "../../../../core/alerting/policy/policy.ts";
import { anyHistory, anyRules, happen } from "../../../support/alerting/policy_history.ts";
import { PolicyOracle } from "../../../support/alerting/policy_oracle.ts";
import { DAY_MS, HOUR_MS } from "../../../support/alerting/policy_score.ts";
import { PolicyWorld } from "../../../support/alerting/policy_world.ts";

/** Long enough for every night, every budget and every flapping to end. */
const IN_THE_END_MS = 2 * DAY_MS;

Deno.test("people are told what is true, all of it, once, when they may be told, and nothing else", () => {
  fc.assert(
    fc.property(anyRules, anyHistory, (rules, events) => {
      const oracle = new PolicyOracle(rules);
      const world = new PolicyWorld(rules, oracle);
      world.see(false);
      for (const [gapMs, event] of events) {
        world.advance(gapMs);
        happen(world, oracle, event);
      }
      world.advance(HOUR_MS);
      for (const channel of ["twilio", "webhook"]) {
        world.feed({ kind: "uplink", channel, up: true, cause: "", sinceMs: world.nowMs });
      }
      if (world.isBlind) world.see(false);
      world.advance(IN_THE_END_MS);
      oracle.end();
    }),
    { numRuns: 300 },
  );
});

Deno.test("a tick before the deadline has nothing to say, and memory does not grow", () => {
  fc.assert(
    fc.property(anyRules, anyHistory, fc.double({ min: 0, max: 1, noNaN: true }), (
      rules,
      events,
      share,
    ) => {
      const machine = policyMachine(rules);
      const oracle = new PolicyOracle(rules);
      const world = new PolicyWorld(rules, oracle);
      world.see(false);
      for (const [gapMs, event] of events) {
        world.advance(gapMs);
        happen(world, oracle, event);
        const { state, nowMs } = world;
        const deadlineMs = Math.min(machine.deadlineMs(state), nowMs + DAY_MS);
        const atMs = nowMs + share * (deadlineMs - nowMs);
        if (atMs >= deadlineMs) continue;
        const copy = structuredClone(state);
        assert.deepEqual(machine.step(copy, { kind: "tick" }, atMs)[1], [], `at ${atMs}`);
      }
      world.advance(HOUR_MS);
      if (world.isBlind) world.see(false);
      world.advance(IN_THE_END_MS);
      const { incidents, past, spentMs } = world.state;
      const dead = [...world.truth.values()].filter((is) => is === "dead").length;
      const uplinks = [...incidents.keys()].filter((key) => key.startsWith("uplink")).length;
      assert.equal(incidents.size, dead + uplinks, [...incidents.keys()].join(", "));
      assert.equal(past.size, 0);
      for (const spent of spentMs.values()) assert.ok(spent.length <= 18);
    }),
    { numRuns: 200 },
  );
});
