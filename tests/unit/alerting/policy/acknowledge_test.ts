/** Somebody takes care of what is down. */

import assert from "node:assert/strict";
import { acknowledgedDeaths } from "../../../../core/alerting/policy/condition.ts";
import type { PolicyInput } from "../../../../core/alerting/policy/input.ts";
import { policyMachine } from "../../../../core/alerting/policy/policy.ts";
import {
  acknowledge,
  at,
  channelTo,
  DAY_MS,
  faultAt,
  HOUR_MS,
  MINUTE_MS,
  openDeath,
  playPolicy,
  routeTo,
  RULES as POLICY_RULES,
  sight,
  sightAt,
  startOf,
  told,
} from "../../../support/alerting/policy_score.ts";
import { type Note, play } from "../../../support/detection/score.ts";
import { linesOfKind } from "../../../support/detection/score_lines.ts";

const AFTER_MS = 15 * MINUTE_MS;
const ROUTES = [
  routeTo("sms", { remindMs: HOUR_MS }),
  routeTo("escalation", { holdMs: 15_000 + AFTER_MS, skipsAcknowledged: true }),
];
const RULES = { routes: ROUTES };

Deno.test("without an acknowledgement others are called up, and told of the recovery", () => {
  const notes = [at(10_000, "pi-1", "dead"), at(2_000_000, "pi-1", "alive")];
  assert.deepEqual(told({ notes, rules: RULES }), [
    "25s sms (twilio): down PI-1 since 10s",
    "925s escalation (twilio): down PI-1 since 10s",
    "2005s sms (twilio): recovered PI-1 10s to 2000s now alive",
    "2005s escalation (twilio): recovered PI-1 10s to 2000s now alive",
  ]);
});

Deno.test("who was not called up is not told of the recovery", () => {
  const notes = [at(10_000, "pi-1", "dead"), at(600_000, "pi-1", "alive")];
  assert.deepEqual(told({ notes, rules: RULES }), [
    "25s sms (twilio): down PI-1 since 10s",
    "605s sms (twilio): recovered PI-1 10s to 600s now alive",
  ]);
});

Deno.test("an acknowledgement ends escalation and reminders, and the recovery is told", () => {
  for (const node of ["pi-1", undefined]) {
    const notes = [
      at(10_000, "pi-1", "dead"),
      acknowledge(600_000, node),
      at(10_000_000, "pi-1", "alive"),
    ];
    assert.deepEqual(told({ notes, rules: RULES }), [
      "25s sms (twilio): down PI-1 since 10s",
      "10005s sms (twilio): recovered PI-1 10s to 10000s now alive",
    ]);
  }
});

Deno.test("who was called up before the acknowledgement is told of the recovery", () => {
  const notes = [
    at(10_000, "pi-1", "dead"),
    acknowledge(1_000_000, "pi-1"),
    at(2_000_000, "pi-1", "alive"),
  ];
  assert.deepEqual(told({ notes, rules: RULES }).slice(2), [
    "2005s sms (twilio): recovered PI-1 10s to 2000s now alive",
    "2005s escalation (twilio): recovered PI-1 10s to 2000s now alive",
  ]);
});

Deno.test("an acknowledgement ends with the recovery: the next death is nobody's care", () => {
  const notes = [
    at(10_000, "pi-1", "dead"),
    acknowledge(60_000, "pi-1"),
    at(100_000, "pi-1", "alive"),
    at(200_000, "pi-1", "dead"),
  ];
  assert.deepEqual(told({ notes, rules: RULES, untilMs: HOUR_MS }), [
    "25s sms (twilio): down PI-1 since 10s",
    "105s sms (twilio): recovered PI-1 10s to 100s now alive",
    "215s sms (twilio): down PI-1 since 200s",
    "1115s escalation (twilio): down PI-1 since 200s",
  ]);
});

Deno.test("a death before people heard of the recovery is nobody's care either, and held anew", () => {
  const notes = [
    at(10_000, "pi-1", "dead"),
    acknowledge(60_000, "pi-1"),
    at(1_000_000, "pi-1", "alive"),
    at(1_003_000, "pi-1", "dead"),
  ];
  assert.deepEqual(told({ notes, rules: RULES, untilMs: HOUR_MS }), [
    "25s sms (twilio): down PI-1 since 10s",
    "1918s escalation (twilio): down PI-1 since 10s",
  ]);
});

Deno.test("an acknowledgement of one node is none of another", () => {
  const notes = [
    at(10_000, "pi-1", "dead"),
    at(11_000, "pi-2", "dead"),
    acknowledge(60_000, "pi-1"),
  ];
  assert.deepEqual(told({ notes, rules: RULES, untilMs: 30 * MINUTE_MS }).slice(1), [
    "926s escalation (twilio): down PI-2 since 11s",
  ]);
});

Deno.test("an acknowledgement of one subject is none of another, even of the same node", () => {
  const notes: readonly Note<PolicyInput>[] = [
    at(10_000, "pi-1", "dead"),
    at(11_000, "pi-2", "dead"),
    sightAt(12_000, true),
    [60_000, { kind: "acknowledge", node: undefined, subject: "node pi-1" }],
    [61_000, { kind: "acknowledge", node: undefined, subject: "flapping pi-2" }],
  ];
  assert.deepEqual(linesOfKind(playPolicy({ notes }), "acknowledged"), [
    "60s node pi-1 acknowledged",
  ]);
});

Deno.test("an acknowledgement of all covers what is known, not what comes", () => {
  const notes = [
    sightAt(10_000, true),
    acknowledge(90_000),
    sightAt(200_000, false),
    at(300_000, "pi-1", "dead"),
  ];
  assert.deepEqual(told({ notes, rules: RULES, untilMs: 30 * MINUTE_MS }), [
    "70s sms (twilio): blind since 10s",
    "205s sms (twilio): sees 10s to 200s",
    "315s sms (twilio): down PI-1 since 300s",
    "1215s escalation (twilio): down PI-1 since 300s",
  ]);
});

Deno.test("an acknowledgement is recorded once, and only of what goes on", () => {
  const notes = [
    acknowledge(5000, "pi-1"),
    at(10_000, "pi-1", "dead"),
    acknowledge(60_000, "pi-1"),
    acknowledge(61_000),
    at(100_000, "pi-1", "alive"),
    acknowledge(102_000),
  ];
  assert.deepEqual(linesOfKind(playPolicy({ notes }), "acknowledged"), [
    "60s node pi-1 acknowledged",
  ]);
});

Deno.test("an acknowledgement outlives the hub", () => {
  const open = [openDeath("pi-1", { told: ["sms"], acknowledged: true })];
  const notes = [at(10_000, "pi-1", "dead")];
  assert.deepEqual(told({ notes, open, rules: RULES }), []);
});

Deno.test("those whose message was held need not hear in the morning of what was cared for", () => {
  const asleep = channelTo("webhook", { quiet: { fromMinute: 0, toMinute: 60 } });
  const escalation = { ...routeTo("escalation", { skipsAcknowledged: true }), channels: [asleep] };
  const rules = {
    routes: [routeTo("sms"), { ...escalation, holdMs: 60_000 }],
    timeOfDayMs: (nowMs: number) => nowMs,
  };
  const care = acknowledge(600_000, "pi-1");
  const notes = [at(10_000, "pi-1", "dead"), care, at(1_200_000, "pi-1", "alive")];
  assert.deepEqual(told({ notes, rules, untilMs: 2 * HOUR_MS }).slice(2), []);
  const open = [openDeath("pi-1", { held: ["escalation"], told: ["sms"], acknowledged: true })];
  const back = [at(10_000, "pi-1", "alive")];
  assert.deepEqual(told({ notes: back, open, rules, untilMs: 2 * HOUR_MS }).length, 1);
});

Deno.test("buzzers are quiet about who is dead and cared for, and not about what befalls him next", () => {
  const storage = { kind: "vital", node: "pi-1", vital: "storage" } as const;
  const cared = (notes: readonly Note<PolicyInput>[]) => {
    const state = startOf(rules);
    play(policyMachine(rules), state, {
      notes: [[0, sight(false, 0)], ...notes],
      untilMs: DAY_MS,
    });
    return [...acknowledgedDeaths(state)];
  };
  const rules = { ...POLICY_RULES, routes: ROUTES };
  const died = at(10_000, "pi-1", "dead");
  const fails = faultAt(10_000, storage, true);
  assert.deepEqual(cared([died]), []);
  assert.deepEqual(cared([died, acknowledge(600_000, "pi-1")]), ["pi-1"]);
  assert.deepEqual(cared([died, acknowledge(600_000, undefined)]), ["pi-1"]);
  assert.deepEqual(
    cared([died, acknowledge(600_000, "pi-1"), at(700_000, "pi-1", "alive")]),
    [],
  );
  assert.deepEqual(cared([fails, acknowledge(600_000, "pi-1")]), ["pi-1"]);
  const both = [fails, acknowledge(600_000, "pi-1"), at(700_000, "pi-1", "dead")];
  assert.deepEqual(cared(both), [], "its death is news");
  assert.deepEqual(cared([...both, acknowledge(800_000, "pi-1")]), ["pi-1"]);
});
