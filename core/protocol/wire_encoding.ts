/** Encodes the messages of the wire as JSON. */

import { formatRfc3339 } from "./rfc3339.ts";
import type { StorageState } from "./storage.ts";
import type { UpdateReport } from "./update_report.ts";
import type { Vitals } from "./vitals.ts";
import type { Ways } from "./ways.ts";
import {
  type AlarmSilence,
  type Birth,
  type FarewellReason,
  type Heartbeat,
  PAYLOAD_MAX,
} from "./wire.ts";

export function encodeBirth(birth: Birth): string {
  const { kind, session, name, everyMs, reconnectMs, facts } = birth;
  return JSON.stringify({
    ...facts,
    kind,
    session,
    name,
    every_ms: everyMs,
    reconnect_ms: reconnectMs,
  });
}

export function encodeLastWill(session: string): string {
  return JSON.stringify({ kind: "last_will", session });
}

export function encodeFarewell(session: string, reason: FarewellReason): string {
  return JSON.stringify({ kind: "farewell", session, ...(reason !== "unknown" && { reason }) });
}

export function encodeHeartbeat(beat: Heartbeat): string {
  const { session, seq, everyMs, upMs, storage, name, vitals } = beat;
  const always = { session, seq, every_ms: everyMs, up_ms: upMs };
  return JSON.stringify({ ...always, ...storageKeys(storage), name, vitals });
}

function storageKeys(storage: StorageState | undefined): Readonly<Record<string, string>> {
  if (storage === undefined) return {};
  return storage === "ok" ? { storage } : { storage: "critical", storage_fault: storage };
}

/** What an agent says of its machine beside the heartbeat. */
export interface VitalsParts {
  readonly vitals: Vitals;
  readonly ways?: Ways | undefined;
  readonly update?: UpdateReport | undefined;
}

export function encodeVitals(session: string, { vitals, ways, update }: VitalsParts): string {
  return JSON.stringify({ session, ...vitals, ways, update });
}

/** `view` is the number of the hub's latest view, in the hub's echoes. */
export function encodeEcho(observer: string, seq: number, view?: number): string {
  return JSON.stringify({ observer, seq, view });
}

export function encodeAlarmTest(node: string): string {
  return JSON.stringify({ node });
}

/**
 * Acknowledged nodes that do not fit into the payload are omitted, so the buzzer sounds for them.
 * `isCopy`: the hub repeats the message on the topic of presses, for trackers that know no other
 * topic.
 */
export function encodeAlarm(silence: AlarmSilence, { isCopy = false } = {}): string {
  const payload = alarmPayload(silence, { acknowledged: [], isCopy });
  let room = PAYLOAD_MAX - payload.length;
  const acknowledged = [...silence.planned?.acknowledged ?? []].filter((node) => {
    room -= JSON.stringify(node).length + 1;
    return room >= 0;
  });
  return acknowledged.length === 0 ? payload : alarmPayload(silence, { acknowledged, isCopy });
}

function alarmPayload(
  silence: AlarmSilence,
  { acknowledged, isCopy }: {
    readonly acknowledged: readonly string[];
    readonly isCopy: boolean;
  },
): string {
  const { node, atMs, silencedUntilMs, sinceMs, planned } = silence;
  const nodes = planned && Object.fromEntries(
    [...planned.nodes].map(([node, { untilMs, sinceMs }]) => [
      node,
      { until: formatRfc3339(untilMs), since: instantOf(sinceMs) },
    ]),
  );
  return JSON.stringify({
    copy: isCopy || undefined,
    node,
    at: instantOf(atMs),
    silenced_until: instantOf(silencedUntilMs) ?? null,
    since: instantOf(sinceMs),
    ...(planned &&
      { maintenance_until: instantOf(planned.maintenanceUntilMs) ?? null, nodes, acknowledged }),
  });
}

function instantOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : formatRfc3339(ms);
}
