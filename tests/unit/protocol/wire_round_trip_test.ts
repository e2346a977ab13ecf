/** Messages are decoded as they were encoded. */

import fc from "fast-check";
import assert from "node:assert/strict";
import type { Decoded } from "../../../core/protocol/decoding.ts";
import { topicsOf } from "../../../core/protocol/topics.ts";
import {
  type Birth,
  type Facts,
  FAREWELL_REASONS,
  NODE_ID_PATTERN,
  type NodeMessage,
  type WireMessage,
} from "../../../core/protocol/wire.ts";
import {
  encodeBirth,
  encodeEcho,
  encodeFarewell,
  encodeHeartbeat,
  encodeLastWill,
  encodeVitals,
} from "../../../core/protocol/wire_encoding.ts";
import { decodeMessage } from "../../../core/protocol/wire_decoding.ts";

const ROOT = "rpi-cluster";
const TOPICS = topicsOf(ROOT);

const VITALS = TOPICS.vitals("pi-1");

function decode(topic: string, payload: unknown, retained = false): Decoded<WireMessage> {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  return decodeMessage(topic, text, { root: ROOT, retained });
}

/** The node's message in a payload that must be valid. */
function message(topic: string, payload: unknown): NodeMessage {
  const decoded = decode(topic, payload);
  assert.ok(decoded.ok, decoded.ok ? "" : decoded.reason);
  assert.equal(decoded.value.kind, "evidence");
  return decoded.value.message;
}

const session = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((c) => String.fromCharCode(c)),
  minLength: 1,
  maxLength: 64,
});

const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const everyMs = fc.integer({ min: 250, max: 60_000 });
const node = fc.stringMatching(NODE_ID_PATTERN);
const text = fc.string({ maxLength: 60 });
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((x) => !Object.is(x, -0));

const OWN_KEYS = [
  "kind",
  "session",
  "name",
  "every_ms",
  "reconnect_ms",
  "constructor",
  "__proto__",
  "prototype",
];

const factName = fc.stringMatching(/^[a-z0-9_]{1,32}$/).filter((key) => !OWN_KEYS.includes(key));

const facts: fc.Arbitrary<Facts> = fc.dictionary(
  factName,
  fc.oneof(text, number, fc.array(text, { maxLength: 5 })),
  { maxKeys: 8, noNullPrototype: true },
);

const birth: fc.Arbitrary<Birth> = fc.record({
  kind: fc.constant("birth" as const),
  session,
  name: fc.option(fc.constantFrom("John Snow", "雪", "<b>", "Ω".repeat(64)), { nil: undefined }),
  everyMs,
  reconnectMs: fc.integer({ min: 0, max: 600_000 }),
  facts,
}, { noNullPrototype: true });

Deno.test("each message is decoded as it was encoded", () => {
  const heard = (topic: string, payload: string) => message(topic, payload);
  fc.assert(
    fc.property(node, session, count, (id, session, seq) => {
      const beat = { kind: "heartbeat", session, seq, everyMs: 500, upMs: seq } as const;
      assert.deepEqual(heard(TOPICS.heartbeat(id), encodeHeartbeat(beat)), beat);
      const will = { kind: "last_will", session } as const;
      assert.deepEqual(heard(TOPICS.status(id), encodeLastWill(session)), will);
      for (const reason of [...FAREWELL_REASONS, "unknown"] as const) {
        const bye = { kind: "farewell", session, reason } as const;
        assert.deepEqual(heard(TOPICS.status(id), encodeFarewell(session, reason)), bye);
      }
      const echo = decode(TOPICS.echo(id), encodeEcho(session, seq));
      assert.deepEqual(echo.ok && echo.value, {
        kind: "echo",
        node: id,
        observer: session,
        seq,
      });
    }),
  );
});

Deno.test("a birth is decoded as it was encoded", () => {
  fc.assert(fc.property(node, birth, (id, said) => {
    assert.deepEqual(message(TOPICS.status(id), encodeBirth(said)), said);
  }));
});

Deno.test("vitals are decoded as they were encoded", () => {
  const vitals = {
    temperature: { value: 48.2, level: "ok" },
    under_voltage: { value: true, level: "critical" },
    disk: { value: null, level: "not_supported" },
  } as const;
  const heard = message(VITALS, encodeVitals("s", { vitals }));
  assert.deepEqual(heard, { kind: "vitals", session: "s", vitals });
});
