/** How a page builds its view from the hub's messages. */

import assert from "node:assert/strict";
import type { DeliveryView } from "../../../core/api/delivery_view.ts";
import { type Change, type ClusterView, FEED_ROWS_MAX } from "../../../core/api/feed.ts";
import type { IncidentView } from "../../../core/api/incident_view.ts";
import type { NodeView } from "../../../core/api/node_view.ts";
import { applyFeed } from "../../../core/api/feed_apply.ts";

import { NOTIFYING, WELL } from "../../support/page/page_views.ts";

const AT = "2026-11-22T14:02:11.000Z";
const LATER = "2026-11-22T14:02:12.000Z";

function node(id: string, more: Partial<NodeView> = {}): NodeView {
  return {
    id,
    name: id,
    display_name: id,
    liveness: "alive",
    since: AT,
    session: "a",
    last_heartbeat_at: AT,
    vitals: {},
    facts: {},
    warnings: [],
    warning_codes: [],
    group: null,
    remote: [],
    acknowledged: false,
    maintenance_until: null,
    flapping: false,
    agent_silent: false,
    farewell: null,
    storage: null,
    ...more,
  };
}

function incident(id: number, more: Partial<IncidentView> = {}): IncidentView {
  return {
    id,
    kind: "node",
    node: "pi-1",
    name: "pi-1",
    died_at: AT,
    last_heard_at: null,
    told_at: null,
    recovered_at: null,
    acknowledged_at: null,
    cause: "silence",
    reason: "silence",
    changes: 0,
    parent: null,
    ...more,
  };
}

function delivery(id: number, more: Partial<DeliveryView> = {}): DeliveryView {
  return {
    id,
    incident_ids: [1],
    channel: "print",
    recipient: "nobody",
    text: "pi-1 is down.",
    state: "pending",
    attempts: 0,
    last_error: null,
    failure: null,
    reference: null,
    created_at: AT,
    ...more,
  };
}

function view(more: Partial<ClusterView> = {}): ClusterView {
  return {
    seq: 7,
    at: AT,
    time_zone: "UTC",
    blind: null,
    alarm: WELL,
    notification: NOTIFYING,
    refused: [],
    nodes: [],
    incidents: [],
    deliveries: [],
    ...more,
  };
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
  const dead = node("pi-2", { liveness: "dead" });
  const after = applyFeed(before, change({ nodes: [dead, node("pi-4")], removed: ["pi-1", "x"] }));
  assert.deepEqual(after?.nodes, [dead, node("pi-3"), node("pi-4")]);
  assert.deepEqual(before.nodes.map(({ id }) => id), ["pi-1", "pi-2", "pi-3"]);
});

Deno.test("a node that is removed and comes back in one change stays", () => {
  const before = view({ nodes: [node("pi-1", { name: "old" })] });
  const after = applyFeed(before, change({ nodes: [node("pi-1")], removed: ["pi-1"] }));
  assert.deepEqual(after?.nodes, [node("pi-1")]);
});

Deno.test("last heartbeats change alone, and those of unknown nodes are ignored", () => {
  const before = view({ nodes: [node("pi-1"), node("pi-2")] });
  const heard = JSON.parse(`{"pi-1":"${LATER}","stranger":"${LATER}","__proto__":"${LATER}"}`);
  const after = applyFeed(before, change({ heard }));
  assert.deepEqual(after?.nodes, [node("pi-1", { last_heartbeat_at: LATER }), node("pi-2")]);
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
  const before = view({
    incidents: Array.from({ length: FEED_ROWS_MAX }, (_, index) => incident(FEED_ROWS_MAX - index)),
  });
  const rows = applyFeed(before, change({ incidents: [incident(FEED_ROWS_MAX + 1)] }))?.incidents;
  assert.equal(rows?.length, FEED_ROWS_MAX);
  assert.deepEqual([rows[0]?.id, rows.at(-1)?.id], [FEED_ROWS_MAX + 1, 2]);
});
