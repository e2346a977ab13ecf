/**
 * Brokers, networks and processes that fail and come back, before one observer: which nodes it
 * declares dead.
 */

import fc from "fast-check";
import assert from "node:assert/strict";
import type { ClusterInput } from "../../../core/detection/cluster_state.ts";
import {
  allBeat,
  beats,
  birth,
  heartbeat,
  lastWill,
  link,
  live,
  playCluster,
  retained,
  TWENTY,
} from "../../support/detection/cluster_score.ts";
import type { Note, Played } from "../../support/detection/score.ts";
import { type AnyOutput, deathsOf, linesOfKind } from "../../support/detection/score_lines.ts";

/** The instants of all transitions to `to`. */
function instantsOf(played: readonly Played<AnyOutput>[], to: string): readonly number[] {
  return played.flatMap(({ atMs, output }) =>
    output.kind === "transition" && output.to === to ? [atMs] : []
  );
}

Deno.test("a broker that pauses for seconds causes no death", () => {
  for (const seconds of [3, 6, 9, 30]) {
    const fromMs = 20_500;
    const toMs = fromMs + seconds * 1000;
    // Messages that reach it meanwhile are delivered when it runs again.
    const heldUp = (atMs: number) => atMs >= fromMs && atMs < toMs ? toMs : atMs;
    const { played } = playCluster({
      notes: allBeat(1000, 90_000).map(([atMs, beat]) => [heldUp(atMs), beat]),
      roundTrip: (sentMs) => heldUp(sentMs) - sentMs + 2,
      untilMs: 90_000,
    });
    assert.deepEqual(deathsOf(played), [], `${seconds} s`);
    const sights = linesOfKind(played, "visibility");
    assert.ok(sights.length === 1 || sights.length === 3, sights.join("\n"));
  }
});

Deno.test("a broker restart causes no death, with or without wills, with or without a disk", () => {
  for (const seconds of [1, 4, 8, 20]) {
    for (const tellsWills of [false, true]) {
      for (const keeps of [undefined, "birth", "last_will"] as const) {
        const backMs = 21_001 + seconds * 1000;
        const notes = TWENTY.flatMap((id, index): Note<ClusterInput>[] => {
          const session = `${id}-a`;
          const returnMs = backMs + 100 + index * 100;
          return [
            ...(tellsWills ? [[21_000, live(id, lastWill(session))] as const] : []),
            ...(keeps === "birth" ? [[backMs + 1, retained(id, birth(session))] as const] : []),
            ...(keeps === "last_will"
              ? [[backMs + 1, retained(id, lastWill(session))] as const]
              : []),
            [returnMs, live(id, birth(session))],
            ...beats(id, { fromMs: returnMs + 1, toMs: 60_000, seq: 100 }),
          ];
        });
        const { played } = playCluster({
          notes: [...allBeat(1000, 20_000), [21_001, link(false)], [backMs, link(true)], ...notes],
          untilMs: 60_000,
        });
        assert.deepEqual(deathsOf(played), [], `${seconds} s, ${keeps}`);
      }
    }
  }
});

Deno.test("a broker whose power is cut is noticed within 7.5 s, and causes no death", () => {
  for (let cutMs = 20_000; cutMs < 25_000; cutMs += 130) {
    const { played } = playCluster({
      notes: allBeat(1000, cutMs - 1000),
      roundTrip: (sentMs) => sentMs >= cutMs ? undefined : 2,
      untilMs: 120_000,
    });
    assert.deepEqual(deathsOf(played), []);
    const blind = played.find(({ output }) => output.kind === "visibility" && output.blind);
    assert.ok(blind !== undefined && blind.atMs <= cutMs + 7500, `${cutMs}: ${blind?.atMs} ms`);
  }
});

Deno.test("a killed agent is suspect at once and dead within 3.3 s", () => {
  for (let diedMs = 10_000; diedMs < 11_000; diedMs += 50) {
    const { played } = playCluster({
      notes: [
        ...beats("pi-1", { fromMs: 1000, toMs: diedMs }),
        [diedMs + 1, live("pi-1", lastWill("pi-1-a"))],
      ],
      untilMs: 60_000,
    });
    assert.deepEqual(instantsOf(played, "suspect"), [diedMs + 1]);
    const [deadMs = Infinity] = instantsOf(played, "dead");
    assert.ok(deadMs >= diedMs + 3000 && deadMs <= diedMs + 3300, `${deadMs - diedMs} ms`);
  }
});

Deno.test("an agent that is killed 200 times and back after a second never dies, and is counted", () => {
  const restarts = Array.from({ length: 201 }, (_, index): Note<ClusterInput>[] => {
    const bornMs = 1000 + index * 7300;
    const session = `session-${index}`;
    const diedMs = bornMs + 6200;
    const will: Note<ClusterInput> = [diedMs, live("pi-1", lastWill(session))];
    // Every third will is published late, after the birth of the next session.
    const late: Note<ClusterInput> = [diedMs + 1150, live("pi-1", lastWill(session))];
    return [
      [bornMs, live("pi-1", birth(session))],
      ...beats("pi-1", { session, fromMs: bornMs + 1, toMs: diedMs }),
      index % 3 === 0 ? late : will,
    ];
  }).flat();
  const { played, state } = playCluster({ notes: restarts, untilMs: 1000 + 200 * 7300 });
  assert.deepEqual(deathsOf(played), []);
  assert.equal(state.nodes.get("pi-1")?.restarts, 200);
  assert.equal(state.nodes.get("pi-1")?.liveness, "alive");
});

Deno.test("power cuts of one node and of twenty are found after 4 to 5.2 s at any phase", () => {
  for (const ids of [TWENTY.slice(0, 1), TWENTY]) {
    for (let cutMs = 20_000; cutMs < 21_000; cutMs += 37) {
      const { played } = playCluster({
        notes: allBeat(1000, cutMs).filter(([atMs, input]) =>
          input.kind === "evidence" && (atMs <= cutMs && ids.includes(input.node))
        ),
        untilMs: 60_000,
      });
      const dead = instantsOf(played, "dead");
      assert.equal(dead.length, ids.length);
      for (const atMs of dead) {
        assert.ok(atMs >= cutMs + 4000 && atMs <= cutMs + 5200, `${atMs - cutMs} ms`);
      }
    }
  }
});

/**
 * When TCP retransmits a segment that was lost at `lostMs`: at once, and then less and less often.
 */
function nextTryMs(lostMs: number, repairedMs: number): number {
  let atMs = lostMs;
  for (let waitMs = 208; atMs < repairedMs; waitMs *= 2) atMs = lostMs + waitMs;
  return atMs;
}

Deno.test("outages of 1 to 3 s on a node's link cause no death, and one of 5 s at most one", () => {
  for (const seconds of [1, 2, 3, 5]) {
    for (let fromMs = 20_000; fromMs < 21_000; fromMs += 50) {
      const toMs = fromMs + seconds * 1000;
      const beating = beats("pi-1", { fromMs: 1000, toMs: 60_000 });
      const lostMs = beating.find(([atMs]) => atMs >= fromMs)?.[0] ?? Infinity;
      const arriveMs = nextTryMs(lostMs, toMs);
      const { played } = playCluster({
        notes: beating.map(([atMs, beat]) =>
          atMs >= lostMs && atMs < arriveMs ? [arriveMs, beat] : [atMs, beat]
        ),
        untilMs: 60_000,
      });
      const deaths = deathsOf(played).length;
      assert.ok(deaths <= (seconds > 3 ? 1 : 0), `${seconds} s from ${fromMs}: ${deaths} deaths`);
      const [backMs] = instantsOf(played, "alive").slice(1);
      if (deaths > 0) assert.ok((backMs ?? Infinity) <= arriveMs + 1000);
    }
  }
});

Deno.test("a node that died with the broker is found although the broker kept its birth", () => {
  const { played } = playCluster({
    notes: [
      ...allBeat(1000, 20_000),
      [21_000, link(false)],
      [25_000, link(true)],
      [25_001, retained("pi-1", birth("pi-1-a"))],
      ...TWENTY.slice(1).flatMap((id): Note<ClusterInput>[] =>
        beats(id, { fromMs: 26_000, toMs: 60_000, seq: 30 })
      ),
    ],
    untilMs: 60_000,
  });
  assert.deepEqual(deathsOf(played), ["pi-1"]);
});

Deno.test("repeated, reordered and outdated messages change no output", () => {
  const beating = (["a", "b"] as const).flatMap((session, index) =>
    beats("pi-1", { session, fromMs: 1000 + index * 10_000, toMs: 9000 + index * 31_000 })
  );
  const clean = playCluster({ notes: beating, untilMs: 60_000 });
  const noise = fc.record({
    atMs: fc.integer({ min: 11_500, max: 13_500 }),
    what: fc.constantFrom(
      live("pi-1", heartbeat("a", 3)),
      live("pi-1", heartbeat("a", 9)),
      live("pi-1", heartbeat("b", 0)),
      live("pi-1", lastWill("a")),
      live("pi-1", birth("a")),
      retained("pi-1", birth("a")),
      retained("pi-1", lastWill("a")),
      retained("pi-1", lastWill("b")),
      retained("pi-1", heartbeat("b", 99)),
    ),
  });
  fc.assert(
    fc.property(fc.array(noise, { maxLength: 12 }), (list) => {
      const noisy = list.map(({ atMs, what }): Note<ClusterInput> => [atMs, what]);
      const { lines } = playCluster({ notes: [...beating, ...noisy], untilMs: 60_000 });
      assert.deepEqual(lines, clean.lines);
    }),
    { numRuns: 100 },
  );
});
