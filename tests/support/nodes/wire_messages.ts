/** Messages of the node `pi-1`, decoded as a program does. */

import assert from "node:assert/strict";
import type { Decoded } from "../../../core/protocol/decoding.ts";
import { topicsOf } from "../../../core/protocol/topics.ts";
import type { NodeMessage, WireMessage } from "../../../core/protocol/wire.ts";
import { decodeMessage } from "../../../core/protocol/wire_decoding.ts";

export const ROOT = "rpi-cluster";
export const TOPICS = topicsOf(ROOT);
export const STATUS = TOPICS.status("pi-1");
export const HEARTBEAT = TOPICS.heartbeat("pi-1");
export const VITALS = TOPICS.vitals("pi-1");
export const ECHO = TOPICS.echo("pi-1");
export const BEAT = { session: "s", seq: 17, every_ms: 1000, up_ms: 17_004 };
export const BIRTH = { kind: "birth", session: "s", every_ms: 1000 };

export function decode(topic: string, payload: unknown, retained = false): Decoded<WireMessage> {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  return decodeMessage(topic, text, { root: ROOT, retained });
}

/** The node's message in a payload that must be valid. */
export function message(topic: string, payload: unknown): NodeMessage {
  const decoded = decode(topic, payload);
  assert.ok(decoded.ok, decoded.ok ? "" : decoded.reason);
  assert.equal(decoded.value.kind, "evidence");
  return decoded.value.message;
}

/** The reason of a payload that must be invalid. */
export function reason(topic: string, payload: unknown): string {
  const decoded = decode(topic, payload);
  assert.equal(decoded.ok, false, `accepted ${JSON.stringify(payload).slice(0, 200)}`);
  assert.ok(decoded.reason.length > 0 && decoded.reason.length <= 200, decoded.reason);
  return decoded.reason;
}
