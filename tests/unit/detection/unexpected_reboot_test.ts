/** Unexpected reboots: a birth of another boot without a farewell is reported, and nothing else is. */

import assert from "node:assert/strict";
import type { ClusterInput } from "../../../core/detection/cluster_state.ts";
import { newNode } from "../../../core/detection/node_state.ts";
import type { Facts } from "../../../core/protocol/wire.ts";
import {
  beats,
  birth,
  farewell,
  heartbeat,
  lastWill,
  link,
  live,
  playCluster,
  retained,
} from "../../support/detection/cluster_score.ts";
import type { Note } from "../../support/detection/score.ts";
import { linesOfKind } from "../../support/detection/score_lines.ts";

const A = "session-a";
const B = "session-b";
const C = "session-c";

/** Session A until 10 s, then its farewell. */
const REBOOTS: readonly Note<ClusterInput>[] = [
  ...beats("pi-1", { session: A, fromMs: 1000, toMs: 10_000 }),
  [10_100, live("pi-1", farewell(A, "reboot"))],
];

/** The birth of a session of boot `bootId`. */
function boot(session: string, bootId: string, facts: Facts = {}): ClusterInput {
  return live("pi-1", birth(session, { facts: { boot_id: bootId, ...facts } }));
}

/** What is told of unexpected reboots. */
function reboots(notes: readonly Note<ClusterInput>[]): readonly string[] {
  const { played } = playCluster({ notes, untilMs: 120_000 });
  return linesOfKind(played, "rebooted");
}

const BEATS = beats("pi-1", { session: A, fromMs: 1001, toMs: 10_001 });

Deno.test("a birth of another boot without a farewell is an unexpected reboot", () => {
  const { lines, played } = playCluster({
    notes: [[1000, boot(A, "one")], ...BEATS, [40_000, boot(B, "two")]],
    untilMs: 41_000,
  });
  assert.deepEqual(lines.slice(2), [
    "13.001s pi-1 alive->suspect (silence)",
    "15.001s pi-1 suspect->dead (silence)",
    "40s pi-1 rebooted unexpectedly",
    "40s pi-1 dead->alive (birth)",
  ]);
  const told = played.flatMap(({ output }) => output.kind === "rebooted" ? [output] : []);
  assert.deepEqual(told.map(({ lastHeardMs }) => lastHeardMs), [10_001]);
});

Deno.test("a reboot that is over before anybody missed the node is told as well", () => {
  const board = { serial: "aaaa" };
  assert.deepEqual(
    reboots([[1000, boot(A, "one", board)], ...BEATS, [12_500, boot(B, "two", board)]]),
    ["12.5s pi-1 rebooted unexpectedly"],
  );
});

Deno.test("an agent that was killed, within one boot, has not rebooted", () => {
  assert.deepEqual(reboots([[1000, boot(A, "one")], ...BEATS, [40_000, boot(B, "one")]]), []);
});

Deno.test("a birth again in the same session has not rebooted", () => {
  assert.deepEqual(reboots([[1000, boot(A, "one")], ...BEATS, [40_000, boot(A, "two")]]), []);
});

Deno.test("after a farewell, live or retained, of any reason, no reboot is unexpected", () => {
  for (const reason of ["stop", "reboot", "poweroff"] as const) {
    for (const said of [live, retained]) {
      assert.deepEqual(
        reboots([
          [1000, boot(A, "one")],
          ...BEATS,
          [11_000, said("pi-1", farewell(A, reason))],
          [40_000, boot(B, "two")],
        ]),
        [],
      );
    }
  }
});

Deno.test("a node that came back too late from an announced reboot has not rebooted unexpectedly", () => {
  const { played } = playCluster({
    notes: [
      [900, boot(A, "one")],
      ...REBOOTS,
      [300_000, boot(B, "two")],
    ],
    untilMs: 301_000,
  });
  assert.deepEqual(linesOfKind(played, "rebooted"), []);
});

Deno.test("without boot ids nothing is said of reboots", () => {
  const bare = live("pi-1", birth(A));
  assert.deepEqual(reboots([[1000, bare], ...BEATS, [40_000, boot(B, "two")]]), []);
  assert.deepEqual(
    reboots([[1000, boot(A, "one")], ...BEATS, [40_000, live("pi-1", birth(B))]]),
    [],
  );
  assert.deepEqual(reboots([...BEATS, [40_000, boot(B, "two")]]), []);
});

Deno.test("a retained birth is too old to tell of a reboot, and is what the next one is held against", () => {
  const seenAgain: readonly Note<ClusterInput>[] = [
    [1000, boot(A, "one")],
    ...BEATS,
    [10_500, link(false)],
    [30_000, link(true)],
    [30_001, retained("pi-1", birth(B, { facts: { boot_id: "two" } }))],
    ...beats("pi-1", { session: B, fromMs: 30_500, toMs: 40_500, seq: 9 }),
  ];
  assert.deepEqual(reboots([...seenAgain, [60_000, boot(C, "two")]]), []);
  assert.deepEqual(reboots([...seenAgain, [60_000, boot(C, "three")]]), [
    "60s pi-1 rebooted unexpectedly",
  ]);
});

Deno.test("a session whose birth nobody heard tells nothing of its boot", () => {
  assert.deepEqual(
    reboots([
      [1000, boot(A, "one")],
      ...BEATS,
      ...beats("pi-1", { session: B, fromMs: 30_500, toMs: 40_500, seq: 9 }),
      [60_000, boot(C, "two")],
    ]),
    [],
  );
});

Deno.test("a node of an earlier run of the observer has rebooted when its boot is another one", () => {
  const known = newNode("pi-1", 0, true);
  known.session = A;
  known.facts = { boot_id: "one" };
  known.lastHeardMs = -60_000;
  for (const [bootId, expected] of [["one", 0], ["two", 1]] as const) {
    const { played } = playCluster({
      known: [{ ...known, retired: [], queueDelay: newNode("pi-1", 0, true).queueDelay }],
      notes: [[1000, boot(B, bootId)]],
      untilMs: 2000,
    });
    assert.equal(linesOfKind(played, "rebooted").length, expected, bootId);
  }
});

Deno.test("two machines of one id have two boots, and neither has rebooted", () => {
  for (const [one, other] of [[{ serial: "aaaa" }, { serial: "bbbb" }], [{}, {}]]) {
    const takeovers = Array.from({ length: 20 }, (_, index): Note<ClusterInput>[] => {
      const isOne = index % 2 === 0;
      const session = isOne ? A : B;
      const atMs = 1000 + index * 1500;
      return [
        [atMs, live("pi-1", lastWill(isOne ? B : A))],
        [atMs + 1, boot(session, isOne ? "one" : "two", isOne ? one : other)],
        [atMs + 2, live("pi-1", heartbeat(session, index))],
        [atMs + 1002, live("pi-1", heartbeat(session, index + 1))],
      ];
    }).flat();
    assert.deepEqual(reboots(takeovers), []);
  }
});

Deno.test("where two machines of one id were heard of late, a third boot tells nothing", () => {
  assert.deepEqual(
    reboots([
      [1000, boot(A, "one")],
      ...beats("pi-1", { session: A, fromMs: 1001, toMs: 8001 }),
      [2500, boot(B, "two")],
      ...beats("pi-1", { session: B, fromMs: 2501, toMs: 8501 }),
      [20_000, boot(C, "three")],
    ]),
    [],
  );
});

Deno.test("an SD card that moved to another board is no reboot of the first", () => {
  assert.deepEqual(
    reboots([
      [1000, boot(A, "one", { serial: "aaaa" })],
      ...BEATS,
      [60_000, boot(B, "two", { serial: "bbbb" })],
    ]),
    [],
  );
});

Deno.test("boards whose serial number is all zeros are told apart by silence", () => {
  const board = { serial: "0000000000000000" };
  const first: readonly Note<ClusterInput>[] = [[1000, boot(A, "one", board)], ...BEATS];
  assert.deepEqual(reboots([...first, [10_500, boot(B, "two", board)]]), []);
  assert.deepEqual(reboots([...first, [40_000, boot(B, "two", board)]]).length, 1);
});
