/** An observer of two brokers: a node is alive when it is heard by either of them. */

import fc from "fast-check";
import assert from "node:assert/strict";
import {
  nodeId,
  playBrokers,
  type ReachingNode,
  type Trouble,
} from "../../support/detection/broker_world.ts";
import { deathsOf, linesOf, linesOfKind } from "../../support/detection/score_lines.ts";
import { anyFate } from "../../support/detection/fates.ts";

const STEADY: ReachingNode = {
  everyMs: 1000,
  startMs: 500,
  reconnectMs: 1000,
  fate: { kind: "steady" },
};

function dying(atMs: number, isSilent = true): ReachingNode {
  return { ...STEADY, fate: { kind: "dies", atMs, isSilent } };
}

function trouble(
  kind: Trouble["kind"],
  fromMs: number,
  lengthMs: number,
  tellsWills = true,
): Trouble {
  return { kind, fromMs, lengthMs, tellsWills };
}

/** The lines after the nodes were heard first, without what is said of the brokers. */
function changesAfter(fromMs: number, lines: readonly string[]): readonly string[] {
  return lines.filter((line) => parseFloat(line) * 1000 > fromMs && !line.includes(" broker "));
}

Deno.test("whatever happens to one broker, nothing changes as long as the other one works", () => {
  const troubles: readonly Trouble[] = [
    trouble("down", 20_000, 40_000),
    trouble("down", 20_000, 40_000, false),
    trouble("down", 20_000, 500),
    trouble("frozen", 20_000, 5000),
    trouble("frozen", 20_000, 60_000),
    trouble("observer", 20_000, 10_000),
    trouble("nodes", 20_000, 10_000),
    trouble("nodes", 20_000, 10_000, false),
  ];
  for (const one of troubles) {
    for (const both of [[[one], []], [[], [one]]]) {
      const nodes = [STEADY, { ...STEADY, everyMs: 5000 }];
      const { played } = playBrokers({ nodes, troubles: both, untilMs: 120_000 });
      assert.deepEqual(changesAfter(5000, linesOf(played)), [], JSON.stringify(both));
    }
  }
});

Deno.test("the loss of a broker is reported with its place, and so is its return", () => {
  const { played } = playBrokers({
    nodes: [STEADY],
    troubles: [[], [trouble("down", 20_000, 10_000)]],
    untilMs: 60_000,
  });
  assert.deepEqual(linesOfKind(played, "broker"), [
    "20s broker 1 lost (no_connection)",
    "30.012s broker 1 seen",
  ]);
  const frozen = playBrokers({
    nodes: [STEADY],
    troubles: [[trouble("frozen", 20_100, 10_000)], []],
    untilMs: 60_000,
  });
  const [lost, seen] = linesOfKind(frozen.played, "broker");
  assert.match(lost ?? "", /^2[2-7]\S*s broker 0 lost \(no_echo\)$/);
  assert.match(seen ?? "", /^30\.\S*s broker 0 seen$/);
});

Deno.test("an observer is blind only when all brokers are gone", () => {
  const { played } = playBrokers({
    nodes: [STEADY],
    troubles: [[trouble("down", 20_000, 30_000)], [trouble("down", 30_000, 5000)]],
    untilMs: 90_000,
  });
  assert.deepEqual(linesOfKind(played, "visibility"), [
    "0.002s visible",
    "30s blind (no_connection)",
    "35.012s visible",
  ]);
  assert.deepEqual(deathsOf(played), []);
});

Deno.test("a node that dies on both brokers is told once, as fast as with one", () => {
  for (const isSilent of [true, false]) {
    const deathAt = (troubles: readonly (readonly Trouble[])[]) => {
      const { played } = playBrokers({
        nodes: [STEADY, dying(20_200, isSilent)],
        troubles,
        untilMs: 60_000,
      });
      const deaths = played.filter(({ output }) =>
        output.kind === "transition" && output.to === "dead"
      );
      assert.equal(deaths.length, 1, JSON.stringify(troubles));
      return deaths[0]?.atMs ?? NaN;
    };
    const withOne = deathAt([[]]);
    assert.ok(deathAt([[], []]) <= withOne + 10);
    assert.ok(deathAt([[trouble("down", 10_000, 40_000)], []]) <= withOne + 10);
    // The broker freezes with the node: its silence shows after two seconds.
    assert.ok(deathAt([[trouble("frozen", 20_000, 40_000)], []]) <= withOne + 2100);
  }
});

Deno.test("one broker's last will is no suspicion while the node is heard by the other", () => {
  const { played } = playBrokers({
    nodes: [STEADY],
    troubles: [[], [trouble("nodes", 20_000, 60_000)]],
    untilMs: 120_000,
  });
  assert.deepEqual(changesAfter(5000, linesOf(played)), []);
});

Deno.test("a node that only knows the broker that is gone is not judged until it is back", () => {
  const only: ReachingNode = { ...STEADY, brokers: [0] };
  const away = trouble("down", 20_000, 40_000, false);
  const living = playBrokers({ nodes: [STEADY, only], troubles: [[away], []], untilMs: 120_000 });
  assert.deepEqual(changesAfter(5000, linesOf(living.played)), []);
  // A broker that ends properly tells its last will, so the node is late, but not down.
  const tells = { nodes: [STEADY, only], troubles: [[{ ...away, tellsWills: true }], []] };
  assert.deepEqual(deathsOf(playBrokers({ ...tells, untilMs: 120_000 }).played), []);
  const dies: ReachingNode = { ...dying(30_000), brokers: [0] };
  const dead = playBrokers({ nodes: [STEADY, dies], troubles: [[away], []], untilMs: 120_000 });
  const lines = changesAfter(5000, linesOf(dead.played));
  assert.match(lines.at(-1) ?? "", /^6\d\S*s pi-2 suspect->dead/);
});

Deno.test("a node that was last heard by a broker that never returns is found when another one is back", () => {
  // The node and the second broker die together, while the first one is away.
  const { played } = playBrokers({
    nodes: [STEADY, dying(30_000)],
    troubles: [[trouble("down", 20_000, 15_000)], [trouble("down", 30_000, 1_000_000, false)]],
    untilMs: 200_000,
  });
  const deaths = linesOf(played).filter((line) => line.includes("->dead"));
  assert.equal(deaths.length, 1);
  assert.match(deaths[0] ?? "", /^(6[5-9]|7\d)\S*s pi-2 /);
});

Deno.test("the same heartbeats by two brokers are no second machine, and none is missed", () => {
  const { played, state } = playBrokers({
    nodes: [{ ...STEADY, fate: { kind: "restarts", atMs: 20_000, downMs: 800 } }],
    troubles: [[], [trouble("frozen", 19_000, 12_000)]],
    untilMs: 120_000,
  });
  assert.deepEqual(linesOfKind(played, "duplicate_id"), []);
  assert.equal(state.nodes.get("pi-1")?.missed, 0);
  assert.equal(state.nodes.get("pi-1")?.session, "b");
});

Deno.test("a named node that is never heard by any broker is dead after its grace", () => {
  const world = { nodes: [STEADY], expected: ["pi-1", "pi-9"], untilMs: 60_000 };
  const { played } = playBrokers({ ...world, troubles: [[trouble("down", 1, 50_000)], []] });
  assert.deepEqual(deathsOf(played), ["pi-9"]);
});

/** All troubles begin before this. Then the observer has time to find the truth. */
const DISTURBED_MS = 60_000;
const HORIZON_MS = 220_000;

const node: fc.Arbitrary<ReachingNode> = fc.record({
  everyMs: fc.constantFrom(500, 1000, 5000),
  startMs: fc.integer({ min: 1, max: 3000 }),
  reconnectMs: fc.integer({ min: 100, max: 2000 }),
  fate: anyFate(10_000, DISTURBED_MS),
});
function troublesOf(...kinds: readonly Trouble["kind"][]): fc.Arbitrary<readonly Trouble[]> {
  const one = fc.record({
    gapMs: fc.integer({ min: 10, max: 20_000 }),
    lengthMs: fc.integer({ min: 10, max: 25_000 }),
    kind: fc.constantFrom(...kinds),
    tellsWills: fc.boolean(),
  });
  return fc.array(one, { maxLength: 4 }).map((list) => {
    // After the nodes were heard for the first time.
    let nowMs = 8000;
    return list.map(({ gapMs, ...trouble }) => {
      const fromMs = nowMs + gapMs;
      // Nodes have made new connections before the next trouble.
      nowMs = fromMs + trouble.lengthMs + 3000;
      return { ...trouble, fromMs };
    }).filter(({ fromMs }) => fromMs < DISTURBED_MS);
  });
}
/** A node that has lost one broker while another one is away is silent, as if it were dead. */
const ofBrokers = troublesOf("down", "frozen", "observer");
const ofAll = troublesOf("down", "frozen", "observer", "nodes");
const nodes = fc.array(node, { minLength: 1, maxLength: 3 });

Deno.test("under any failures of either broker no living node is dead, and every dead one is found", () => {
  fc.assert(
    fc.property(nodes, ofBrokers, ofBrokers, (nodes, first, second) => {
      const world = { nodes, troubles: [first, second], untilMs: HORIZON_MS };
      const { played, state } = playBrokers(world);
      const dead = deathsOf(played);
      nodes.forEach(({ fate }, index) => {
        const id = nodeId(index);
        const liveness = state.nodes.get(id)?.liveness;
        if (fate.kind === "steady" || fate.kind === "restarts") {
          assert.ok(!dead.includes(id), `${id} lives and was said to be dead`);
          assert.equal(liveness, "alive");
        } else {
          assert.ok(liveness === "dead" || liveness === "left", `${id} is ${liveness}`);
        }
      });
      assert.deepEqual(linesOfKind(played, "duplicate_id"), []);
    }),
    { numRuns: 300 },
  );
});

Deno.test("as long as one broker works, failures of the other change no verdict and no instant", () => {
  fc.assert(
    fc.property(nodes, ofAll, fc.boolean(), (nodes, troubles, isFirst) => {
      const none: readonly Trouble[] = [];
      const both = isFirst ? [troubles, none] : [none, troubles];
      const calm = playBrokers({ nodes, troubles: [none, none], untilMs: HORIZON_MS });
      const { played } = playBrokers({ nodes, troubles: both, untilMs: HORIZON_MS });
      assert.deepEqual(linesOfKind(played, "visibility").slice(1), [], "it was blind");
      const verdicts = (all: typeof played) =>
        all.flatMap(({ atMs, output }) =>
          output.kind === "transition" && output.to !== "suspect"
            ? [{ what: `${output.node} ${output.to}`, atMs }]
            : []
        );
      const [expected, found] = [verdicts(calm.played), verdicts(played)];
      const deaths = (list: typeof found) => list.filter(({ what }) => what.endsWith(" dead"));
      assert.deepEqual(
        deaths(found).map(({ what }) => what).sort(),
        deaths(expected).map(({ what }) => what).sort(),
      );
      for (const { what, atMs } of deaths(found)) {
        const calmMs = deaths(expected).find((one) => one.what === what)?.atMs ?? NaN;
        // A broker that freezes with the node is waited for, its will may be lost, and a birth at
        // another connect is a later sign of life.
        assert.ok(atMs <= calmMs + 10_000, `${what} at ${atMs} ms, not at ${calmMs} ms`);
      }
    }),
    { numRuns: 150 },
  );
});
