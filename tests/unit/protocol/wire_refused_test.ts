/** Topics and payloads that are refused, limited or cleaned when they are decoded. */

import fc from "fast-check";
import assert from "node:assert/strict";
import { NAME_MAX, PAYLOAD_MAX } from "../../../core/protocol/wire.ts";
import { decodeMessage } from "../../../core/protocol/wire_decoding.ts";
import {
  BEAT,
  BIRTH,
  decode,
  ECHO,
  HEARTBEAT,
  message,
  reason,
  ROOT,
  STATUS,
  TOPICS,
  VITALS,
} from "../../support/nodes/wire_messages.ts";

const LEAVES = [STATUS, HEARTBEAT, VITALS, ECHO];

Deno.test("an invalid node id is refused", () => {
  for (
    const id of [
      "",
      "Pi-1",
      "pi_1",
      "pi 1",
      "pi.1",
      "é",
      "+",
      "#",
      "<script>",
      "a".repeat(64),
      "pi\n1",
    ]
  ) {
    assert.match(reason(TOPICS.heartbeat(id), BEAT), /^node id: /, id);
  }
  assert.equal(decode(TOPICS.heartbeat("a".repeat(63)), BEAT).ok, true);
});

Deno.test("payloads that are not a JSON object are refused on every topic", () => {
  const broken = [
    "{",
    "{]",
    "nul",
    "undefined",
    "NaN",
    "'a'",
    "{'a':1}",
    "\ufeff{}",
    "\u0000",
    "{}{}",
  ];
  const others = ["null", "true", "1", "-0", "1e999", '"text"', "[]", '[{"session":"s"}]'];
  for (const topic of LEAVES) {
    for (const payload of broken) {
      assert.equal(reason(topic, payload), "payload: expected JSON, found something else", payload);
    }
    for (const payload of others) {
      assert.match(reason(topic, payload), /expected a JSON object/, payload);
    }
    reason(topic, "{}");
  }
});

Deno.test("a payload longer than the contract allows is refused unread", () => {
  const padded = (length: number) => JSON.stringify(BEAT).padEnd(length, " ");
  assert.equal(decode(HEARTBEAT, padded(PAYLOAD_MAX)).ok, true);
  for (const topic of LEAVES) {
    assert.match(reason(topic, padded(PAYLOAD_MAX + 1)), /at most 8192 bytes/);
    assert.match(reason(topic, `"${"x".repeat(1_000_000)}`), /at most 8192 bytes/);
  }
});

Deno.test("deep nesting is read or refused, and never throws", () => {
  const depth = 2000;
  const arrays = "[".repeat(depth) + "]".repeat(depth);
  const objects = `${'{"a":'.repeat(1000)}1${"}".repeat(1000)}`;
  for (const nested of [arrays, objects]) {
    for (const topic of LEAVES) {
      decode(topic, nested);
      for (const key of ["session", "seq", "kind", "name", "facts", "temperature", "observer"]) {
        decode(topic, `{"kind":"birth","session":"s","every_ms":1000,"${key}":${nested}}`);
      }
    }
    const birth = message(
      STATUS,
      `{"kind":"birth","session":"s","every_ms":1000,"model":${nested}}`,
    );
    assert.deepEqual(birth.kind === "birth" && birth.facts, {});
  }
});

Deno.test("a heartbeat with a wrong or missing value is refused, and the reason names the place", () => {
  const wrong: Record<string, readonly unknown[]> = {
    session: [undefined, null, 1, true, [], {}, "", "a b", "a\nb", "é", "x".repeat(65)],
    seq: [undefined, null, "1", true, [], {}, -1, 0.5, 2 ** 53, 1e300],
    every_ms: [undefined, null, "1000", [], {}, 0, -1, -1e300],
    up_ms: [undefined, null, "1", [], {}, -1, 2 ** 53, 0.5],
  };
  for (const [key, values] of Object.entries(wrong)) {
    for (const value of values) {
      assert.match(reason(HEARTBEAT, { ...BEAT, [key]: value }), new RegExp(`^${key}: `));
    }
  }
  assert.match(reason(HEARTBEAT, JSON.stringify(BEAT).replace("17", "1e999")), /^seq: /);
});

Deno.test("a status of an unknown kind, or of none, is refused", () => {
  for (
    const kind of [
      undefined,
      null,
      1,
      [],
      {},
      "",
      "Birth",
      "heartbeat",
      "__proto__",
      "x".repeat(8000),
    ]
  ) {
    assert.match(reason(STATUS, { ...BIRTH, kind }), /^kind: /, String(kind));
  }
  assert.match(reason(STATUS, { kind: "last_will" }), /^session: /);
});

Deno.test("an announced interval and reconnect time are limited to their range", () => {
  const everyMs = (every_ms: number) => {
    const beat = message(HEARTBEAT, { ...BEAT, every_ms });
    return beat.kind === "heartbeat" && beat.everyMs;
  };
  assert.deepEqual([1, 249.6, 250, 999.5, 60_000, 60_001, 1e300].map(everyMs), [
    250,
    250,
    250,
    1000,
    60_000,
    60_000,
    60_000,
  ]);
  const birth = message(
    STATUS,
    JSON.stringify({ ...BIRTH, reconnect_ms: 9 }).replace("9", "1e999"),
  );
  assert.equal(birth.kind === "birth" && birth.reconnectMs, 600_000);
  assert.match(reason(STATUS, { ...BIRTH, reconnect_ms: -1 }), /^reconnect_ms: /);
});

Deno.test("a name that cannot be shown is refused", () => {
  const bad = [
    "x".repeat(NAME_MAX + 1),
    "x".repeat(8000),
    "two\nlines",
    "\u0000",
    "\u001b[2J",
    "\u007f",
    // A control sequence in one character, line separators, half a surrogate pair, and an empty
    // text.
    "\u009b2J",
    "two\u2028lines",
    "two\u2029lines",
    "\ud83d",
    "",
    "   ",
    "\u00a0",
    1,
    null,
    [],
  ];
  for (const name of bad) assert.match(reason(STATUS, { ...BIRTH, name }), /^name: /, String(name));
  const good = [
    "<script>alert(1)</script>",
    "Jöhn Snöw",
    "雪",
    "😀",
    "a",
    'O\'Neil "x"',
    "x".repeat(NAME_MAX),
    // 64 characters of 11 units each, as people count.
    "👨‍👩‍👧‍👦".repeat(NAME_MAX),
  ];
  for (const name of good) {
    const birth = message(STATUS, { ...BIRTH, name });
    assert.equal(birth.kind === "birth" && birth.name, name);
  }
});

Deno.test("marks of direction and control characters are removed from names and facts", () => {
  const birth = message(STATUS, {
    ...BIRTH,
    name: "\u202eJohn\u2066 Snow\u200f\u061c",
    model: "\u202eBoard\u2069",
    os: "two\nlines",
    addresses: ["\u200e10.0.0.1"],
  });
  assert.ok(birth.kind === "birth");
  assert.equal(birth.name, "John Snow");
  const { model, os, addresses } = birth.facts;
  assert.deepEqual({ model, os, addresses }, {
    model: "Board",
    os: "two lines",
    addresses: ["10.0.0.1"],
  });
  for (const name of ["\u202e", "\u200f \u200e"]) {
    assert.match(reason(STATUS, { ...BIRTH, name }), /^name: /);
  }
  // One letter with very many accents is not a name.
  assert.match(reason(STATUS, { ...BIRTH, name: `a${"\u0301".repeat(2000)}` }), /^name: /);
});

Deno.test("unreadable facts are removed, and the others stay", () => {
  const birth = message(STATUS, {
    ...BIRTH,
    model: "Raspberry Pi 5",
    up_s: 12.5,
    addresses: ["192.168.1.2", "fe80::1"],
    empty: "",
    Upper: "x",
    "a-b": "x",
    long: "x".repeat(257),
    list: [1, 2],
    many: Array.from({ length: 33 }, () => "x"),
    nothing: null,
    flag: true,
    deep: { a: 1 },
  });
  assert.deepEqual(birth.kind === "birth" && birth.facts, {
    model: "Raspberry Pi 5",
    up_s: 12.5,
    addresses: ["192.168.1.2", "fe80::1"],
    empty: "",
  });
});

Deno.test("a birth has a limited number of facts", () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`f${index}`, index]));
  const birth = message(STATUS, { ...BIRTH, ...many });
  assert.equal(birth.kind === "birth" && Object.keys(birth.facts).length, 32);
});

Deno.test("keys of every object's prototype neither steer nor pollute", () => {
  const hostile = '"__proto__":{"kind":"birth","polluted":1,"session":"p"},"constructor":{"a":1},' +
    '"toString":"x","hasOwnProperty":1,"valueOf":null';
  const birth = message(STATUS, `{"kind":"birth","session":"s","every_ms":1000,${hostile}}`);
  assert.equal(birth.session, "s");
  assert.equal(birth.kind === "birth" && Object.getPrototypeOf(birth.facts), Object.prototype);
  assert.equal(birth.kind === "birth" && "polluted" in birth.facts, false);
  const text = message(STATUS, `{"kind":"birth","session":"s","every_ms":1000,"__proto__":"x"}`);
  assert.deepEqual(text.kind === "birth" && Object.keys(text.facts), []);
  for (const topic of LEAVES) reason(topic, `{${hostile}}`);
  assert.equal("polluted" in {}, false);
});

Deno.test("an echo with a wrong or missing value is refused", () => {
  const wrong: readonly object[] = [
    { seq: 1 },
    { observer: "o" },
    { observer: 1, seq: 1 },
    { observer: "o", seq: "1" },
    { observer: "o", seq: -1 },
    { observer: "x".repeat(65), seq: 1 },
  ];
  for (const payload of wrong) reason(ECHO, payload);
});

Deno.test("decoding never throws for any bytes", () => {
  const topic = fc.oneof(fc.constantFrom(...LEAVES, TOPICS.hubEcho), fc.string());
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json({ maxDepth: 4 }),
    fc.object({ key: fc.constantFrom("kind", "session", "seq", "every_ms", "up_ms", "name") })
      .map((object) => JSON.stringify(object)),
  );
  fc.assert(
    fc.property(topic, value, fc.boolean(), (topic, payload, retained) => {
      const decoded = decodeMessage(topic, payload, { root: ROOT, retained });
      if (!decoded.ok) assert.ok(decoded.reason.length > 0 && decoded.reason.length <= 200);
    }),
    { numRuns: 150 },
  );
});
