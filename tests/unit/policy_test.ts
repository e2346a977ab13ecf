/** What people are told, when, and in how many messages. */

import assert from "node:assert/strict";
import {
  newPolicy,
  type OpenDeath,
  type PolicyInput,
  policyMachine,
  type PolicyOutput,
  type Rules,
} from "../../core/policy.ts";
import { BLIND, news, openDeath, RULES, SEES } from "../support/policy_score.ts";
import { type Note, play, type Played } from "../support/score.ts";
import { linesOf } from "../support/score_lines.ts";

const HOUR_MS = 3_600_000;
const TWENTY = Array.from({ length: 20 }, (_, index) => `pi-${index + 1}`);

interface PolicyScore {
  readonly notes: readonly Note<PolicyInput>[];
  readonly rules?: Partial<Rules>;
  readonly open?: readonly OpenDeath[];
  readonly untilMs?: number;
}

/** The policy sees from instant 0 on, and is played for a day. */
function playPolicy(
  { notes, rules, open = [], untilMs }: PolicyScore,
): readonly Played<PolicyOutput>[] {
  return play(policyMachine({ ...RULES, ...rules }), newPolicy(open), {
    notes: [[0, SEES], ...notes],
    untilMs: untilMs ?? 24 * HOUR_MS,
  });
}

function told(score: PolicyScore): readonly string[] {
  return linesOf(playPolicy(score));
}

/** A change of liveness that is learned at the instant at which it happens. */
function at(
  atMs: number,
  node: string,
  to: "dead" | "alive" | "left" | "suspect",
): Note<PolicyInput> {
  return [atMs, news(node, to, atMs)];
}

Deno.test("a lone death is told after its hold and waits for nothing else", () => {
  assert.deepEqual(told({ notes: [at(10_000, "pi-1", "dead")] }), [
    "25s alert down: PI-1 since 10s",
  ]);
});

Deno.test("a death tells who, since when, last heard when, and why", () => {
  const [played] = playPolicy({ notes: [at(10_000, "pi-1", "dead")] });
  assert.deepEqual(played?.output, {
    kind: "alert",
    down: [{ node: "pi-1", name: "PI-1", diedAtMs: 10_000, lastHeardMs: 5000, cause: "silence" }],
    recovered: [],
    atMs: 25_000,
  });
});

Deno.test("a node that was never heard has another cause", () => {
  const [played] = playPolicy({ notes: [[10_000, news("pi-1", "dead", 10_000, "not_heard")]] });
  assert.equal(played?.output.kind, "alert");
  assert.deepEqual(played.output.down.map(({ cause, lastHeardMs }) => [cause, lastHeardMs]), [
    ["not heard since the hub started", undefined],
  ]);
});

Deno.test("deaths within the group time of the first make one message", () => {
  assert.deepEqual(
    told({ notes: [at(10_000, "pi-1", "dead"), at(15_000, "pi-2", "dead")] }),
    ["30s alert down: PI-1 since 10s, PI-2 since 15s"],
  );
});

Deno.test("a death after the group time of the first makes a message of its own", () => {
  assert.deepEqual(
    told({ notes: [at(10_000, "pi-1", "dead"), at(15_001, "pi-2", "dead")] }),
    ["25s alert down: PI-1 since 10s", "30.001s alert down: PI-2 since 15.001s"],
  );
});

Deno.test("twenty deaths within a second make one message, and so do their recoveries", () => {
  const played = playPolicy({
    notes: TWENTY.flatMap((id, index) => [
      at(10_000 + index * 50, id, "dead"),
      at(100_000 + index * 50, id, "alive"),
    ]),
  });
  const alerts = played.flatMap(({ output }) => output.kind === "alert" ? [output] : []);
  assert.deepEqual(alerts.map(({ down, recovered }) => [down.length, recovered.length]), [
    [20, 0],
    [0, 20],
  ]);
  assert.deepEqual(alerts.map(({ atMs }) => atMs), [25_950, 105_000]);
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
    ["27s alert down: PI-2 since 12s"],
  );
});

Deno.test("a suspicion is nobody's business", () => {
  assert.deepEqual(told({ notes: [at(10_000, "pi-1", "suspect")] }), []);
});

Deno.test("a recovery is told with its length, after the group time", () => {
  assert.deepEqual(
    told({ notes: [at(10_000, "pi-1", "dead"), at(100_000, "pi-1", "alive")] }),
    ["25s alert down: PI-1 since 10s", "105s alert back: PI-1 alive after 90s"],
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
    ["105s alert back: PI-1 left after 90s, PI-2 alive after 90s"],
  );
});

Deno.test("who died again before its recovery was told is still told as down", () => {
  assert.deepEqual(
    told({
      notes: [
        at(10_000, "pi-1", "dead"),
        at(100_000, "pi-1", "alive"),
        at(104_000, "pi-1", "dead"),
        at(200_000, "pi-1", "alive"),
      ],
    }),
    [
      "25s alert down: PI-1 since 10s",
      "104s pi-1 still told",
      "205s alert back: PI-1 alive after 190s",
    ],
  );
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
      "25s alert down: PI-1 since 10s",
      "45s alert down: PI-2 since 30s back: PI-1 alive after 30s",
    ],
  );
});

Deno.test("without hold and group everything is told at once, and one instant is one message", () => {
  const notes = TWENTY.map((id) => at(10_000, id, "dead"));
  const played = playPolicy({
    notes: [...notes, at(11_000, "pi-1", "alive")],
    rules: { groupMs: 0, holdMs: 0 },
  });
  const alerts = played.flatMap(({ output }) => output.kind === "alert" ? [output] : []);
  assert.deepEqual(
    alerts.map(({ atMs, down, recovered }) => [atMs, down.length, recovered.length]),
    [
      [10_000, 20, 0],
      [11_000, 0, 1],
    ],
  );
});

Deno.test("what exceeds the hour's budget waits, is summed up, and nothing is lost", () => {
  const notes = TWENTY.map((id, index) => at(10_000 + index * 60_000, id, "dead"));
  const lines = told({ notes, rules: { perHourMax: 3 } });
  assert.deepEqual(lines.slice(0, 3), [
    "25s alert down: PI-1 since 10s",
    "85s alert down: PI-2 since 70s",
    "145s alert down: PI-3 since 130s",
  ]);
  assert.equal(lines.length, 4);
  assert.match(lines[3] ?? "", /^3625s alert down: PI-4 since 190s, .*PI-20 since 1150s$/);
});

Deno.test("what recovers while the budget is spent is told in one message or not at all", () => {
  assert.deepEqual(
    told({
      notes: [
        at(10_000, "pi-1", "dead"),
        at(60_000, "pi-1", "alive"),
        at(100_000, "pi-2", "dead"),
        at(200_000, "pi-2", "alive"),
        at(300_000, "pi-3", "dead"),
      ],
      rules: { perHourMax: 1 },
    }),
    [
      "25s alert down: PI-1 since 10s",
      "3625s alert down: PI-3 since 300s back: PI-1 alive after 50s",
    ],
  );
});

Deno.test("each recipient costs a message of the budget", () => {
  const notes = TWENTY.slice(0, 3).map((id, index) => at(10_000 + index * 60_000, id, "dead"));
  assert.deepEqual(told({ notes, rules: { perHourMax: 4, recipients: 2 } }), [
    "25s alert down: PI-1 since 10s",
    "85s alert down: PI-2 since 70s",
    "3625s alert down: PI-3 since 130s",
  ]);
});

Deno.test("more recipients than the budget are told all the same, once an hour", () => {
  const notes = [at(10_000, "pi-1", "dead"), at(60_000, "pi-2", "dead")];
  assert.deepEqual(told({ notes, rules: { perHourMax: 2, recipients: 5 } }), [
    "25s alert down: PI-1 since 10s",
    "3625s alert down: PI-2 since 60s",
  ]);
});

Deno.test("a blind hub tells nothing, and every hold starts anew when it sees", () => {
  assert.deepEqual(
    told({ notes: [at(10_000, "pi-1", "dead"), [20_000, BLIND], [100_000, SEES]] }),
    ["115s alert down: PI-1 since 10s"],
  );
});

Deno.test("who comes back soon after a blindness was never told", () => {
  assert.deepEqual(
    told({
      notes: [
        at(10_000, "pi-1", "dead"),
        [20_000, BLIND],
        [100_000, SEES],
        at(101_000, "pi-1", "alive"),
      ],
    }),
    [],
  );
});

Deno.test("a death that is confirmed after a restart is told once", () => {
  assert.deepEqual(
    told({
      open: [openDeath("pi-1")],
      notes: [[10_000, news("pi-1", "dead", 10_000, "not_heard")], at(50_000, "pi-1", "alive")],
    }),
    ["15s alert down: PI-1 since -60s", "55s alert back: PI-1 alive after 110s"],
  );
});

Deno.test("deaths that are confirmed together after a restart share a message", () => {
  const [alert, ...others] = playPolicy({
    open: TWENTY.map((id) => openDeath(id)),
    notes: TWENTY.map((id, index) => [
      10_000 + Math.floor(index / 4),
      news(id, "dead", 10_000 + Math.floor(index / 4), "not_heard"),
    ]),
  });
  assert.equal(alert?.output.kind === "alert" && alert.output.down.length, 20);
  assert.deepEqual(others, []);
});

Deno.test("a death that was told before a restart is not told twice", () => {
  assert.deepEqual(
    told({
      open: [openDeath("pi-1", { told: true })],
      notes: [[10_000, news("pi-1", "dead", 10_000, "not_heard")], at(50_000, "pi-1", "alive")],
    }),
    ["10s pi-1 still told", "55s alert back: PI-1 alive after 110s"],
  );
});

Deno.test("a death of an earlier run that this one has not seen is never told", () => {
  assert.deepEqual(told({ open: [openDeath("pi-1")], notes: [] }), []);
  assert.deepEqual(told({ open: [openDeath("pi-1")], notes: [at(5000, "pi-1", "alive")] }), []);
});

Deno.test("a death that was told and has ended unseen is told as recovered", () => {
  assert.deepEqual(
    told({
      open: [openDeath("pi-1", { told: true })],
      notes: [at(5000, "pi-1", "alive")],
    }),
    ["10s alert back: PI-1 alive after 65s"],
  );
});

Deno.test("a recovery that an earlier run owes is told once the hub sees", () => {
  const recovered = { atMs: -10_000, now: "alive" } as const;
  assert.deepEqual(told({ open: [openDeath("pi-1", { told: true, recovered })], notes: [] }), [
    "0s alert back: PI-1 alive after 50s",
  ]);
  assert.deepEqual(told({ open: [openDeath("pi-1", { told: false, recovered })], notes: [] }), []);
});

Deno.test("a node that is removed is dropped, told or not", () => {
  const removed: PolicyInput = { kind: "removed", node: "pi-1" };
  assert.deepEqual(told({ notes: [at(10_000, "pi-1", "dead"), [20_000, removed]] }), []);
  assert.deepEqual(
    told({
      notes: [
        at(10_000, "pi-1", "dead"),
        [30_000, removed],
        at(40_000, "pi-1", "alive"),
      ],
    }),
    ["25s alert down: PI-1 since 10s"],
  );
});

Deno.test("a removed node's next death is told as any other", () => {
  assert.deepEqual(
    told({
      notes: [
        at(10_000, "pi-1", "dead"),
        [30_000, { kind: "removed", node: "pi-1" }],
        at(50_000, "pi-1", "dead"),
      ],
    }),
    ["25s alert down: PI-1 since 10s", "65s alert down: PI-1 since 50s"],
  );
});

Deno.test("nothing to tell is no deadline", () => {
  const machine = policyMachine(RULES);
  const state = newPolicy([]);
  assert.equal(machine.deadlineMs(state), Infinity);
  machine.step(state, SEES, 0);
  assert.equal(machine.deadlineMs(state), Infinity);
  machine.step(state, news("pi-1", "dead", 1000), 1000);
  assert.equal(machine.deadlineMs(state), 16_000);
  machine.step(state, BLIND, 2000);
  assert.equal(machine.deadlineMs(state), Infinity);
});
