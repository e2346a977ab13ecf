/** How a page builds its view from the hub's messages. */

import assert from "node:assert/strict";
import { type Change, type ClusterView, FEED_ROWS_MAX } from "../../../core/api/feed.ts";
import { applyFeed } from "../../../core/api/feed_apply.ts";
import {
  AT,
  delivery,
  incident,
  node,
  view as viewOf,
  WELL,
} from "../../support/page/page_views.ts";
import { patched, patchOf } from "../../../core/api/node_patch.ts";

const LATER = "2026-03-01T13:02:12.000Z";

function view(more: Partial<ClusterView> = {}): ClusterView {
  return viewOf([], { seq: 7, ...more });
}

function change(more: Partial<Change> = {}): Change {
  return { kind: "change", seq: 8, at: LATER, ...more };
}

Deno.test("a snapshot replaces the whole view", () => {
  const snapshot = view({ seq: 3, nodes: [node("pi-2")] });
  for (const before of [undefined, view({ seq: 100, nodes: [node("pi-1")], guest: true })]) {
    assert.deepEqual(applyFeed(before, { kind: "snapshot", ...snapshot }), snapshot);
  }
});

Deno.test("a guest stays a guest until the next snapshot", () => {
  assert.equal(applyFeed(view({ guest: true }), change())?.guest, true);
});

Deno.test("a change without a view, or out of order, asks for a snapshot", () => {
  assert.equal(applyFeed(undefined, change({ seq: 1 })), undefined);
  for (const seq of [6, 7, 9, 0, NaN]) assert.equal(applyFeed(view(), change({ seq })), undefined);
});

Deno.test("an empty change moves only sequence and clock", () => {
  const before = view({ nodes: [node("pi-1")], incidents: [incident(1)], guest: true });
  assert.deepEqual(applyFeed(before, change()), { ...before, seq: 8, at: LATER });
});

Deno.test("blindness begins and ends, and lasts if a change does not mention it", () => {
  const blind = { since: AT, code: "no_echo", reason: "the broker does not answer" } as const;
  assert.deepEqual(applyFeed(view(), change({ blind }))?.blind, blind);
  assert.deepEqual(applyFeed(view({ blind }), change())?.blind, blind);
  assert.equal(applyFeed(view({ blind }), change({ blind: null }))?.blind, null);
});

Deno.test("the alarm is replaced as a whole, and lasts if a change does not mention it", () => {
  const alarm = { ...WELL, shows: "dead", maintenance: [{ node: null, until: LATER }] } as const;
  assert.deepEqual(applyFeed(view(), change({ alarm }))?.alarm, alarm);
  assert.deepEqual(applyFeed(view({ alarm }), change())?.alarm, alarm);
});

Deno.test("refused clients are replaced as a whole, and last if a change does not mention them", () => {
  const refused = [{ reason: "rate", from: "pi-7", count: 40, since: AT, last: LATER }] as const;
  assert.deepEqual(applyFeed(view(), change({ refused }))?.refused, refused);
  assert.deepEqual(applyFeed(view({ refused }), change())?.refused, refused);
  assert.deepEqual(applyFeed(view({ refused }), change({ refused: [] }))?.refused, []);
});

Deno.test("nodes are replaced in their place, new ones come last, removed ones go", () => {
  const before = view({ nodes: [node("pi-1"), node("pi-2"), node("pi-3")] });
  const dead = node("pi-2", "dead");
  const after = applyFeed(before, change({ nodes: [dead, node("pi-4")], removed: ["pi-1", "x"] }));
  assert.deepEqual(after?.nodes, [dead, node("pi-3"), node("pi-4")]);
  // Unchanged nodes stay the same objects, which the page need not draw again.
  assert.equal(after.nodes[1], before.nodes[2]);
  assert.deepEqual(before.nodes.map(({ id }) => id), ["pi-1", "pi-2", "pi-3"]);
});

Deno.test("a node that is removed and comes back in one change stays", () => {
  const before = view({ nodes: [node("pi-1", "alive", { display_name: "old" })] });
  const after = applyFeed(before, change({ nodes: [node("pi-1")], removed: ["pi-1"] }));
  assert.deepEqual(after?.nodes, [node("pi-1")]);
});

Deno.test("last heartbeats change alone, and those of unknown nodes are ignored", () => {
  const before = view({ nodes: [node("pi-1"), node("pi-2")] });
  const heard = JSON.parse(`{"pi-1":"${LATER}","stranger":"${LATER}","__proto__":"${LATER}"}`);
  const after = applyFeed(before, change({ heard }));
  assert.deepEqual(after?.nodes, [
    node("pi-1", "alive", { last_heartbeat_at: LATER }),
    node("pi-2"),
  ]);
});

Deno.test("patches change the named keys, and values of vitals where the level is the same", () => {
  const before = view({
    nodes: [
      node("pi-1", "alive", {
        vitals: { cpu: { value: 10, level: "ok" }, disk: { value: 1, level: "ok" } },
      }),
      node("pi-2"),
    ],
  });
  const after = applyFeed(
    before,
    change({
      patches: {
        "pi-1": { liveness: "dead", vitals: { cpu: 12, disk: { value: 99, level: "critical" } } },
      },
    }),
  );
  assert.deepEqual(after?.nodes, [
    node("pi-1", "alive", {
      liveness: "dead",
      vitals: { cpu: { value: 12, level: "ok" }, disk: { value: 99, level: "critical" } },
    }),
    node("pi-2"),
  ]);
});

Deno.test("a patch of an unknown node asks for a snapshot", () => {
  assert.equal(applyFeed(view(), change({ patches: { stranger: { flapping: true } } })), undefined);
});

Deno.test("a patch is what differs, and nothing where a vital has gone", () => {
  const before = node("pi-1", "alive", { vitals: { cpu: { value: 10, level: "ok" } } });
  const after = node("pi-1", "alive", {
    acknowledged: true,
    last_heartbeat_at: LATER,
    vitals: { cpu: { value: 11, level: "ok" }, fan: { value: true, level: "ok" } },
  });
  assert.deepEqual(patchOf(before, after), {
    acknowledged: true,
    vitals: { cpu: 11, fan: { value: true, level: "ok" } },
  });
  assert.deepEqual(patchOf(before, { ...before, facts: {}, last_heartbeat_at: LATER }), {});
  assert.equal(patchOf(after, before), undefined);
  assert.deepEqual(patched(before, patchOf(before, after) ?? {}), {
    ...after,
    last_heartbeat_at: AT,
  });
});

Deno.test("a node is steady until its age, its whole view or its last heartbeat comes", () => {
  const nodes = ["pi-1", "pi-2", "pi-3", "pi-4"].map((id) => node(id));
  const start = applyFeed(undefined, { kind: "snapshot", ...view({ nodes, steady: [] }) });
  const steady = applyFeed(start, change({ steady: nodes.map(({ id }) => id) }));
  assert.deepEqual(steady?.steady, ["pi-1", "pi-2", "pi-3", "pi-4"]);
  const after = applyFeed(steady, {
    ...change({ seq: 9, ages: { "pi-1": 1500 }, nodes: [node("pi-2")] }),
    patches: { "pi-3": { last_heartbeat_at: LATER }, "pi-4": { flapping: true } },
  });
  assert.deepEqual(after?.steady, ["pi-4"]);
  assert.equal(after?.nodes[0]?.last_heartbeat_at, "2026-03-01T13:02:10.500Z");
});

Deno.test("rows are added and replaced by their number, newest first", () => {
  const before = view({ incidents: [incident(2), incident(1)], deliveries: [delivery(1)] });
  const ended = incident(1, { recovered_at: LATER });
  const accepted = delivery(1, { state: "accepted", attempts: 1 });
  const after = applyFeed(
    before,
    change({ incidents: [ended, incident(3)], deliveries: [accepted, delivery(2)] }),
  );
  assert.deepEqual(after?.incidents, [incident(3), incident(2), ended]);
  assert.deepEqual(after?.deliveries, [delivery(2), accepted]);
});

Deno.test("a page keeps the newest rows and no more", () => {
  const ids = Array.from({ length: FEED_ROWS_MAX + 5 }, (_, index) => index + 1);
  const [first, last] = [FEED_ROWS_MAX + 5, 6];
  const before = view({ incidents: ids.slice(0, FEED_ROWS_MAX).map((id) => incident(id)) });
  const after = applyFeed(
    before,
    change({
      incidents: ids.slice(FEED_ROWS_MAX).map((id) => incident(id)),
      deliveries: ids.map((id) => delivery(id)),
    }),
  );
  for (const rows of [after?.incidents, after?.deliveries]) {
    assert.equal(rows?.length, FEED_ROWS_MAX);
    assert.deepEqual([rows[0]?.id, rows.at(-1)?.id], [first, last]);
  }
});
