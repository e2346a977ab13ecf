/** A tracker that learns from the hub: no alarm is lost, and none is false. */

import assert from "node:assert/strict";
import { newWatchSource } from "../../../core/alarm/watch_source.ts";
import {
  beats,
  birth,
  farewell,
  lastWill,
  link,
  live,
  retained,
} from "../../support/detection/cluster_score.ts";
import { deadView, hubSpeaks, listed, view } from "../../support/detection/hub_score.ts";
import { linesOfKind } from "../../support/detection/score_lines.ts";
import { hubSays, playWatch, SELF, type WatchScore } from "../../support/detection/watch_score.ts";

/** What it shows, and each change of its source; without that to the hub that was configured. */
function lines(score: WatchScore): readonly string[] {
  return allLines(score).filter((line) => !line.endsWith("(configured)"));
}

function allLines(score: WatchScore): readonly string[] {
  return linesOfKind(playWatch(score).played, "show", "watch");
}

Deno.test("a tracker of a large cluster leaves it to the hub, and shows the hub's verdicts", () => {
  const views = [
    [1000, view(1)],
    [40_000, deadView(2, ["pi-7"])],
    [60_000, view(3)],
  ] as const;
  assert.deepEqual(lines({ watch: "auto", notes: hubSpeaks(views, 90_000), untilMs: 90_000 }), [
    "0.002s show all_well",
    "31s learns from hub (many_nodes)",
    "40s show dead",
    "44s show dead_buzzing",
    "60s show all_well",
  ]);
});

Deno.test("a small cluster is heard node by node, and so is one that shrinks", () => {
  const small = [[1000, view(1, { nodes: 199 })]] as const;
  assert.deepEqual(
    lines({ watch: "auto", notes: hubSpeaks(small, 90_000), untilMs: 90_000 }),
    ["0.002s show all_well"],
  );
  const shrinks = [
    [1000, view(1, { nodes: 200 })],
    [50_000, view(2, { nodes: 150 })],
    [60_000, view(3, { nodes: 149 })],
    [70_000, view(4, { nodes: 199 })],
  ] as const;
  assert.deepEqual(lines({ watch: "auto", notes: hubSpeaks(shrinks, 150_000), untilMs: 150_000 }), [
    "0.002s show all_well",
    "31s learns from hub (many_nodes)",
    "60s learns from all (few_nodes)",
  ]);
});

Deno.test("where it is configured, a tracker believes the hub from its first echo on", () => {
  const views = [[100, { ...deadView(1, ["pi-7"]), retained: true }]] as const;
  const notes = hubSpeaks(views, 30_000).map(([atMs, input]) =>
    [input.kind === "echo" ? atMs + 3000 : atMs, input] as const
  );
  assert.deepEqual(allLines({ watch: "hub", notes, untilMs: 30_000 }), [
    "0.002s show all_well",
    "3.101s learns from hub (configured)",
    "3.101s show dead",
    "7.101s show dead_buzzing",
  ]);
});

Deno.test("without a hub that publishes a view, all nodes are heard, and the dead one is found", () => {
  const notes = [
    ...beats("pi-1", { fromMs: 6000, toMs: 20_000 }),
    ...beats("pi-2", { fromMs: 6000, toMs: 60_000 }),
  ];
  assert.deepEqual(lines({ watch: "hub", notes, untilMs: 40_000 }), [
    "0.002s show all_well",
    "5.002s learns from all (no_view)",
    "23.3s show suspect",
    "25.002s show dead",
    "29s show dead_buzzing",
  ]);
});

Deno.test("a node that dies while the hub is dead is found by the tracker itself", () => {
  const notes = [
    ...hubSpeaks([[100, view(1)]], 50_000),
    [50_500, hubSays(lastWill("hub-a"))] as const,
    // pi-1 died together with the hub. The broker keeps its last will and the birth of pi-2.
    [55_502, retained("pi-1", lastWill("pi-1-a"))] as const,
    [55_502, retained("pi-2", birth("pi-2-a"))] as const,
    ...beats("pi-2", { fromMs: 55_900, toMs: 90_000, seq: 50 }),
  ];
  assert.deepEqual(lines({ watch: "hub", notes, untilMs: 80_000 }), [
    "0.002s show all_well",
    "55.5s learns from all (gone)",
    "60.5s show hub_dead",
    "62.507s show dead",
    "66.505s show dead_buzzing",
  ]);
});

Deno.test("a hub that falls silent is noticed without its last will", () => {
  const notes = [
    ...hubSpeaks([[100, view(1)]], 50_000),
    ...beats("pi-1", { fromMs: 0, toMs: 45_000 }),
    [62_000, retained("pi-1", birth("pi-1-a"))] as const,
  ];
  const played = lines({ watch: "hub", notes, untilMs: 75_000 });
  assert.equal(played[1], "57.101s learns from all (silent)");
  // The retained birth came late. The node still has its full time from then on.
  assert.equal(played.at(-2), "69.002s show dead");
});

Deno.test("a blind hub is not believed, and its deaths are kept until the nodes are heard", () => {
  const notes = [
    ...hubSpeaks([
      [100, view(1)],
      [40_000, deadView(2, ["pi-7", "pi-8"])],
      [50_000, view(3, { blind: true })],
    ], 120_000),
    // pi-7 is dead. An old farewell of a reboot is retained, and says nothing about its death.
    [55_001, retained("pi-7", farewell("pi-7-a", "reboot"))] as const,
    [55_001, retained("pi-8", birth("pi-8-a"))] as const,
    [60_000, live("pi-7", birth("pi-7-b"))] as const,
    ...beats("pi-7", { session: "pi-7-b", fromMs: 60_000, toMs: 120_000 }),
    [70_000, live("pi-8", birth("pi-8-b"))] as const,
    ...beats("pi-8", { session: "pi-8-b", fromMs: 70_000, toMs: 120_000 }),
  ];
  assert.deepEqual(lines({ watch: "hub", notes, untilMs: 110_000 }), [
    "0.002s show all_well",
    "40s show dead",
    "44s show dead_buzzing",
    "55s learns from all (blind)",
    "70s show all_well",
  ]);
});

Deno.test("a hub that restarts quickly changes neither the source nor the LED", () => {
  const notes = [
    ...hubSpeaks([[100, view(1)], [20_000, deadView(2, ["pi-7"])]], 40_000),
    [41_000, hubSays(farewell("hub-a", "restart"))] as const,
    ...hubSpeaks([
      [44_000, view(1, { session: "hub-b", blind: true })],
      // It does not know yet how pi-7 is.
      [
        45_000,
        view(2, {
          session: "hub-b",
          listed: new Map([["pi-7", listed({ liveness: "unknown" })]]),
          unlisted: 900,
        }),
      ],
      [55_000, { ...deadView(3, ["pi-7"]), session: "hub-b" }],
    ], 90_000),
  ];
  assert.deepEqual(lines({ watch: "hub", notes, untilMs: 90_000 }), [
    "0.002s show all_well",
    "20s show dead",
    "24s show dead_buzzing",
  ]);
});

Deno.test("a view that was lost on its way makes the tracker hear all nodes", () => {
  const notes = hubSpeaks([[100, view(1)], [20_000, deadView(2, ["pi-7"])]], 60_000)
    .filter(([, input]) => input.kind !== "hub_view" || input.number !== 2);
  assert.equal(
    lines({ watch: "hub", notes, untilMs: 60_000 })[1],
    "23.101s learns from all (behind)",
  );
});

Deno.test("after its own connection broke, a tracker believes the same hub again", () => {
  const notes = [
    ...hubSpeaks([[100, view(1)], [20_000, deadView(2, ["pi-7"])]], 30_000),
    [31_000, link(false)] as const,
    [61_000, link(true)] as const,
    ...hubSpeaks([[61_003, { ...deadView(2, ["pi-7"]), retained: true }]], 120_000).map((
      [atMs, input],
    ) => [input.kind === "echo" ? atMs + 5000 : atMs, input] as const),
  ];
  assert.deepEqual(lines({ watch: "hub", notes, untilMs: 120_000 }), [
    "0.002s show all_well",
    "20s show dead",
    "24s show dead_buzzing",
    "31s show blind",
    "61.002s show dead",
    "65.002s show dead_buzzing",
  ]);
});

Deno.test("while the broker does not answer the subscription, no silence counts", () => {
  const notes = [
    ...hubSpeaks([[100, view(1)]], 30_000),
    [43_000, retained("pi-1", birth("pi-1-a"))] as const,
  ];
  const score = { watch: "hub", notes, untilMs: 120_000, subscribeTrip: () => undefined } as const;
  assert.deepEqual(lines(score), [
    "0.002s show all_well",
    "37.101s learns from all (silent)",
    "55.101s show hub_dead",
  ]);
});

Deno.test("a tracker does not leave a node to a hub that calls it well while it is dead", () => {
  const notes = [
    ...hubSpeaks([[100, view(1)], [70_000, deadView(2, ["pi-1"])]], 150_000),
    ...beats("pi-1", { fromMs: 0, toMs: 20_000 }),
  ];
  const played = lines({ watch: "auto", notes, untilMs: 150_000 });
  assert.equal(played.at(-1), "90.1s learns from hub (many_nodes)");
  assert.equal(played.filter((line) => line.includes("show all_well")).length, 1);
});

Deno.test("the hub's verdict on the tracker's own Pi is not shown", () => {
  const notes = hubSpeaks([[100, view(1)], [20_000, deadView(2, [SELF])]], 60_000);
  assert.deepEqual(lines({ watch: "hub", notes, untilMs: 60_000 }), ["0.002s show all_well"]);
});

Deno.test("a node that may be away on purpose, and a fault of a card, show as without a hub", () => {
  const away = listed({ isAlertable: false });
  const fault = listed({ liveness: "alive", fault: "errors" });
  const notes = hubSpeaks([
    [100, view(1)],
    [20_000, view(2, { listed: new Map([["pi-1", away]]) })],
    [40_000, view(3)],
    [60_000, view(4, { listed: new Map([["pi-2", fault]]) })],
    [80_000, view(5)],
  ], 100_000);
  assert.deepEqual(lines({ watch: "hub", notes, untilMs: 100_000 }), [
    "0.002s show all_well",
    "20s show dead",
    "40s show all_well",
    "60s show dead",
    "64s show dead_buzzing",
    "80s show all_well",
  ]);
});

Deno.test("a list that does not fit clears nobody", () => {
  const notes = hubSpeaks([
    [100, view(1)],
    [20_000, deadView(2, ["pi-1", "pi-2"])],
    [30_000, { ...deadView(3, ["pi-3", "pi-4"]), unlisted: 2 }],
    [40_000, { ...deadView(4, ["pi-4"]) }],
  ], 60_000);
  const { state } = playWatch({ watch: "hub", notes, untilMs: 35_000 });
  assert.deepEqual([...state.verdicts.nodes.keys()], ["pi-1", "pi-2", "pi-3", "pi-4"]);
  const later = playWatch({ watch: "hub", notes, untilMs: 60_000 });
  assert.deepEqual([...later.state.verdicts.nodes.keys()], ["pi-4"]);
});

Deno.test("each mode begins with its source", () => {
  const sources = (["auto", "all", "hub"] as const).map((mode) => newWatchSource(mode).source);
  assert.deepEqual(sources, ["all", "all", "hub"]);
});
