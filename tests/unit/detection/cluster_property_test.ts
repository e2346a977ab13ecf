/** Properties of an observer's verdicts that hold for any input. */

import fc from "fast-check";
import assert from "node:assert/strict";
import type {
  ClusterInput,
  ClusterOutput,
  VisibilityChange,
} from "../../../core/detection/cluster_state.ts";
import type { Liveness } from "../../../core/detection/liveness.ts";
import type { Transition } from "../../../core/detection/node_state.ts";
import type { NodeMessage } from "../../../core/protocol/wire.ts";
import {
  birth,
  echo,
  farewell,
  heartbeat,
  lastWill,
  link,
  live,
  playCluster,
  retained,
  TIMING,
} from "../../support/detection/cluster_score.ts";
import { hearings, type Outage, type WorldNode } from "../../support/detection/cluster_world.ts";
import { anyFate } from "../../support/detection/fates.ts";
import type { Note, Played, Stall } from "../../support/detection/score.ts";
import { deathsOf } from "../../support/detection/score_lines.ts";

/** The allowed transitions of liveness. */
const ARROWS: Readonly<Record<Liveness, readonly Liveness[]>> = {
  unknown: ["alive", "left", "dead"],
  alive: ["suspect", "left"],
  suspect: ["alive", "dead", "left"],
  dead: ["alive", "left"],
  left: ["alive", "unknown", "dead"],
};

/**
 * The shortest time from a node's last sign of life, or from the end of a blindness, to its death,
 * ...
 */
const SHORTEST_WAIT_MS = 3000;
/** ... and after a short stall, which leaves the shortest interval and half a second. */
const FRESH_WAIT_MS = 750;
/**
 * A heartbeat that may have waited unread counts from an earlier instant, perhaps before the end of
 * the blindness. A longer gap is a stall.
 */
const UNREAD_MS_MAX = 1000;

/** Checks each output, and throws if it violates a property. */
class Oracle {
  readonly #last = new Map<string, Transition>();
  #blind = true;
  #reason: VisibilityChange["reason"] = "no_connection";
  #sinceMs: number | undefined;
  #seesMs = -Infinity;
  #shortestWaitMs = SHORTEST_WAIT_MS - UNREAD_MS_MAX;

  take({ atMs: playedMs, output }: Played<ClusterOutput>): void {
    switch (output.kind) {
      case "visibility":
        return this.#takeSight(output, playedMs);
      case "removed":
        this.#last.delete(output.node);
        return;
      case "rebooted":
        assert.notEqual(this.#last.get(output.node)?.to, "left", "a farewell announced it");
        return;
      case "transition":
        this.#takeTransition(output, playedMs);
    }
  }

  /** A stall may become a longer blindness. Every other report is a change. */
  #takeSight({ blind, reason, atMs, sinceMs, was }: VisibilityChange, playedMs: number): void {
    if (blind && this.#blind) {
      assert.equal(this.#reason, "stalled");
      assert.notEqual(reason, "stalled");
      assert.equal(atMs, this.#sinceMs);
    } else assert.notEqual(blind, this.#blind, "sight changes");
    if (blind) this.#sinceMs = atMs;
    else {
      assert.equal(sinceMs, this.#sinceMs);
      if (sinceMs !== undefined) assert.equal(was, this.#reason);
      this.#seesMs = playedMs;
      this.#shortestWaitMs = this.#reason === "stalled"
        ? FRESH_WAIT_MS
        : SHORTEST_WAIT_MS - UNREAD_MS_MAX;
    }
    assert.ok(atMs <= playedMs);
    this.#blind = blind;
    this.#reason = reason;
  }

  #takeTransition(transition: Transition, playedMs: number): void {
    const { node, from, to, reason, atMs, lastHeardMs } = transition;
    const last = this.#last.get(node);
    const told = `${atMs} ms ${node} ${from}->${to} (${reason})`;
    assert.equal(from, last?.to ?? "unknown", told);
    assert.ok(ARROWS[from].includes(to), told);
    assert.ok(atMs >= (last?.atMs ?? 0), `${told}, after ${last?.atMs} ms`);
    assert.ok(atMs <= playedMs, `${told}, at ${playedMs} ms`);
    if (reason === "silence" || reason === "not_heard" || reason === "not_back") {
      assert.equal(this.#blind, false, `${told} while blind`);
    }
    if (to === "dead") {
      const silenceMs = atMs - (lastHeardMs ?? -Infinity);
      assert.ok(silenceMs >= SHORTEST_WAIT_MS, `${told} after ${silenceMs} ms of silence`);
      const waitedMs = atMs - this.#seesMs;
      assert.ok(waitedMs >= this.#shortestWaitMs, `${told} after ${waitedMs} ms of sight`);
    }
    this.#last.set(node, transition);
  }
}

const node = fc.constantFrom("pi-1", "pi-2", "pi-3");
const session = fc.constantFrom("a", "b", "c", "d");
const everyMs = fc.constantFrom(250, 1000, 10_000);
const message: fc.Arbitrary<NodeMessage> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(session, fc.nat({ max: 30 }), everyMs).map((beat) => heartbeat(...beat)),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(session, everyMs).map(([id, everyMs]) =>
      birth(id, { everyMs, facts: { serial: `serial of ${id < "c" ? "one" : id}`, boot_id: id } })
    ),
  },
  { weight: 2, arbitrary: session.map(lastWill) },
  {
    weight: 1,
    arbitrary: fc.tuple(session, fc.constantFrom("stop" as const, "reboot" as const))
      .map((said) => farewell(...said)),
  },
);
const input: fc.Arbitrary<ClusterInput> = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(node, message).map((said) => live(...said)) },
  { weight: 2, arbitrary: fc.tuple(node, message).map((said) => retained(...said)) },
  { weight: 1, arbitrary: fc.boolean().map(link) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat({ max: 40 }), fc.constantFrom("x", "y")).map(([seq, observer]) =>
      echo(seq, { observer })
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom("forgotten", "revoked", "enrolled"), node)
      .map(([kind, id]) => ({ kind, node: id })),
  },
);
const gapMs = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 1500 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1500, max: 30_000 }) },
);
const roundTrips = fc.array(fc.constantFrom(0, 2, 2, 2, 400, 1400, 3000, undefined), {
  minLength: 1,
  maxLength: 6,
});
const latenessMs = fc.constantFrom(0, 0, 1, 900, 5000);

/** Each echo takes the time of the next entry in the list. */
function inTurn(list: readonly (number | undefined)[]): () => number | undefined {
  let index = 0;
  return () => list[index++ % list.length];
}

Deno.test("for any messages, verdicts are in order, dated, and never made while blind", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(gapMs, input), { maxLength: 60 }),
      roundTrips,
      latenessMs,
      (steps, roundTrips, latenessMs) => {
        let nowMs = 0;
        const notes = steps.map(([gapMs, input]): Note<ClusterInput> => [nowMs += gapMs, input]);
        const { played } = playCluster({
          expected: ["pi-1"],
          notes,
          roundTrip: inTurn(roundTrips),
          lateMs: () => latenessMs,
          options: { timing: { ...TIMING, rebootWithinMs: 20_000 } },
          untilMs: nowMs + 60_000,
        });
        const oracle = new Oracle();
        played.forEach((output) => oracle.take(output));
      },
    ),
    { numRuns: 400 },
  );
});

/** All disturbances happen before this. Then the observer has time to find the truth. */
const DISTURBED_MS = 60_000;
const HORIZON_MS = 120_000;

const worldNode: fc.Arbitrary<WorldNode> = fc.record({
  everyMs: fc.constantFrom(500, 1000, 5000),
  startMs: fc.integer({ min: 1, max: 5000 }),
  reconnectMs: fc.integer({ min: 100, max: 2000 }),
  fate: anyFate(0, DISTURBED_MS),
});
const outages: fc.Arbitrary<readonly Outage[]> = fc.array(
  fc.record({
    gapMs: fc.integer({ min: 10, max: 20_000 }),
    lengthMs: fc.integer({ min: 10, max: 12_000 }),
    of: fc.constantFrom("broker", "observer"),
    tellsWills: fc.boolean(),
  }),
  { maxLength: 4 },
).map((list) => {
  let nowMs = 0;
  return list.map(({ gapMs, ...outage }) => {
    const fromMs = nowMs + gapMs;
    nowMs = fromMs + outage.lengthMs;
    return { ...outage, fromMs };
  }).filter(({ fromMs, lengthMs }) => fromMs + lengthMs < DISTURBED_MS);
});
const stalls: fc.Arbitrary<readonly Stall[]> = fc.array(
  fc.record({
    gapMs: fc.integer({ min: 1, max: 30_000 }),
    lengthMs: fc.integer({ min: 10, max: 12_000 }),
    ticksFirst: fc.boolean(),
  }),
  { maxLength: 3 },
).map((list) => {
  let awakeMs = 0;
  return list.map(({ gapMs, lengthMs, ticksFirst }) => {
    const fromMs = awakeMs + gapMs;
    awakeMs = fromMs + lengthMs;
    return { fromMs, toMs: awakeMs, ticksFirst };
  }).filter(({ toMs }) => toMs < DISTURBED_MS);
});

Deno.test("under any failures no living node is declared dead, and every dead one is found", () => {
  fc.assert(
    fc.property(
      fc.array(worldNode, { minLength: 1, maxLength: 3 }),
      outages,
      stalls,
      roundTrips,
      (nodes, outages, stalls, roundTrips) => {
        const disturbed = inTurn(roundTrips);
        const { played, state } = playCluster({
          notes: hearings({ nodes, outages, untilMs: HORIZON_MS }),
          stalls,
          roundTrip: (sentMs) => sentMs < DISTURBED_MS + 15_000 ? disturbed() : 2,
          untilMs: HORIZON_MS - 1,
        });
        const oracle = new Oracle();
        played.forEach((output) => oracle.take(output));
        const dead = deathsOf(played);
        nodes.forEach(({ fate }, index) => {
          const id = `pi-${index + 1}`;
          const liveness = state.nodes.get(id)?.liveness;
          if (fate.kind === "steady" || fate.kind === "restarts") {
            assert.ok(!dead.includes(id), `${id} lives and was said to be dead`);
            assert.equal(liveness, "alive");
          } else {
            // A node that was never heard cannot die.
            assert.ok([undefined, "dead", "left"].includes(liveness), `${id} is ${liveness}`);
          }
        });
      },
    ),
    { numRuns: 150 },
  );
});
