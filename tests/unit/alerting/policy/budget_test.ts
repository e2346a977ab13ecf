/** Messages that cost money: what exceeds an hour's budget waits, is summed up, and is not lost. */

import assert from "node:assert/strict";
import type { Rules } from "../../../../core/alerting/policy/policy_state.ts";
import type { RouteChannel } from "../../../../core/alerting/incident/route.ts";
import {
  at,
  channelTo,
  playPolicy,
  routeTo,
  told,
  TWENTY,
} from "../../../support/alerting/policy_score.ts";
import { notificationLines } from "../../../support/detection/score_lines.ts";

function sms(more: Partial<RouteChannel>): Partial<Rules> {
  return { routes: [routeTo("sms", { channels: [channelTo("twilio", more)] })] };
}

Deno.test("what exceeds the hour's budget waits, is summed up, and nothing is lost", () => {
  const notes = TWENTY.map((id, index) => at(10_000 + index * 60_000, id, "dead"));
  const lines = told({ notes, rules: sms({ perHourMax: 3 }) });
  assert.deepEqual(lines.slice(0, 3), [
    "25s sms (twilio): down PI-1 since 10s",
    "85s sms (twilio): down PI-2 since 70s",
    "145s sms (twilio): down PI-3 since 130s",
  ]);
  assert.equal(lines.length, 4);
  assert.match(
    lines[3] ?? "",
    /^3625s sms \(twilio\): down PI-4 since 190s, .*down PI-20 since 1150s$/,
  );
});

Deno.test("what was due while the budget was spent is told in the end, though it is over", () => {
  const score = {
    notes: [
      at(10_000, "pi-1", "dead"),
      at(60_000, "pi-1", "alive"),
      at(100_000, "pi-2", "dead"),
      at(200_000, "pi-2", "alive"),
      at(300_000, "pi-3", "dead"),
    ],
    rules: sms({ perHourMax: 1 }),
  };
  const lines = told(score);
  assert.equal(lines[0], "25s sms (twilio): down PI-1 since 10s");
  assert.equal(lines.length, 2);
  assert.match(lines[1] ?? "", /^3625s sms/);
  const parts = [
    "recovered PI-1 10s to 60s now alive",
    "was down PI-2 100s to 200s now alive",
    "down PI-3 since 300s",
  ];
  for (const part of parts) assert.ok(lines[1]?.includes(part), lines.join("\n"));
  assert.deepEqual(notificationLines(playPolicy(score), "deferred"), [
    "115s node pi-2 deferred on sms",
    "315s node pi-3 deferred on sms",
  ]);
});

Deno.test("what undid itself before it was due is not told, budget or not", () => {
  assert.deepEqual(
    told({
      notes: [
        at(10_000, "pi-1", "dead"),
        at(100_000, "pi-2", "dead"),
        at(114_000, "pi-2", "alive"),
      ],
      rules: sms({ perHourMax: 1 }),
    }),
    ["25s sms (twilio): down PI-1 since 10s"],
  );
});

Deno.test("who died twice while the budget was spent is told of both", () => {
  assert.deepEqual(
    told({
      notes: [
        at(10_000, "pi-1", "dead"),
        at(100_000, "pi-2", "dead"),
        at(200_000, "pi-2", "alive"),
        at(300_000, "pi-2", "dead"),
        at(400_000, "pi-2", "alive"),
      ],
      rules: sms({ perHourMax: 1 }),
    }).slice(1),
    [
      "3625s sms (twilio): was down PI-2 100s to 200s now alive, " +
      "was down PI-2 300s to 400s now alive",
    ],
  );
});

Deno.test("each recipient costs a message of the budget", () => {
  const notes = TWENTY.slice(0, 3).map((id, index) => at(10_000 + index * 60_000, id, "dead"));
  assert.deepEqual(told({ notes, rules: sms({ perHourMax: 4, recipients: 2 }) }), [
    "25s sms (twilio): down PI-1 since 10s",
    "85s sms (twilio): down PI-2 since 70s",
    "3625s sms (twilio): down PI-3 since 130s",
  ]);
});

Deno.test("more recipients than the budget are told all the same, once an hour", () => {
  const notes = [at(10_000, "pi-1", "dead"), at(60_000, "pi-2", "dead")];
  assert.deepEqual(told({ notes, rules: sms({ perHourMax: 2, recipients: 5 }) }), [
    "25s sms (twilio): down PI-1 since 10s",
    "3625s sms (twilio): down PI-2 since 60s",
  ]);
});

Deno.test("each channel has a budget of its own, and one that costs nothing has none", () => {
  const notes = TWENTY.slice(0, 3).map((id, index) => at(10_000 + index * 60_000, id, "dead"));
  const routes = [
    routeTo("sms", { channels: [channelTo("twilio", { perHourMax: 1 })] }),
    routeTo("webhook", { channels: [channelTo("webhook", { perHourMax: Infinity })] }),
  ];
  assert.deepEqual(told({ notes, rules: { routes } }), [
    "25s sms (twilio): down PI-1 since 10s",
    "25s webhook (webhook): down PI-1 since 10s",
    "85s webhook (webhook): down PI-2 since 70s",
    "145s webhook (webhook): down PI-3 since 130s",
    "3625s sms (twilio): down PI-2 since 70s, down PI-3 since 130s",
  ]);
});

Deno.test("routes of one channel share its budget", () => {
  const channels = [channelTo("twilio", { perHourMax: 1 })];
  const routes = [
    routeTo("sms", { channels }),
    routeTo("escalation", { channels, holdMs: 915_000, skipsAcknowledged: true }),
  ];
  assert.deepEqual(told({ notes: [at(10_000, "pi-1", "dead")], rules: { routes } }), [
    "25s sms (twilio): down PI-1 since 10s",
    "3625s escalation (twilio): down PI-1 since 10s",
  ]);
});

Deno.test("what an earlier run has spent is spent", () => {
  const spentMs = new Map([["twilio", [-3_000_000, -600_000]]]);
  const notes = [at(10_000, "pi-1", "dead")];
  assert.deepEqual(told({ notes, rules: sms({ perHourMax: 2 }), spentMs }), [
    "600s sms (twilio): down PI-1 since 10s",
  ]);
});
