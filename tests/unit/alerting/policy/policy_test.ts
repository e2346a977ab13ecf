/** Deaths and recoveries: when people are told of them, and in how many messages. */

import assert from "node:assert/strict";
import { policyMachine } from "../../../../core/alerting/policy/policy.ts";
import {
  alertsOf,
  at,
  news,
  playPolicy,
  routeTo,
  RULES,
  sight,
  startOf,
  told,
  TWENTY,
} from "../../../support/alerting/policy_score.ts";
import { linesOf, notificationLines } from "../../../support/detection/score_lines.ts";

const AT_ONCE = { groupMs: 0, routes: [routeTo("sms", { holdMs: 0 })] };

Deno.test("a lone death is told after its hold and waits for nothing else", () => {
  assert.deepEqual(told({ notes: [at(10_000, "pi-1", "dead")] }), [
    "25s sms (twilio): down PI-1 since 10s",
  ]);
});

Deno.test("a death tells who, since when, last heard when, and why", () => {
  assert.deepEqual(alertsOf(playPolicy({ notes: [at(10_000, "pi-1", "dead")] })), [{
    kind: "alert",
    route: "sms",
    channel: "twilio",
    items: [{
      kind: "down",
      node: "pi-1",
      name: "PI-1",
      diedAtMs: 10_000,
      lastHeardMs: 5000,
      cause: "silence",
    }],
    common: undefined,
    atMs: 25_000,
  }]);
});

Deno.test("a node that was never heard, or did not come back from a reboot, has another cause", () => {
  for (
    const [reason, lastHeardMs] of [
      ["not_heard", undefined],
      ["not_back", 5000],
      ["not_started", 5000],
      ["not_returned", 5000],
    ] as const
  ) {
    const notes = [[10_000, news("pi-1", "dead", 10_000, reason)]] as const;
    const [item] = alertsOf(playPolicy({ notes })).flatMap(({ items }) => items);
    assert.equal(item?.kind, "down");
    assert.deepEqual([item.cause, item.lastHeardMs], [reason, lastHeardMs]);
  }
});

Deno.test("history knows of a death at once, and of its end", () => {
  const notes = [at(10_000, "pi-1", "dead"), at(12_000, "pi-1", "alive")];
  assert.deepEqual(linesOf(playPolicy({ notes })), [
    "10s node pi-1 opened",
    "12s node pi-1 closed",
  ]);
});

Deno.test("deaths within the group time of the first make one message", () => {
  assert.deepEqual(
    told({ notes: [at(10_000, "pi-1", "dead"), at(15_000, "pi-2", "dead")] }),
    ["30s sms (twilio): down PI-1 since 10s, down PI-2 since 15s"],
  );
});

Deno.test("a death after the group time of the first makes a message of its own", () => {
  assert.deepEqual(
    told({ notes: [at(10_000, "pi-1", "dead"), at(15_001, "pi-2", "dead")] }),
    [
      "25s sms (twilio): down PI-1 since 10s",
      "30.001s sms (twilio): down PI-2 since 15.001s",
    ],
  );
});

Deno.test("a group time that is longer than the hold delays a lone death by it", () => {
  assert.deepEqual(
    told({ notes: [at(10_000, "pi-1", "dead")], rules: { groupMs: 60_000 } }),
    ["70s sms (twilio): down PI-1 since 10s"],
  );
});

Deno.test("twenty that die and come back within a second are two messages", () => {
  const alerts = alertsOf(playPolicy({
    notes: TWENTY.flatMap((id, index) => [
      at(10_000 + index * 50, id, "dead"),
      at(100_000 + index * 50, id, "alive"),
    ]),
  }));
  assert.deepEqual(alerts.map(({ atMs, items }) => [atMs, items.length]), [
    [25_950, 20],
    [105_000, 20],
  ]);
});

Deno.test("a death that undid itself before its hold ended is never told, nor its recovery", () => {
  for (const to of ["alive", "left"] as const) {
    assert.deepEqual(told({ notes: [at(10_000, "pi-1", "dead"), at(24_999, "pi-1", to)] }), []);
  }
});

Deno.test("a death undone takes nothing from those that came with it", () => {
  assert.deepEqual(
    told({
      notes: [at(10_000, "pi-1", "dead"), at(12_000, "pi-2", "dead"), at(20_000, "pi-1", "alive")],
    }),
    ["27s sms (twilio): down PI-2 since 12s"],
  );
});

Deno.test("a suspicion is nobody's business", () => {
  assert.deepEqual(told({ notes: [at(10_000, "pi-1", "suspect")] }), []);
});

Deno.test("a recovery is told with its length, after the group time", () => {
  assert.deepEqual(
    told({ notes: [at(10_000, "pi-1", "dead"), at(100_000, "pi-1", "alive")] }),
    [
      "25s sms (twilio): down PI-1 since 10s",
      "105s sms (twilio): recovered PI-1 10s to 100s now alive",
    ],
  );
});

Deno.test("a node that comes back only to be stopped is told as stopped", () => {
  assert.deepEqual(
    told({
      notes: [
        at(10_000, "pi-1", "dead"),
        at(100_000, "pi-1", "alive"),
        at(103_000, "pi-1", "left"),
        at(10_000, "pi-2", "dead"),
        at(100_000, "pi-2", "left"),
        at(103_000, "pi-2", "alive"),
      ],
    }).slice(1),
    [
      "105s sms (twilio): recovered PI-1 10s to 100s now left, recovered PI-2 10s to 100s now alive",
    ],
  );
});

Deno.test("who died again before its recovery was told is still told as down", () => {
  const notes = [
    at(10_000, "pi-1", "dead"),
    at(100_000, "pi-1", "alive"),
    at(104_000, "pi-1", "dead"),
    at(200_000, "pi-1", "alive"),
  ];
  assert.deepEqual(told({ notes }), [
    "25s sms (twilio): down PI-1 since 10s",
    "205s sms (twilio): recovered PI-1 10s to 200s now alive",
  ]);
  assert.deepEqual(notificationLines(playPolicy({ notes }), "notified"), [
    "25s node pi-1 notified on sms",
    "104s node pi-1 notified on sms",
  ]);
});

Deno.test("a death and a recovery that are due together share a message", () => {
  assert.deepEqual(
    told({
      notes: [
        at(10_000, "pi-1", "dead"),
        at(40_000, "pi-1", "alive"),
        at(30_000, "pi-2", "dead"),
      ],
    }),
    [
      "25s sms (twilio): down PI-1 since 10s",
      "45s sms (twilio): recovered PI-1 10s to 40s now alive, down PI-2 since 30s",
    ],
  );
});

Deno.test("a recovery rides along with a message that goes out anyway", () => {
  assert.deepEqual(
    told({
      notes: [
        at(10_000, "pi-1", "dead"),
        at(30_000, "pi-2", "dead"),
        at(44_000, "pi-1", "alive"),
      ],
    }).slice(1),
    ["45s sms (twilio): recovered PI-1 10s to 44s now alive, down PI-2 since 30s"],
  );
});

Deno.test("without hold and group everything is told at once, and one instant is one message", () => {
  const notes = TWENTY.map((id) => at(10_000, id, "dead"));
  const alerts = alertsOf(playPolicy({
    notes: [...notes, ...TWENTY.map((id) => at(11_000, id, "alive"))],
    rules: AT_ONCE,
  }));
  assert.deepEqual(alerts.map(({ atMs, items }) => [atMs, items.length]), [
    [10_000, 20],
    [11_000, 20],
  ]);
});

Deno.test("nothing to tell is no deadline", () => {
  const machine = policyMachine(RULES);
  const state = startOf(RULES);
  machine.step(state, sight(false, 0), 0);
  assert.equal(machine.deadlineMs(state), Infinity);
  machine.step(state, news("pi-1", "dead", 1000), 1000);
  assert.equal(machine.deadlineMs(state), 16_000);
});

Deno.test("without any route nothing is told, and history is kept all the same", () => {
  const notes = [at(10_000, "pi-1", "dead"), at(100_000, "pi-1", "alive")];
  assert.deepEqual(linesOf(playPolicy({ notes, rules: { routes: [] } })), [
    "10s node pi-1 opened",
    "100s node pi-1 closed",
  ]);
});
