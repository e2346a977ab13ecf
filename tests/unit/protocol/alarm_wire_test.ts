/**
 * Decoding silences of buzzers: each is decoded as it was encoded, and anything else is refused.
 */

import fc from "fast-check";
import assert from "node:assert/strict";
import type { Decoded } from "../../../core/protocol/decoding.ts";
import { topicsOf } from "../../../core/protocol/topics.ts";
import {
  type AlarmMessage,
  type AlarmSilence,
  NODE_ID_PATTERN,
  PAYLOAD_MAX,
  QUIET_NODES_MAX,
} from "../../../core/protocol/wire.ts";
import { encodeAlarm } from "../../../core/protocol/wire_encoding.ts";
import { decodeMessage } from "../../../core/protocol/wire_decoding.ts";

const ROOT = "rpi-cluster";
const { alarm: TOPIC, hubAlarm: HUB_TOPIC } = topicsOf(ROOT);
const UNTIL = "2026-11-22T15:00:00Z";
const UNTIL_MS = Date.parse(UNTIL);

function decode(payload: unknown, retained = false): Decoded<AlarmMessage> {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  const decoded = decodeMessage(TOPIC, text, { root: ROOT, retained });
  if (!decoded.ok) return decoded;
  assert.equal(decoded.value.kind, "alarm");
  return { ok: true, value: decoded.value };
}

function heard(payload: unknown, retained = false): AlarmMessage {
  const decoded = decode(payload, retained);
  assert.ok(decoded.ok, decoded.ok ? "" : decoded.reason);
  return decoded.value;
}

function reason(payload: unknown): string {
  const decoded = decode(payload);
  assert.equal(decoded.ok, false, `accepted ${JSON.stringify(payload).slice(0, 200)}`);
  assert.ok(decoded.reason.length > 0 && decoded.reason.length <= 200, decoded.reason);
  return decoded.reason;
}

const NOTHING = {
  kind: "alarm",
  source: "press",
  node: undefined,
  atMs: undefined,
  silencedUntilMs: undefined,
  sinceMs: undefined,
  planned: undefined,
  retained: false,
} as const;

Deno.test("the topics of silences are those of the contract", () => {
  assert.equal(TOPIC, "rpi-cluster/v1/alarm");
  assert.equal(HUB_TOPIC, "rpi-cluster/v1/hub/alarm");
});

Deno.test("a bare time is a silence for all, a bare null none", () => {
  assert.deepEqual(heard({ silenced_until: UNTIL }), { ...NOTHING, silencedUntilMs: UNTIL_MS });
  assert.deepEqual(heard({ silenced_until: null, more: 1 }, true), { ...NOTHING, retained: true });
  assert.deepEqual(heard(""), NOTHING);
});

Deno.test("nodes and maintenance are read if the message contains them", () => {
  const payload = {
    at: UNTIL,
    silenced_until: null,
    since: UNTIL,
    maintenance_until: null,
    nodes: { "john-snow": { until: UNTIL, since: UNTIL }, "constructor": { until: UNTIL } },
    acknowledged: ["arya", "constructor"],
  };
  assert.deepEqual(heard(payload), {
    ...NOTHING,
    atMs: UNTIL_MS,
    sinceMs: UNTIL_MS,
    planned: {
      maintenanceUntilMs: undefined,
      nodes: new Map([
        ["john-snow", { untilMs: UNTIL_MS, sinceMs: UNTIL_MS }],
        ["constructor", { untilMs: UNTIL_MS, sinceMs: undefined }],
      ]),
      acknowledged: new Set(["arya", "constructor"]),
    },
  });
  const only = heard({ silenced_until: null, maintenance_until: UNTIL, nodes: {} });
  assert.deepEqual(only.planned, {
    maintenanceUntilMs: UNTIL_MS,
    nodes: new Map(),
    acknowledged: new Set(),
  });
  assert.equal(heard({ silenced_until: null, maintenance_until: UNTIL }).planned, undefined);
});

Deno.test("a silence with a wrong or missing value is refused, and the reason names the place", () => {
  const node = (value: unknown) => ({ silenced_until: null, nodes: { "pi-1": value } });
  const wrong: readonly (readonly [unknown, string])[] = [
    ["{", "payload"],
    ["[]", "payload"],
    ["null", "payload"],
    [{}, "silenced_until"],
    [{ silenced_until: 5 }, "silenced_until"],
    [{ silenced_until: "soon" }, "silenced_until"],
    [{ silenced_until: "2026-11-22" }, "silenced_until"],
    [{ silenced_until: null, since: 5 }, "since"],
    [{ silenced_until: null, at: "x" }, "at"],
    [{ silenced_until: null, node: "Pi 1" }, "node"],
    [{ silenced_until: null, maintenance_until: 1 }, "maintenance_until"],
    [{ silenced_until: null, nodes: null }, "nodes"],
    [{ silenced_until: null, nodes: "x" }, "nodes"],
    [{ silenced_until: null, nodes: { "Pi 1": { until: UNTIL } } }, "nodes"],
    [{ silenced_until: null, nodes: { "": { until: UNTIL } } }, "nodes"],
    [{ silenced_until: null, acknowledged: "x" }, "acknowledged"],
    [{ silenced_until: null, acknowledged: ["Pi 1"] }, "acknowledged"],
    [node(null), "nodes"],
    [node({}), "nodes"],
    [node({ until: null }), "nodes"],
    [node({ until: "x" }), "nodes"],
    [node({ until: UNTIL, since: "x" }), "nodes"],
  ];
  for (const [payload, where] of wrong) {
    const said = reason(payload);
    assert.ok(said.startsWith(where), `${JSON.stringify(payload)}: ${said}`);
  }
  reason('{"silenced_until":null,"nodes":{"__proto__":{"until":"2026-11-22T15:00:00Z"}}}');
  assert.equal("until" in {}, false);
});

Deno.test("the topic shows the sender, and the hub's copy is marked", () => {
  const said = encodeAlarm({
    node: undefined,
    atMs: UNTIL_MS,
    silencedUntilMs: UNTIL_MS,
    sinceMs: UNTIL_MS,
    planned: undefined,
  }, { isCopy: true });
  const sourceOn = (topic: string, payload: string) => {
    const decoded = decodeMessage(topic, payload, { root: ROOT, retained: false });
    assert.ok(decoded.ok && decoded.value.kind === "alarm");
    return decoded.value.source;
  };
  assert.equal(sourceOn(TOPIC, said), "copy");
  assert.equal(sourceOn(HUB_TOPIC, said), "hub");
  for (const copy of [undefined, false, 1, "true", {}]) {
    const payload = JSON.stringify({ silenced_until: null, copy });
    assert.equal(sourceOn(TOPIC, payload), "press");
  }
});

Deno.test("a silence names at most so many nodes, which fit into one payload", () => {
  const nodesOf = (count: number) =>
    new Map(Array.from({ length: count }, (_, index) => [
      String(index).padStart(63, "x"),
      { untilMs: UNTIL_MS, sinceMs: UNTIL_MS },
    ]));
  const silence = (count: number): AlarmSilence => ({
    node: undefined,
    atMs: UNTIL_MS,
    silencedUntilMs: UNTIL_MS,
    sinceMs: UNTIL_MS,
    planned: {
      maintenanceUntilMs: UNTIL_MS,
      nodes: nodesOf(count),
      acknowledged: new Set(Array.from({ length: 5000 }, (_, index) => `pi-${index}`)),
    },
  });
  const longest = encodeAlarm(silence(QUIET_NODES_MAX));
  assert.ok(longest.length <= PAYLOAD_MAX, `${longest.length}`);
  assert.equal(heard(longest).planned?.nodes.size, QUIET_NODES_MAX);
  // As many nodes as fit are silent. The buzzer sounds for the others.
  const few = encodeAlarm(silence(1));
  assert.ok(few.length <= PAYLOAD_MAX && few.length > PAYLOAD_MAX - 20, `${few.length}`);
  assert.ok((heard(few).planned?.acknowledged.size ?? 0) > 500);
  const many = Object.fromEntries(
    Array.from({ length: QUIET_NODES_MAX + 1 }, (_, index) => [`pi-${index}`, { until: UNTIL }]),
  );
  assert.match(reason({ silenced_until: null, nodes: many }), /at most 50 nodes/);
});

const instantMs = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });
const perhapsMs = fc.option(instantMs, { nil: undefined });
const silence: fc.Arbitrary<AlarmSilence> = fc.record({
  node: fc.option(fc.stringMatching(NODE_ID_PATTERN), { nil: undefined }),
  atMs: perhapsMs,
  silencedUntilMs: perhapsMs,
  sinceMs: perhapsMs,
  planned: fc.option(
    fc.record({
      maintenanceUntilMs: perhapsMs,
      nodes: fc.array(
        fc.tuple(
          fc.stringMatching(NODE_ID_PATTERN),
          fc.record({ untilMs: instantMs, sinceMs: perhapsMs }, { noNullPrototype: true }),
        ),
        { maxLength: QUIET_NODES_MAX },
      ).map((entries) => new Map(entries)),
      acknowledged: fc.array(fc.stringMatching(NODE_ID_PATTERN), { maxLength: 10 })
        .map((ids) => new Set(ids)),
    }, { noNullPrototype: true }),
    { nil: undefined },
  ),
}, { noNullPrototype: true });

Deno.test("a silence is decoded as it was encoded", () => {
  fc.assert(fc.property(silence, fc.boolean(), (said, retained) => {
    const as = { kind: "alarm", source: "press", ...said, retained };
    assert.deepEqual(heard(encodeAlarm(said), retained), as);
  }));
});

Deno.test("decoding never throws for any silence", () => {
  const key = fc.constantFrom(
    "silenced_until",
    "since",
    "at",
    "maintenance_until",
    "nodes",
    "acknowledged",
  );
  const payload = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json({ maxDepth: 4 }),
    fc.object({ key: fc.oneof(key, fc.constant("until")), maxDepth: 3 })
      .map((object) => JSON.stringify({ silenced_until: null, ...object })),
  );
  fc.assert(fc.property(payload, fc.boolean(), (text, retained) => {
    const decoded = decode(text, retained);
    if (!decoded.ok) assert.ok(decoded.reason.length > 0 && decoded.reason.length <= 200);
  }));
});
