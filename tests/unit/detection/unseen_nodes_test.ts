/** Nodes that only a broker which is away could have: told once they are not seen for long. */

import assert from "node:assert/strict";
import {
  NONE_UNSEEN,
  type UnseenInput,
  unseenMachine,
  unseenNodes,
  type UnseenOutput,
  type UnseenState,
} from "../../../core/detection/broker/unseen_nodes.ts";
import {
  playBrokers,
  type ReachingNode,
  type Trouble,
} from "../../support/detection/broker_world.ts";
import { type Note, play } from "../../support/detection/score.ts";

const STEADY: ReachingNode = {
  everyMs: 1000,
  startMs: 500,
  reconnectMs: 1000,
  fate: { kind: "steady" },
};
const AWAY: Trouble = { kind: "down", fromMs: 20_000, lengthMs: 40_000, tellsWills: true };

function unseenAt(untilMs: number, troubles: readonly (readonly Trouble[])[]): number {
  const nodes = [STEADY, { ...STEADY, brokers: [0] }, { ...STEADY, brokers: [1] }];
  return unseenNodes(playBrokers({ nodes, troubles, untilMs }).state);
}

Deno.test("a node is not seen while the only broker that it knows is away", () => {
  assert.equal(unseenAt(15_000, [[AWAY], []]), 0);
  assert.equal(unseenAt(40_000, [[AWAY], []]), 1);
  assert.equal(unseenAt(40_000, [[], [AWAY]]), 1);
  assert.equal(unseenAt(90_000, [[AWAY], []]), 0);
  // A hub that sees nothing at all is blind, which is told otherwise.
  assert.equal(unseenAt(40_000, [[AWAY], [AWAY]]), 0);
});

function said(counts: readonly Note<UnseenInput>[], untilMs: number): readonly string[] {
  const machine = unseenMachine(60_000);
  const played = play<UnseenState, UnseenInput, UnseenOutput>(machine, NONE_UNSEEN, {
    notes: counts,
    untilMs,
  });
  return played.map(({ atMs, output }) => `${atMs} ${output.isWrong} ${output.sinceMs}`);
}

function counted(atMs: number, unseen: number): Note<UnseenInput> {
  return [atMs, { kind: "counted", unseen }];
}

Deno.test("a short absence is not told, a long one and its end are told once", () => {
  const counts = [
    counted(0, 0),
    counted(10_000, 2),
    counted(40_000, 0),
    counted(50_000, 1),
    counted(115_000, 3),
    counted(200_000, 0),
    counted(210_000, 0),
  ];
  assert.deepEqual(said(counts, 600_000), [
    "0 false 0",
    "110000 true 50000",
    "200000 false 200000",
  ]);
});
