/** The hub's status and alarm tests, as a tracker decodes them. */

import assert from "node:assert/strict";
import type { Decoded } from "../../../core/protocol/decoding.ts";
import { topicsOf } from "../../../core/protocol/topics.ts";
import type { WireMessage } from "../../../core/protocol/wire.ts";
import {
  encodeAlarmTest,
  encodeBirth,
  encodeFarewell,
  encodeLastWill,
} from "../../../core/protocol/wire_encoding.ts";
import { decodeMessage } from "../../../core/protocol/wire_decoding.ts";
import { birth, farewell, lastWill } from "../../support/detection/cluster_score.ts";

const TOPICS = topicsOf("rpi-cluster");

function decode(topic: string, payload: string, retained = false): Decoded<WireMessage> {
  return decodeMessage(topic, payload, { root: "rpi-cluster", retained });
}

function heard(topic: string, payload: string, retained = false): WireMessage {
  const decoded = decode(topic, payload, retained);
  assert.ok(decoded.ok, decoded.ok ? "" : decoded.reason);
  return decoded.value;
}

Deno.test("the topics of hub and tests are those of the contract", () => {
  assert.deepEqual([TOPICS.hubStatus, TOPICS.hubEcho, TOPICS.alarmTest], [
    "rpi-cluster/v1/hub/status",
    "rpi-cluster/v1/hub/echo",
    "rpi-cluster/v1/alarm/test",
  ]);
});

Deno.test("the hub's status is decoded as it was encoded, retained or not", () => {
  for (const retained of [false, true]) {
    const said = (payload: string) => heard(TOPICS.hubStatus, payload, retained);
    const born = birth("h", { name: "arya", facts: { version: "1" } });
    assert.deepEqual(said(encodeBirth(born)), { kind: "hub_status", message: born, retained });
    assert.deepEqual(said(encodeLastWill("h")), {
      kind: "hub_status",
      message: lastWill("h"),
      retained,
    });
    assert.deepEqual(said(encodeFarewell("h", "stop")), {
      kind: "hub_status",
      message: farewell("h"),
      retained,
    });
    assert.deepEqual(said(""), { kind: "hub_status", message: undefined, retained });
  }
});

Deno.test("an invalid status of the hub is refused, with a reason", () => {
  for (const payload of ["{", "[]", "{}", '{"kind":"birth"}', '{"kind":"last_will","session":7}']) {
    const decoded = decode(TOPICS.hubStatus, payload);
    assert.ok(!decoded.ok && decoded.reason.length > 0 && decoded.reason.length <= 200, payload);
  }
});

Deno.test("a test of the alarm names its node", () => {
  for (const retained of [false, true]) {
    assert.deepEqual(heard(TOPICS.alarmTest, encodeAlarmTest("john-snow"), retained), {
      kind: "alarm_test",
      node: "john-snow",
      retained,
    });
  }
  assert.deepEqual(heard(TOPICS.alarmTest, '{"node":"a","more":1}'), {
    kind: "alarm_test",
    node: "a",
    retained: false,
  });
  // This is how a message is deleted that was retained by mistake.
  assert.deepEqual(heard(TOPICS.alarmTest, ""), { kind: "ignored" });
});

Deno.test("an alarm test without a node is refused, with a reason", () => {
  for (
    const payload of ["john-snow", "null", "{}", '{"node":""}', '{"node":"A b"}', '{"node":7}']
  ) {
    const decoded = decode(TOPICS.alarmTest, payload);
    assert.ok(!decoded.ok && decoded.reason.length > 0 && decoded.reason.length <= 200, payload);
  }
});
