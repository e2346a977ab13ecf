/** Decoding messages from the network: a typed value or a reason, and nothing else. */

import assert from "node:assert/strict";
import { topicsOf } from "../../../core/protocol/topics.ts";
import { FAREWELL_REASONS } from "../../../core/protocol/wire.ts";
import { encodeHeartbeat } from "../../../core/protocol/wire_encoding.ts";
import { decodeMessage } from "../../../core/protocol/wire_decoding.ts";
import {
  BEAT,
  BIRTH,
  decode,
  ECHO,
  HEARTBEAT,
  message,
  reason,
  STATUS,
  TOPICS,
  VITALS,
} from "../../support/nodes/wire_messages.ts";

Deno.test("topics are those of the contract", () => {
  assert.deepEqual(
    [
      TOPICS.all,
      STATUS,
      HEARTBEAT,
      VITALS,
      ECHO,
      TOPICS.verdict("pi-1"),
      TOPICS.hubStatus,
      TOPICS.hubEcho,
      TOPICS.alarm,
    ],
    [
      "rpi-cluster/v1/#",
      "rpi-cluster/v1/nodes/pi-1/status",
      "rpi-cluster/v1/nodes/pi-1/heartbeat",
      "rpi-cluster/v1/nodes/pi-1/vitals",
      "rpi-cluster/v1/nodes/pi-1/echo",
      "rpi-cluster/v1/hub/verdicts/pi-1",
      "rpi-cluster/v1/hub/status",
      "rpi-cluster/v1/hub/echo",
      "rpi-cluster/v1/alarm",
    ],
  );
});

Deno.test("each message of the contract is read", () => {
  assert.deepEqual(decode(HEARTBEAT, BEAT), {
    ok: true,
    value: {
      kind: "evidence",
      node: "pi-1",
      message: { kind: "heartbeat", session: "s", seq: 17, everyMs: 1000, upMs: 17_004 },
      retained: false,
    },
  });
  assert.deepEqual(
    message(STATUS, { ...BIRTH, name: "John Snow", reconnect_ms: 3000, version: "1.0" }),
    {
      kind: "birth",
      session: "s",
      name: "John Snow",
      everyMs: 1000,
      reconnectMs: 3000,
      facts: { version: "1.0" },
    },
  );
  assert.deepEqual(message(STATUS, { kind: "last_will", session: "s" }), {
    kind: "last_will",
    session: "s",
  });
  for (const why of FAREWELL_REASONS) {
    assert.deepEqual(message(STATUS, { kind: "farewell", session: "s", reason: why }), {
      kind: "farewell",
      session: "s",
      reason: why,
    });
  }
  assert.deepEqual(message(VITALS, { session: "s", cpu: { value: 7, level: "ok" } }), {
    kind: "vitals",
    session: "s",
    vitals: { cpu: { value: 7, level: "ok" } },
  });
  for (const [topic, node] of [[ECHO, "pi-1"], [TOPICS.hubEcho, undefined]] as const) {
    assert.deepEqual(decode(topic, { observer: "o", seq: 3 }), {
      ok: true,
      value: { kind: "echo", node, observer: "o", seq: 3 },
    });
  }
});

Deno.test("optional keys have defaults, and unknown keys are ignored", () => {
  assert.deepEqual(message(STATUS, BIRTH), {
    kind: "birth",
    session: "s",
    name: undefined,
    everyMs: 1000,
    reconnectMs: 2000,
    facts: {},
  });
  for (const why of [undefined, "unknown", "of a later version", 7, {}]) {
    assert.deepEqual(message(STATUS, { kind: "farewell", session: "s", reason: why }), {
      kind: "farewell",
      session: "s",
      reason: "unknown",
    });
  }
  assert.equal(message(HEARTBEAT, { ...BEAT, more: { of: ["this"] } }).kind, "heartbeat");
  assert.equal(decode(ECHO, { observer: "o", seq: 0, more: 1 }).ok, true);
});

Deno.test("the retain flag is kept", () => {
  const decoded = decode(STATUS, BIRTH, true);
  assert.ok(decoded.ok && decoded.value.kind === "evidence" && decoded.value.retained);
});

Deno.test("an empty status forgets the node; other empty payloads are bad", () => {
  assert.deepEqual(decode(STATUS, ""), { ok: true, value: { kind: "forgotten", node: "pi-1" } });
  for (const topic of [HEARTBEAT, VITALS, ECHO]) {
    assert.equal(reason(topic, ""), "payload: expected JSON, found something else");
  }
});

Deno.test("topics of others and of the future are ignored, whatever they carry", () => {
  const others = [
    "",
    "/",
    "rpi-cluster",
    "rpi-cluster/v1",
    "rpi-cluster/v1/",
    "rpi-cluster/v1/nodes",
    "rpi-cluster/v1/nodes/",
    "rpi-cluster/v1/nodes/pi-1",
    "rpi-cluster/v1/nodes/pi-1/",
    "rpi-cluster/v1/nodes/pi-1/status/x",
    "rpi-cluster/v1/nodes//pi-1/status",
    "rpi-cluster/v1/nodes/pi-1/toString",
    "rpi-cluster/v1/nodes/pi-1/__proto__",
    "rpi-cluster/v1/hub/status/x",
    "rpi-cluster/v1/hub/echo/x",
    "rpi-cluster/v1/hub/verdicts/pi-1",
    "rpi-cluster/v1/alarm/x",
    "rpi-cluster/v1/alarm/test/x",
    "rpi-cluster/v2/nodes/pi-1/status",
    "rpi-cluster-2/v1/nodes/pi-1/status",
    "x/rpi-cluster/v1/nodes/pi-1/status",
    "RPI-CLUSTER/v1/nodes/pi-1/status",
    "$SYS/broker/uptime",
  ];
  for (const topic of others) {
    assert.deepEqual(
      decode(topic, "\u0000 no JSON"),
      { ok: true, value: { kind: "ignored" } },
      topic,
    );
  }
});

Deno.test("a topic root of several levels works, and no other root does", () => {
  const options = { root: "home/pis", retained: false };
  const topic = topicsOf("home/pis").heartbeat("pi-1");
  const decoded = decodeMessage(topic, JSON.stringify(BEAT), options);
  assert.ok(decoded.ok && decoded.value.kind === "evidence");
  assert.deepEqual(decodeMessage(HEARTBEAT, JSON.stringify(BEAT), options), {
    ok: true,
    value: { kind: "ignored" },
  });
});

Deno.test("a heartbeat may carry name and vitals, and counts even if these are invalid", () => {
  const beat = { kind: "heartbeat", session: "s", seq: 17, everyMs: 1000, upMs: 17_004 } as const;
  const carrying = (more: object) => message(HEARTBEAT, { ...BEAT, ...more });
  const vitals = {
    temperature: { value: 48.2, level: "ok" },
    under_voltage: { value: null, level: "not_supported" },
  } as const;
  assert.deepEqual(carrying({ name: "John Snow", vitals }), { ...beat, name: "John Snow", vitals });
  assert.deepEqual(carrying({ vitals: { ...vitals, ways: 3, odd: 1 } }), { ...beat, vitals });
  for (const name of [null, "", " ", 7, "a\nb", "x".repeat(65)]) {
    assert.deepEqual(carrying({ name }), beat, JSON.stringify(name));
  }
  for (const strange of [null, [], 3, "hot", { temperature: 48 }, { cpu: { value: "9" } }]) {
    assert.deepEqual(carrying({ vitals: strange }), beat, JSON.stringify(strange));
  }
  const said = { ...beat, storage: "ok", name: "Arya", vitals } as const;
  assert.deepEqual(message(HEARTBEAT, encodeHeartbeat(said)), said);
});

Deno.test("a heartbeat contains the storage state, and counts even if that is invalid", () => {
  const beat = { kind: "heartbeat", session: "s", seq: 17, everyMs: 1000, upMs: 17_004 } as const;
  const storage = (more: object) => message(HEARTBEAT, { ...BEAT, ...more });
  assert.deepEqual(storage({}), beat);
  assert.deepEqual(storage({ storage: "ok" }), { ...beat, storage: "ok" });
  const critical = { storage: "critical", storage_fault: "read_only" };
  assert.deepEqual(storage(critical), { ...beat, storage: "read_only" });
  for (const fault of [undefined, null, "melted", 3, {}]) {
    const said = storage({ storage: "critical", storage_fault: fault });
    assert.deepEqual(said, { ...beat, storage: "errors" });
  }
  for (const strange of [null, "fine", 1, true, {}, []]) {
    assert.deepEqual(storage({ storage: strange, storage_fault: "no_answer" }), beat);
  }
  for (const state of ["ok", "no_answer", "lost_write"] as const) {
    const said = { ...beat, storage: state };
    assert.deepEqual(message(HEARTBEAT, encodeHeartbeat(said)), said);
  }
});
