/** How a page applies the hub's messages. */

import assert from "node:assert/strict";
import { type Change, FEED_ROWS_MAX, type Snapshot } from "../../../core/api/feed.ts";
import { applyFeed } from "../../../core/api/feed_apply.ts";
import { AT, delivery, incident, node, view } from "../../support/page/page_views.ts";

const LATER = "2026-03-01T13:02:12.000Z";
const before = view([node("John Snow"), node("Arya")], { incidents: [incident(1)] });

function change(other: Partial<Change> = {}): Change {
  return { kind: "change", seq: 2, at: LATER, ...other };
}

Deno.test("a snapshot replaces everything", () => {
  const snapshot: Snapshot = { kind: "snapshot", ...view([node("Bran")], { seq: 40 }) };
  assert.deepEqual(applyFeed(before, snapshot), view([node("Bran")], { seq: 40 }));
  assert.deepEqual(applyFeed(undefined, snapshot), view([node("Bran")], { seq: 40 }));
});

Deno.test("a change without a snapshot before it is refused", () => {
  assert.equal(applyFeed(undefined, change()), undefined);
});

Deno.test("a change that is not the next one is refused", () => {
  assert.equal(applyFeed(before, change({ seq: 3 })), undefined);
  assert.equal(applyFeed(before, change({ seq: 1 })), undefined);
});

Deno.test("an empty change only moves time", () => {
  assert.deepEqual(applyFeed(before, change()), { ...before, seq: 2, at: LATER });
});

Deno.test("a changed node replaces the one before, a new one is added, others stay as they are", () => {
  const after = applyFeed(before, change({ nodes: [node("Arya", "dead"), node("Bran")] }));
  assert.deepEqual(after?.nodes, [node("John Snow"), node("Arya", "dead"), node("Bran")]);
  assert.equal(after.nodes[0], before.nodes[0]);
});

Deno.test("a node that is no longer watched is removed", () => {
  const after = applyFeed(before, change({ removed: ["arya"] }));
  assert.deepEqual(after?.nodes, [node("John Snow")]);
});

Deno.test("a heartbeat changes the last sign of life and nothing else", () => {
  const after = applyFeed(before, change({ heard: { arya: LATER, stranger: LATER } }));
  assert.deepEqual(after?.nodes, [
    node("John Snow"),
    node("Arya", "alive", { last_heartbeat_at: LATER }),
  ]);
});

Deno.test("blindness begins and ends, and lasts while no change mentions it", () => {
  const blind = { since: AT, code: "no_echo", reason: "the broker does not answer" } as const;
  const during = applyFeed(before, change({ blind }));
  assert.deepEqual(during?.blind, blind);
  assert.deepEqual(applyFeed(during, change({ seq: 3 }))?.blind, blind);
  assert.equal(applyFeed(during, change({ seq: 3, blind: null }))?.blind, null);
});

Deno.test("rows of history are replaced by id and kept newest first", () => {
  const ended = incident(1, { recovered_at: LATER });
  const after = applyFeed(before, change({ incidents: [incident(2), ended] }));
  assert.deepEqual(after?.incidents, [incident(2), ended]);
});

Deno.test("a page keeps no more rows than a snapshot carries", () => {
  const many = Array.from({ length: FEED_ROWS_MAX + 5 }, (_, index) => delivery(index + 1));
  const after = applyFeed(before, change({ deliveries: many }));
  assert.equal(after?.deliveries.length, FEED_ROWS_MAX);
  assert.equal(after.deliveries[0]?.id, FEED_ROWS_MAX + 5);
});

Deno.test("a guest stays a guest until the next snapshot", () => {
  const guest = applyFeed(undefined, { kind: "snapshot", ...view([], { guest: true }) });
  assert.equal(applyFeed(guest, change())?.guest, true);
  assert.equal(applyFeed(guest, { kind: "snapshot", ...view([]) })?.guest, undefined);
});
