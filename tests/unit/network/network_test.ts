/**
 * A broker on the observer's own machine proves nothing about the network. These tests show what
 * does.
 */

import assert from "node:assert/strict";
import type { ClusterInput } from "../../../core/detection/cluster_state.ts";
import type { Answer } from "../../../core/network/probe.ts";
import { beats, birth, live } from "../../support/detection/cluster_score.ts";
import type { Note } from "../../support/detection/score.ts";
import {
  carries,
  isMute,
  type Lan,
  ownLink,
  playCluster,
  threePis,
} from "../../support/network/lan_score.ts";
import { deathsOf, linesOfKind } from "../../support/detection/score_lines.ts";

Deno.test("an unplugged cable makes the observer blind at once, and causes no death when it is back", () => {
  for (const forMs of [5000, 15_000, 40_000, 90_000]) {
    const backMs = 20_000 + forMs;
    const { played } = playCluster({
      notes: [
        ...threePis(20_000, backMs + 3000),
        [20_050, ownLink(false)],
        [backMs, ownLink(true)],
      ],
      untilMs: 200_000,
      lan: { gateway: (atMs) => atMs < 20_000 || atMs > backMs ? "refused" : "unreachable" },
    });
    assert.deepEqual(deathsOf(played), []);
    const [first, lost, regained, ...more] = linesOfKind(played, "visibility");
    assert.deepEqual([first, lost, more], ["0.002s visible", "20.05s blind (no_link)", []]);
    assert.match(regained ?? "", /visible$/);
  }
});

Deno.test("a network outage of seconds raises no alarm, even if the network works when it is probed", () => {
  for (const forMs of [3100, 3500, 4000, 4500, 5500]) {
    const untilMs = 20_000 + forMs;
    const { played } = playCluster({
      // TCP delivers messages from that time only with its next retransmission, up to 6.2 s after
      // the loss.
      notes: threePis(20_000, 26_300),
      untilMs: 60_000,
      lan: {
        gateway: carries,
        // The first packet is lost, the second arrives a second later.
        tookMs: (atMs) =>
          atMs > 20_000 && atMs < untilMs ? 1000 * Math.ceil((untilMs - atMs) / 1000) : 3,
      },
    });
    assert.deepEqual(deathsOf(played), [], `${forMs}`);
  }
});

Deno.test("a Pi that is never late proves the network, and one on this machine does not", () => {
  const lan = { gateway: isMute };
  const others = threePis(20_000);
  const fourth = beats("sansa", { fromMs: 600, toMs: 60_000 });
  const { played } = playCluster({ notes: [...others, ...fourth], untilMs: 60_000, lan });
  assert.deepEqual(deathsOf(played).toSorted(), ["arya", "bran", "ned"]);
  const own = beats("hub-pi", { fromMs: 600, toMs: 60_000 });
  const gateway = (atMs: number): Answer => atMs < 20_000 ? "refused" : "no_answer";
  const alone = playCluster({ notes: [...others, ...own], untilMs: 60_000, lan: { gateway } });
  assert.deepEqual(deathsOf(alone.played), []);
  const booted = birth("x", { facts: { boot_id: "own-boot" } });
  const sameBoot: Note<ClusterInput>[] = [
    [550, live("other", booted)],
    ...beats("other", { fromMs: 600, toMs: 60_000, session: "x" }),
  ];
  const same = playCluster({ notes: [...others, ...sameBoot], untilMs: 60_000, lan: { gateway } });
  assert.deepEqual(deathsOf(same.played), []);
});

Deno.test("the agent of the observer's own machine needs no network for its verdict", () => {
  const { played } = playCluster({
    notes: beats("hub-pi", { fromMs: 600, toMs: 20_000 }),
    untilMs: 60_000,
    lan: { gateway: isMute },
  });
  assert.deepEqual(deathsOf(played), ["hub-pi"]);
});

Deno.test("if the machine answers, its agent is silent, whatever proves the network", () => {
  const lan = {
    gateway: carries,
    node: (id: string): Answer => id === "arya" ? "refused" : "no_answer",
  };
  const { played } = playCluster({ notes: threePis(20_000), untilMs: 60_000, lan });
  const reasons = played.flatMap(({ output }) =>
    output.kind === "transition" && output.to === "dead" ? [`${output.node} ${output.reason}`] : []
  );
  assert.deepEqual(reasons.toSorted(), ["arya agent_silent", "bran silence", "ned silence"]);
});

Deno.test("a bridge on this machine proves nothing about the network behind it", () => {
  const isOut = (atMs: number) => atMs > 20_000 && atMs < 60_000;
  const lan: Lan = {
    gateway: carries,
    provider: (atMs) => isOut(atMs) ? "no_answer" : "answered",
    nodeReach: "routed",
  };
  const out = playCluster({ notes: threePis(20_000, 61_000), untilMs: 120_000, lan });
  assert.deepEqual(deathsOf(out.played), []);
  const dead = playCluster({
    notes: threePis(20_000),
    untilMs: 60_000,
    lan: { ...lan, provider: carries },
  });
  const reaches = dead.played.flatMap(({ output }) =>
    output.kind === "transition" && output.to === "dead" ? [output.reach] : []
  );
  assert.deepEqual(reaches, ["routed", "routed", "routed"]);
});

Deno.test("a broker on another machine of this network proves it by its echo, as before", () => {
  const { played } = playCluster({
    notes: [
      [1, { kind: "link", up: true, broker: { reach: "on_link", device: "eth0" } }],
      ...threePis(20_000),
    ],
    untilMs: 60_000,
    lan: { gateway: (atMs) => atMs < 20_000 ? "refused" : "no_answer" },
  });
  assert.equal(deathsOf(played).length, 3);
});

Deno.test("Pis that stay away after the network is back are reported after two minutes", () => {
  const { played } = playCluster({
    notes: [...threePis(20_000), [20_050, ownLink(false)], [30_000, ownLink(true)]],
    untilMs: 200_000,
    lan: { gateway: carries },
  });
  const told = played.filter(({ output }) => output.kind === "transition" && output.to === "dead");
  assert.equal(told.length, 3);
  for (const { atMs } of told) assert.ok(atMs > 150_000 && atMs < 170_000, `${atMs}`);
});

Deno.test("after one Pi is back, the others have another minute, because Wi-Fi is slow", () => {
  const backFrom = (id: string, fromMs: number) =>
    beats(id, { fromMs, toMs: 110_000, session: `${id}-a`, seq: 1000 });
  const { played } = playCluster({
    notes: [
      ...threePis(20_000),
      [20_050, ownLink(false)],
      [30_000, ownLink(true)],
      ...backFrom("bran", 35_000),
      ...backFrom("ned", 75_000),
    ],
    untilMs: 105_000,
    lan: { gateway: carries },
  });
  assert.deepEqual(deathsOf(played), ["arya"]);
});

Deno.test("a link that fails once a minute does not delay a verdict for ever", () => {
  const flaps = Array.from({ length: 10 }, (_, index) => {
    const atMs = 22_000 + index * 50_000;
    return [[atMs, ownLink(false)] as const, [atMs + 2000, ownLink(true)] as const];
  }).flat();
  const alive = ["bran", "ned"].flatMap((id) =>
    beats(id, { fromMs: 20_500, toMs: 400_000, session: `${id}-a`, seq: 1000 })
  );
  const { played } = playCluster({
    notes: [...threePis(20_000), ...alive, ...flaps],
    untilMs: 180_000,
    lan: { gateway: carries },
  });
  assert.deepEqual(deathsOf(played), ["arya"]);
});

Deno.test("a link that is reported down while Pis are heard is not the one to the Pis", () => {
  const { played } = playCluster({
    notes: [...threePis(60_000), [20_050, ownLink(false)]],
    untilMs: 58_000,
    lan: { gateway: carries },
  });
  const sights = linesOfKind(played, "visibility");
  assert.equal(sights.length, 3, sights.join());
  const dead = playCluster({
    notes: [...threePis(60_000), [20_050, ownLink(false)]],
    untilMs: 100_000,
    lan: { gateway: carries },
  });
  assert.equal(deathsOf(dead.played).length, 3);
});

Deno.test("without a Pi on another machine, an unplugged cable has no effect", () => {
  const { played } = playCluster({
    notes: [[5000, ownLink(false)], ...beats("hub-pi", { fromMs: 600, toMs: 20_000 })],
    untilMs: 60_000,
    lan: {},
  });
  assert.deepEqual(linesOfKind(played, "visibility"), ["0.002s visible"]);
  assert.deepEqual(deathsOf(played), ["hub-pi"]);
});

Deno.test("a start without network is blind for that reason until a Pi is heard", () => {
  const { played } = playCluster({
    notes: [[-1, ownLink(false)], [50_000, ownLink(true)], ...threePis(0, 55_000)],
    expected: ["arya", "bran", "ned"],
    untilMs: 100_000,
    lan: { gateway: carries },
  });
  assert.deepEqual(deathsOf(played), []);
  assert.match(linesOfKind(played, "visibility")[0] ?? "", /blind \(no_link\)$/);
});
