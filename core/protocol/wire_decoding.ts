/** Decodes messages from the network, or gives the reason why it cannot. */

import * as v from "valibot";
import { decodeAlarm } from "./alarm_decoding.ts";
import { type Decoded, parseObject, validate } from "./decoding.ts";
import { decodeHubView } from "./hub_view_codec.ts";
import { nodeId } from "./node_schema.ts";
import { decodeStatus, intervalMs, nodeName, session } from "./status_decoding.ts";
import { storageFaultOf, type StorageState } from "./storage.ts";
import { decodeUpdate } from "./update_report.ts";
import type { Vitals } from "./vitals.ts";
import { decodeVitals, UPDATE_KEY, WAYS_KEY } from "./vitals_decoding.ts";
import { decodeWays } from "./ways_decoding.ts";
import {
  type Echo,
  type Heartbeat,
  NODE_ID_PATTERN,
  type NodeMessage,
  type WireMessage,
} from "./wire.ts";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const heartbeatSchema = v.object({
  session,
  seq: count,
  every_ms: intervalMs,
  up_ms: count,
  // A heartbeat is a sign of life, even if these fields are invalid.
  storage: v.optional(v.unknown()),
  storage_fault: v.optional(v.unknown()),
  name: v.optional(v.fallback(v.optional(nodeName), undefined)),
  vitals: v.optional(v.unknown()),
});
const vitalsSchema = v.looseObject({
  session,
  [WAYS_KEY]: v.optional(v.unknown()),
  [UPDATE_KEY]: v.optional(v.unknown()),
});
const echoSchema = v.object({ observer: session, seq: count, view: v.optional(count) });
const alarmTestSchema = v.object({ node: nodeId });

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
    case "hub/view":
      return payload === "" ? ignored : decodeHubView(payload, options.retained);
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
      const { session } = found.value;
      const [ways, update] = [decodeWays(found.value.ways), decodeUpdate(found.value.update)];
      return {
        ok: true,
        value: {
          kind: "vitals",
          session,
          vitals: vitals.value,
          ...(ways === undefined ? {} : { ways }),
          ...(update === undefined ? {} : { update }),
        },
      };
    }
  }
}

function heartbeatOf(found: v.InferOutput<typeof heartbeatSchema>): Heartbeat {
  const { session, seq, every_ms: everyMs, up_ms: upMs, name } = found;
  const storage = storageOf(found);
  const vitals = vitalsOf(found.vitals);
  return {
    ...{ kind: "heartbeat", session, seq, everyMs, upMs },
    ...(storage === undefined ? {} : { storage }),
    ...(name === undefined ? {} : { name }),
    ...(vitals === undefined ? {} : { vitals }),
  };
}

function storageOf(
  { storage, storage_fault: fault }: {
    readonly storage?: unknown;
    readonly storage_fault?: unknown;
  },
): StorageState | undefined {
  if (storage === "ok") return "ok";
  return storage === "critical" ? storageFaultOf(fault) : undefined;
}

function vitalsOf(found: unknown): Vitals | undefined {
  if (typeof found !== "object" || found === null || Array.isArray(found)) return undefined;
  const vitals = decodeVitals(found);
  return vitals.ok ? vitals.value : undefined;
}

function echoOf(payload: string, node: string | undefined): Decoded<Echo> {
  const json = parseObject(payload);
  if (!json.ok) return json;
  const found = validate(echoSchema, json.value);
  if (!found.ok) return found;
  const { observer, seq, view } = found.value;
  const echo = { kind: "echo", node, observer, seq } as const;
  return { ok: true, value: view === undefined ? echo : { ...echo, view } };
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
