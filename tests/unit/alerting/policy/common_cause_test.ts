/** Deaths that come together are one incident, and so is their return. */

import assert from "node:assert/strict";
import type { DownItem } from "../../../../core/alerting/alert.ts";
import { commonCauseOf } from "../../../../core/alerting/policy/common_cause.ts";
import { at, playPolicy, routeTo, told, TWENTY } from "../../../support/alerting/policy_score.ts";

const GROUPS = [
  { name: "attic", nodes: ["pi-1", "pi-2"] },
  { name: "cellar", nodes: ["pi-3", "pi-4", "pi-5"] },
];

function down(node: string, diedAtMs = 10_000): DownItem {
  return { kind: "down", node, name: node, diedAtMs, lastHeardMs: undefined, cause: "silence" };
}

function cause(dead: readonly string[], alive: readonly string[]) {
  return commonCauseOf(dead.map((node) => down(node)), new Set(alive), GROUPS);
}

Deno.test("a whole group that dies at once is named", () => {
  assert.deepEqual(cause(["pi-1", "pi-2"], ["pi-3", "pi-4", "pi-6"]), {
    group: "attic",
    nodes: ["pi-1", "pi-2"],
    of: 2,
  });
});

Deno.test("half of a group is no whole, and two of many are a coincidence", () => {
  assert.equal(cause(["pi-1"], ["pi-2", "pi-3", "pi-4"]), undefined);
  assert.equal(cause(["pi-3", "pi-4"], ["pi-1", "pi-2", "pi-5"]), undefined);
  assert.equal(cause(["pi-1", "pi-3"], ["pi-2", "pi-4", "pi-5"]), undefined);
});

Deno.test("most of the cluster is one incident, few of many are not", () => {
  const [dead, alive] = [TWENTY.slice(5, 15), TWENTY.slice(15)];
  assert.deepEqual(cause(dead, alive), { group: undefined, nodes: dead, of: 15 });
  assert.equal(cause(TWENTY.slice(10, 13), TWENTY.slice(13)), undefined);
});

Deno.test("two groups at once are the cluster, not either of them", () => {
  const dead = ["pi-1", "pi-2", "pi-3", "pi-4", "pi-5"];
  assert.deepEqual(cause(dead, ["pi-6", "pi-7"]), { group: undefined, nodes: dead, of: 7 });
});

Deno.test("a group is named though another node of a large cluster died with it", () => {
  const dead = ["pi-3", "pi-4", "pi-5", "pi-9"];
  assert.deepEqual(cause(dead, TWENTY.slice(10)), {
    group: "cellar",
    nodes: ["pi-3", "pi-4", "pi-5"],
    of: 3,
  });
});

Deno.test("members of a group that were down before do not count", () => {
  assert.deepEqual(cause(["pi-3", "pi-4"], ["pi-1", "pi-2"]), {
    group: "cellar",
    nodes: ["pi-3", "pi-4"],
    of: 2,
  });
});

Deno.test("deaths minutes apart have nothing in common, though one message tells of them", () => {
  const dead = TWENTY.slice(0, 4).map((node, index) => down(node, index * 60_000));
  assert.equal(commonCauseOf(dead, new Set(), []), undefined);
});

Deno.test("one message tells of a power cut, and one of the return of all", () => {
  const nodes = TWENTY.slice(0, 8);
  const notes = [
    ...nodes.map((id) => at(1000, id, "alive")),
    ...nodes.map((id, index) => at(100_000 + index * 100, id, "dead")),
    // They boot within a minute, and not equally fast.
    ...nodes.map((id, index) => at(600_000 + index * 8000, id, "alive")),
  ];
  const lines = told({ notes });
  assert.equal(lines.length, 2, lines.join("\n"));
  assert.match(lines[0] ?? "", /^115\.7s sms .*, 8 of 8 at once$/);
  assert.match(lines[1] ?? "", /^656s sms .*recovered PI-8 100\.7s to 656s now alive$/);
});

Deno.test("a return waits no longer than a minute for those that do not come back", () => {
  const nodes = TWENTY.slice(0, 4);
  const notes = [
    ...nodes.map((id) => at(100_000, id, "dead")),
    ...nodes.slice(1).map((id) => at(600_000, id, "alive")),
    at(900_000, "pi-1", "alive"),
  ];
  const lines = told({ notes });
  assert.deepEqual(lines.slice(1), [
    "660s sms (twilio): " +
    ["PI-2", "PI-3", "PI-4"].map((name) => `recovered ${name} 100s to 600s now alive`).join(", "),
    "905s sms (twilio): recovered PI-1 100s to 900s now alive",
  ]);
});

Deno.test("when all are back at once nobody is waited for", () => {
  const nodes = TWENTY.slice(0, 4);
  const notes = [
    ...nodes.map((id) => at(100_000, id, "dead")),
    ...nodes.map((id) => at(600_000, id, "alive")),
  ];
  assert.match(told({ notes })[1] ?? "", /^605s sms/);
});

Deno.test("three of twenty are told without a common cause, and return each for itself", () => {
  const notes = [
    ...TWENTY.map((id) => at(1000, id, "alive")),
    ...TWENTY.slice(0, 3).map((id) => at(100_000, id, "dead")),
    at(200_000, "pi-1", "alive"),
  ];
  assert.deepEqual(told({ notes }), [
    "115s sms (twilio): down PI-1 since 100s, down PI-2 since 100s, down PI-3 since 100s",
    "205s sms (twilio): recovered PI-1 100s to 200s now alive",
  ]);
});

Deno.test("a group that dies is told as such by the policy", () => {
  const notes = [
    ...TWENTY.map((id) => at(1000, id, "alive")),
    at(100_000, "pi-1", "dead"),
    at(101_000, "pi-2", "dead"),
  ];
  assert.deepEqual(told({ notes, rules: { groups: GROUPS } }), [
    "116s sms (twilio): down PI-1 since 100s, down PI-2 since 101s, 2 of 2 of attic at once",
  ]);
});

Deno.test("deaths with a common cause are parts of one incident for every route that is told of them", () => {
  const routes = [routeTo("sms"), routeTo("escalation", { holdMs: 60_000 })];
  const notes = TWENTY.slice(0, 4).map((id) => at(100_000, id, "dead"));
  const played = playPolicy({ notes, rules: { routes }, untilMs: 300_000 });
  const opened = played.flatMap(({ output }) => output.kind === "opened" ? [output.id] : []);
  const grouped = played.flatMap(({ output }) => output.kind === "grouped" ? [output] : []);
  assert.deepEqual(grouped.map(({ route, parts }) => [route, parts]), [
    ["sms", opened],
    ["escalation", opened],
  ]);
  const ids = new Set(grouped.map(({ id }) => id));
  assert.equal(ids.size, 1);
  assert.ok(opened.every((id) => !ids.has(id)));
});

Deno.test("all Pis of another network are a site, with or without a group", () => {
  const away = ["pi-1", "pi-9"].map((node) => ({ ...down(node), isElsewhere: true }));
  assert.deepEqual(commonCauseOf(away, new Set(), GROUPS), {
    group: undefined,
    nodes: ["pi-1", "pi-9"],
    of: 2,
    isElsewhere: true,
  });
  const home = [{ name: "home", nodes: ["pi-1", "pi-9"] }];
  assert.equal(commonCauseOf(away, new Set(["pi-5"]), home)?.isElsewhere, true);
  const mixed = [down("pi-1"), ...away.slice(1)];
  assert.equal(commonCauseOf(mixed, new Set(["pi-5"]), home)?.isElsewhere, undefined);
});
