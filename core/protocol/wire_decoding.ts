/** Decodes messages from the network, or gives the reason why it cannot. */

import * as v from "valibot";
import { withoutMarks } from "../text/plain_text.ts";
import { decodeAlarm } from "./alarm_decoding.ts";
import { type Decoded, parseObject, validate } from "./decoding.ts";
import { storageFaultOf } from "./storage.ts";
import { decodeVitals } from "./vitals_decoding.ts";
import {
  type Birth,
  type Echo,
  type Facts,
  type Farewell,
  FAREWELL_REASONS,
  type Heartbeat,
  isNameLength,
  type LastWill,
  NAME_MAX,
  NODE_ID_PATTERN,
  type NodeMessage,
  type WireMessage,
} from "./wire.ts";

/** The largest number of facts of a birth, and the length of a fact. */
const FACTS_MAX = 32;
const FACT_LENGTH_MAX = 256;
/** An announced heartbeat interval outside of these limits is set to the nearest limit. */
const INTERVAL_MS_MIN = 250;
const INTERVAL_MS_MAX = 60_000;
/**
 * A longer announced reconnect time is reduced, because it delays every verdict after the broker's
 * return.
 */
const RECONNECT_MS_MAX = 600_000;

const session = v.pipe(
  v.string(),
  v.regex(/^[\x21-\x7e]{1,64}$/, "a session of 1 to 64 characters"),
);
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const intervalMs = v.pipe(
  v.number(),
  v.minValue(1),
  v.transform((ms) => Math.min(INTERVAL_MS_MAX, Math.max(INTERVAL_MS_MIN, Math.round(ms)))),
);
const reconnectMs = v.pipe(
  v.number(),
  v.minValue(0),
  v.transform((ms) => Math.min(RECONNECT_MS_MAX, Math.round(ms))),
);
const NAME_EXPECTED = "a name that can be shown, without control characters";
const name = v.pipe(
  v.string(),
  v.check(isNameLength, `a name of at most ${NAME_MAX} characters`),
  v.check(isShowable, NAME_EXPECTED),
  // People who write from right to left use marks of direction legitimately.
  v.transform(withoutMarks),
  v.check((text) => text.trim() !== "", NAME_EXPECTED),
);

/**
 * A control character or line separator could forge a line of a log or an SMS, and a blank name
 * shows nothing.
 */
function isShowable(text: string): boolean {
  return text.trim() !== "" && text.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text);
}

const statusSchema = v.variant("kind", [
  v.looseObject({
    kind: v.literal("birth"),
    session,
    name: v.optional(name),
    every_ms: intervalMs,
    reconnect_ms: v.optional(reconnectMs, 2000),
  }),
  v.object({ kind: v.literal("last_will"), session }),
  v.object({
    kind: v.literal("farewell"),
    session,
    reason: v.optional(
      v.fallback(v.picklist([...FAREWELL_REASONS, "unknown"]), "unknown"),
      "unknown",
    ),
  }),
]);
const heartbeatSchema = v.object({
  session,
  seq: count,
  every_ms: intervalMs,
  up_ms: count,
  // A heartbeat is a sign of life, even if these fields are invalid.
  storage: v.optional(v.unknown()),
  storage_fault: v.optional(v.unknown()),
});
const vitalsSchema = v.looseObject({ session });
const echoSchema = v.object({ observer: session, seq: count });
const alarmTestSchema = v.object({
  node: v.pipe(v.string(), v.regex(NODE_ID_PATTERN, "expected an id of a-z, 0-9 and -")),
});

/**
 * Decodes one MQTT message below `root`. `payload` is the text of its bytes, `retained` its retain
 * flag. The reason of a failure names the place, what was expected and what was found.
 */
export function decodeMessage(
  topic: string,
  payload: string,
  options: { readonly root: string; readonly retained: boolean },
): Decoded<WireMessage> {
  const ignored = { ok: true, value: { kind: "ignored" } } as const;
  const prefix = `${options.root}/v1/`;
  if (!topic.startsWith(prefix)) return ignored;
  const place = topic.slice(prefix.length);
  switch (place) {
    case "alarm":
      return alarmOf(payload, { isHub: false, retained: options.retained });
    case "hub/alarm":
      return alarmOf(payload, { isHub: true, retained: options.retained });
    case "alarm/test":
      return alarmTestOf(payload, options.retained);
    case "hub/status":
      return hubStatusOf(payload, options.retained);
    case "hub/echo":
      return echoOf(payload, undefined);
  }
  const [branch, node = "", leaf, ...deeper] = place.split("/");
  if (branch !== "nodes" || leaf === undefined || deeper.length > 0) return ignored;
  if (!NODE_ID_PATTERN.test(node)) {
    return { ok: false, reason: "node id: expected 1 to 63 of a-z, 0-9 and -" };
  }
  if (leaf === "echo") return echoOf(payload, node);
  if (leaf !== "status" && leaf !== "heartbeat" && leaf !== "vitals") return ignored;
  if (payload === "" && leaf === "status") return { ok: true, value: { kind: "forgotten", node } };
  const message = decodeNodeMessage(leaf, payload);
  if (!message.ok) return message;
  return {
    ok: true,
    value: { kind: "evidence", node, message: message.value, retained: options.retained },
  };
}

function decodeNodeMessage(
  leaf: "status" | "heartbeat" | "vitals",
  payload: string,
): Decoded<NodeMessage> {
  const json = parseObject(payload);
  if (!json.ok) return json;
  switch (leaf) {
    case "status":
      return decodeStatus(json.value);
    case "heartbeat": {
      const found = validate(heartbeatSchema, json.value);
      if (!found.ok) return found;
      return { ok: true, value: heartbeatOf(found.value) };
    }
    case "vitals": {
      const found = validate(vitalsSchema, json.value);
      if (!found.ok) return found;
      const vitals = decodeVitals(json.value);
      if (!vitals.ok) return vitals;
      const value = { kind: "vitals", session: found.value.session, vitals: vitals.value } as const;
      return { ok: true, value };
    }
  }
}

function heartbeatOf(found: v.InferOutput<typeof heartbeatSchema>): Heartbeat {
  const { session, seq, every_ms: everyMs, up_ms: upMs } = found;
  const beat: Heartbeat = { kind: "heartbeat", session, seq, everyMs, upMs };
  if (found.storage === "ok") return { ...beat, storage: "ok" };
  if (found.storage !== "critical") return beat;
  return { ...beat, storage: storageFaultOf(found.storage_fault) };
}

function decodeStatus(json: object): Decoded<Birth | LastWill | Farewell> {
  const found = validate(statusSchema, json);
  if (!found.ok) return found;
  const status = found.value;
  if (status.kind !== "birth") return { ok: true, value: status };
  const { kind, session, name, every_ms, reconnect_ms, ...rest } = status;
  const birth: Birth = {
    kind,
    session,
    name,
    everyMs: every_ms,
    reconnectMs: reconnect_ms,
    facts: factsOf(rest),
  };
  return { ok: true, value: birth };
}

/** Facts are for people. Only short texts, numbers and lists of texts are kept. */
function factsOf(rest: Record<string, unknown>): Facts {
  const facts: Record<string, string | number | readonly string[]> = {};
  const isText = (value: unknown): value is string =>
    typeof value === "string" && value.length <= FACT_LENGTH_MAX;
  for (const [key, value] of Object.entries(rest).slice(0, FACTS_MAX)) {
    if (!/^[a-z0-9_]{1,32}$/.test(key) || key === "__proto__") continue;
    if (isText(value)) facts[key] = withoutMarks(value);
    else if (typeof value === "number" && Number.isFinite(value)) facts[key] = value;
    else if (Array.isArray(value) && value.length <= FACTS_MAX && value.every(isText)) {
      facts[key] = value.map(withoutMarks);
    }
  }
  return facts;
}

function echoOf(payload: string, node: string | undefined): Decoded<Echo> {
  const json = parseObject(payload);
  if (!json.ok) return json;
  const found = validate(echoSchema, json.value);
  return found.ok ? { ok: true, value: { kind: "echo", node, ...found.value } } : found;
}

function hubStatusOf(payload: string, retained: boolean): Decoded<WireMessage> {
  if (payload === "") {
    return { ok: true, value: { kind: "hub_status", message: undefined, retained } };
  }
  const json = parseObject(payload);
  if (!json.ok) return json;
  const message = decodeStatus(json.value);
  if (!message.ok) return message;
  return { ok: true, value: { kind: "hub_status", message: message.value, retained } };
}

/** An empty payload deletes a test that was retained by mistake. */
function alarmTestOf(payload: string, retained: boolean): Decoded<WireMessage> {
  if (payload === "") return { ok: true, value: { kind: "ignored" } };
  const json = parseObject(payload);
  if (!json.ok) return json;
  const found = validate(alarmTestSchema, json.value);
  if (!found.ok) return found;
  return { ok: true, value: { kind: "alarm_test", node: found.value.node, retained } };
}

/** An empty payload deletes a retained message, so nothing is silenced any more. */
function alarmOf(
  payload: string,
  how: { readonly isHub: boolean; readonly retained: boolean },
): Decoded<WireMessage> {
  const json = parseObject(payload === "" ? '{"silenced_until":null}' : payload);
  if (!json.ok) return json;
  return decodeAlarm(json.value, how);
}
