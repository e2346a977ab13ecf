/** The hub's view on the wire: it returns as it was, it always fits, and garbage is refused. */

import fc from "fast-check";
import assert from "node:assert/strict";
import { type HubView, LISTED_LIVENESS, type ListedNode } from "../../../core/protocol/hub_view.ts";
import { decodeHubView, encodeHubView } from "../../../core/protocol/hub_view_codec.ts";
import { STORAGE_FAULTS } from "../../../core/protocol/storage.ts";
import { PAYLOAD_MAX } from "../../../core/protocol/wire.ts";
import { decodeMessage } from "../../../core/protocol/wire_decoding.ts";

const id = fc.stringMatching(/^[a-z0-9-]{1,63}$/);
const listed: fc.Arbitrary<ListedNode> = fc.record({
  liveness: fc.constantFrom(...LISTED_LIVENESS),
  forMs: fc.nat({ max: 2 ** 31 }),
  isAlertable: fc.boolean(),
  fault: fc.option(fc.constantFrom(...STORAGE_FAULTS), { nil: undefined }),
}, { noNullPrototype: true });
const head = fc.record({
  session: fc.uuid(),
  number: fc.nat(),
  blind: fc.boolean(),
  nodes: fc.nat({ max: 20_000 }),
});

function decoded(payload: string, retained = false): HubView {
  const found = decodeHubView(payload, retained);
  assert.ok(found.ok, found.ok ? "" : found.reason);
  return found.value;
}

Deno.test("a view returns as it was, first things first, and what has no place is counted", () => {
  const unwell = fc.uniqueArray(fc.tuple(id, listed), { selector: ([key]) => key, maxLength: 300 });
  fc.assert(fc.property(head, unwell, fc.boolean(), (view, nodes, retained) => {
    const payload = encodeHubView(view, nodes);
    assert.ok(new TextEncoder().encode(payload).length <= PAYLOAD_MAX);
    const found = decoded(payload, retained);
    const shown = nodes.slice(0, found.listed.size);
    assert.deepEqual(found, {
      kind: "hub_view",
      ...view,
      listed: new Map(shown),
      unlisted: nodes.length - shown.length,
      retained,
    });
  }));
});

Deno.test("a hundred nodes with ordinary names have a place", () => {
  const nodes = Array.from({ length: 120 }, (_, index): [string, ListedNode] => [
    `raspberry-${index}`,
    { liveness: "dead", forMs: 86_400_000, isAlertable: true, fault: undefined },
  ]);
  const view = { session: crypto.randomUUID(), number: 1, blind: false, nodes: 1000 };
  assert.equal(decoded(encodeHubView(view, nodes)).unlisted, 0);
});

Deno.test("a view of another make is refused with a reason", () => {
  const good = { session: "s", number: 1, blind: false, nodes: 3, listed: {}, unlisted: 0 };
  const refused = (change: object) => {
    const found = decodeHubView(JSON.stringify({ ...good, ...change }), false);
    return found.ok ? "accepted" : found.reason;
  };
  assert.equal(refused({ later: "key" }), "accepted");
  assert.match(refused({ session: "two words" }), /^session: /);
  assert.match(refused({ number: -1 }), /^number: /);
  assert.match(refused({ blind: "no" }), /^blind: /);
  assert.match(refused({ nodes: 1e300 }), /^nodes: /);
  assert.match(refused({ listed: null }), /^listed: expected an object/);
  assert.match(refused({ listed: { "Pi 1": { liveness: "dead", for_ms: 1 } } }), /^listed\.0\.0: /);
  assert.match(refused({ listed: { pi: { liveness: "gone", for_ms: 1 } } }), /^listed\.0\.1/);
  assert.match(refused({ listed: { pi: { liveness: "dead" } } }), /^listed\.0\.1/);
  for (const payload of ["", "null", "[]", "{", `{"listed":"${"x".repeat(PAYLOAD_MAX)}"}`]) {
    assert.equal(decodeHubView(payload, false).ok, false);
  }
});

Deno.test("ages are bounded, and a fault that this version does not know is one", () => {
  const payload = '{"session":"s","number":1,"blind":false,"nodes":3,"unlisted":0,"listed":{' +
    '"a":{"liveness":"dead","for_ms":-5},"b":{"liveness":"alive","for_ms":1e300,' +
    '"storage_fault":"melted"},"constructor":{"liveness":"dead","for_ms":1}}}';
  const { listed } = decoded(payload);
  assert.equal(listed.get("a")?.forMs, 0);
  assert.deepEqual(listed.get("b"), {
    liveness: "alive",
    forMs: 10 ** 12,
    isAlertable: true,
    fault: "errors",
  });
  assert.ok(listed.has("constructor"));
});

Deno.test("it has its own topic below the hub's, and an empty one is no view", () => {
  const options = { root: "r", retained: true };
  const view = { session: "s", number: 1, blind: true, nodes: 0 };
  const found = decodeMessage("r/v1/hub/view", encodeHubView(view, []), options);
  assert.equal(found.ok && found.value.kind, "hub_view");
  const empty = decodeMessage("r/v1/hub/view", "", options);
  assert.deepEqual(empty, { ok: true, value: { kind: "ignored" } });
});
