/** Announced reboots: a node that does not come back in time is dead. */

import assert from "node:assert/strict";
import {
  type ClusterInput,
  type ClusterState,
  isAlertable,
} from "../../../core/detection/cluster_state.ts";
import { causeOf, newNode } from "../../../core/detection/node_state.ts";
import {
  beats,
  birth,
  farewell,
  heartbeat,
  link,
  live,
  playCluster,
  retained,
} from "../../support/detection/cluster_score.ts";
import type { Note } from "../../support/detection/score.ts";
import { linesOfKind } from "../../support/detection/score_lines.ts";

const A = "session-a";
const B = "session-b";

/** Session A until 10 s, then its farewell. */
const REBOOTS: readonly Note<ClusterInput>[] = [
  ...beats("pi-1", { session: A, fromMs: 1000, toMs: 10_000 }),
  [10_100, live("pi-1", farewell(A, "reboot"))],
];

Deno.test("a reboot is quiet when the node is back in time", () => {
  const { lines } = playCluster({
    notes: [
      ...REBOOTS,
      [190_000, live("pi-1", birth(B))],
      ...beats("pi-1", { session: B, fromMs: 190_001, toMs: 400_001 }),
    ],
    untilMs: 400_000,
  });
  assert.deepEqual(lines.slice(2), [
    "10.1s pi-1 alive->left (reboot)",
    "190s pi-1 left->alive (birth)",
  ]);
});

Deno.test("a node that does not come back from its reboot is dead, and the cause says so", () => {
  const { lines, played } = playCluster({ notes: REBOOTS, untilMs: 900_000 });
  assert.deepEqual(lines.slice(2), [
    "10.1s pi-1 alive->left (reboot)",
    "190.1s pi-1 left->dead (not_back)",
  ]);
  const death = played.flatMap(({ output }) => output.kind === "transition" ? [output] : []).at(-1);
  assert.ok(death !== undefined);
  assert.equal(causeOf(death), "not_back");
  assert.equal(death.lastHeardMs, 10_000);
});

Deno.test("a node that comes back from its reboot too late is alive again", () => {
  const { lines } = playCluster({
    notes: [
      ...REBOOTS,
      [195_000, live("pi-1", heartbeat(A, 10))],
      [200_000, live("pi-1", birth(B))],
    ],
    untilMs: 201_000,
  });
  assert.deepEqual(lines.slice(3), [
    "190.1s pi-1 left->dead (not_back)",
    "200s pi-1 dead->alive (birth)",
  ]);
});

Deno.test("a node that stops or powers off is missed by nobody", () => {
  for (const reason of ["stop", "poweroff"] as const) {
    const { lines } = playCluster({
      notes: [[1000, live("pi-1", heartbeat(A, 0))], [1100, live("pi-1", farewell(A, reason))]],
      untilMs: 3_600_000,
    });
    assert.deepEqual(lines.slice(2), [`1.1s pi-1 alive->left (${reason})`]);
  }
});

Deno.test("an agent that restarts is missed as after a reboot, and the cause says so", () => {
  const stops: Note<ClusterInput>[] = [
    ...beats("pi-1", { session: A, fromMs: 1000, toMs: 10_000 }),
    [10_100, live("pi-1", farewell(A, "restart"))],
  ];
  const { lines, played, state } = playCluster({ notes: stops, untilMs: 900_000 });
  assert.deepEqual(lines.slice(2), [
    "10.1s pi-1 alive->left (restart)",
    "190.1s pi-1 left->dead (not_started)",
  ]);
  assert.deepEqual(newsOf(played, state), ["not_started"]);
  const back = beats("pi-1", { session: B, fromMs: 12_000, toMs: 400_000 });
  assert.deepEqual(
    playCluster({ notes: [...stops, ...back], untilMs: 400_000 }).lines.slice(3),
    ["12s pi-1 left->alive (heartbeat)"],
  );
});

Deno.test("a node that does not say why it stops is missed, but is news only if the user named it", () => {
  for (const isNamed of [false, true]) {
    const { lines, played, state } = playCluster({
      known: [{ ...newNode("pi-1", 0, true), named: isNamed }],
      notes: [
        ...beats("pi-1", { session: A, fromMs: 1000, toMs: 10_000 }),
        [10_100, live("pi-1", farewell(A, "unknown"))],
      ],
      untilMs: 900_000,
    });
    assert.deepEqual(lines.slice(2), [
      "10.1s pi-1 alive->left (farewell)",
      "190.1s pi-1 left->dead (not_returned)",
    ]);
    assert.deepEqual(newsOf(played, state), isNamed ? ["not_returned"] : []);
  }
});

Deno.test("what was quiet in an earlier run of the observer stays quiet", () => {
  const known = newNode("pi-1", 0, true);
  known.session = A;
  known.leftSession = A;
  known.leftReason = "unknown";
  known.backByMs = -5000;
  const { lines, played, state } = playCluster({ known: [known], notes: [], untilMs: 900_000 });
  assert.deepEqual(lines, ["0.002s visible", "10.002s pi-1 unknown->dead (not_returned)"]);
  assert.deepEqual(newsOf(played, state), []);
  // Once it is heard it is missed as any other.
  const heard = playCluster({
    known: [{ ...known }],
    notes: beats("pi-1", { session: B, fromMs: 20_000, toMs: 30_000 }),
    untilMs: 900_000,
  });
  assert.deepEqual(newsOf(heard.played, heard.state), ["silence"]);
});

Deno.test("the echo comes back before a reboot counts as failed", () => {
  const { lines } = playCluster({
    notes: [...REBOOTS, [190_200, live("pi-1", birth(B))]],
    roundTrip: () => 300,
    untilMs: 191_000,
  });
  assert.deepEqual(lines.slice(3), ["190.2s pi-1 left->alive (birth)"]);
});

Deno.test("a node whose return is still unseen while the echo is under way has not failed to come back", () => {
  const { lines, state } = playCluster({
    notes: [...REBOOTS, [190_200, retained("pi-1", birth(B))]],
    roundTrip: () => 300,
    untilMs: 195_000,
  });
  assert.deepEqual(lines.slice(3), ["190.2s pi-1 left->unknown (birth)"]);
  assert.equal(state.nodes.get("pi-1")?.backByMs, Infinity);
});

Deno.test("a wait for a reboot is over once the node is heard, be it in the same session", () => {
  const { state } = playCluster({
    notes: [...REBOOTS, [20_000, live("pi-1", birth(A))]],
    untilMs: 20_001,
  });
  assert.equal(state.nodes.get("pi-1")?.backByMs, Infinity);
});

Deno.test("an observer that starts later waits from when it hears of the reboot", () => {
  const { lines } = playCluster({
    expected: ["pi-1"],
    notes: [[1, retained("pi-1", farewell(A, "reboot"))]],
    untilMs: 900_000,
  });
  assert.deepEqual(lines, [
    "0.001s pi-1 unknown->left (reboot)",
    "0.002s visible",
    "180.001s pi-1 left->dead (not_back)",
  ]);
});

Deno.test("a farewell that is told again on each connection starts no new wait and ends no death", () => {
  const again = [60_000, 120_000, 300_000].flatMap((atMs): Note<ClusterInput>[] => [
    [atMs, link(false)],
    [atMs + 100, link(true)],
    [atMs + 101, retained("pi-1", farewell(A, "reboot"))],
  ]);
  const { played } = playCluster({ notes: [...REBOOTS, ...again], untilMs: 900_000 });
  assert.deepEqual(linesOfKind(played, "transition").slice(1), [
    "10.1s pi-1 alive->left (reboot)",
    "190.1s pi-1 left->dead (not_back)",
  ]);
});

Deno.test("an observer that was blind gives a rebooting node a whole wait", () => {
  const { lines } = playCluster({
    notes: [...REBOOTS, [150_000, link(false)], [200_000, link(true)]],
    untilMs: 900_000,
  });
  // Its interval, its time to reconnect, and the margin.
  assert.equal(lines.at(-1), "207.002s pi-1 left->dead (not_back)");
});

Deno.test("a reboot of an earlier run of the observer goes on to be waited for", () => {
  const known = newNode("pi-1", 0, true);
  known.liveness = "left";
  known.session = A;
  known.leftSession = A;
  known.backByMs = 60_000;
  const { lines } = playCluster({
    known: [known],
    notes: [[1, retained("pi-1", farewell(A, "reboot"))]],
    untilMs: 900_000,
  });
  assert.deepEqual(lines, ["0.002s visible", "60s pi-1 left->dead (not_back)"]);
});

Deno.test("a reboot of an earlier run that did not keep its end is waited for from now", () => {
  const known = newNode("pi-1", 0, true);
  known.liveness = "left";
  known.session = A;
  known.leftSession = A;
  const { lines } = playCluster({
    known: [known],
    notes: [[1, retained("pi-1", farewell(A, "reboot"))]],
    untilMs: 900_000,
  });
  assert.deepEqual(lines, ["0.002s visible", "180.001s pi-1 left->dead (not_back)"]);
});

Deno.test("a reboot that failed in an earlier run is not waited for again", () => {
  const known = newNode("pi-1", 0, true);
  known.session = A;
  known.leftSession = A;
  known.backByMs = -5000;
  const { lines } = playCluster({
    known: [known],
    notes: [[1, retained("pi-1", farewell(A, "reboot"))]],
    untilMs: 900_000,
  });
  assert.deepEqual(lines, ["0.002s visible", "10.002s pi-1 unknown->dead (not_heard)"]);
});

Deno.test("a node that was started unseen after its reboot is waited for as any node", () => {
  const { played } = playCluster({
    notes: [
      ...REBOOTS,
      [20_000, link(false)],
      [60_000, link(true)],
      [60_001, retained("pi-1", birth(B))],
    ],
    untilMs: 900_000,
  });
  assert.deepEqual(linesOfKind(played, "transition").slice(2), [
    "60.001s pi-1 left->unknown (birth)",
    "70.002s pi-1 unknown->dead (not_heard)",
  ]);
});

/** Why nodes died whose deaths are news. */
function newsOf(
  played: ReturnType<typeof playCluster>["played"],
  state: ClusterState,
): readonly string[] {
  return played.flatMap(({ output }) =>
    output.kind === "transition" && output.to === "dead" && isAlertable(state, output)
      ? [output.reason]
      : []
  );
}
