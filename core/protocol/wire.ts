/** The messages of the wire: their topics, their types, and how they are written. */

import { graphemesOf } from "../text/plain_text.ts";
import { formatRfc3339 } from "./rfc3339.ts";
import type { StorageState } from "./storage.ts";
import type { Vitals } from "./vitals.ts";

/** The longest payload that is read, in UTF-16 units of its text; the contract's 8 KiB. */
export const PAYLOAD_MAX = 8192;
/** The longest name of a node, in characters as people count them. */
export const NAME_MAX = 64;
/** The same in UTF-16 units: a family of emoji has 11, but accents can be piled up without end. */
const NAME_UNITS_MAX = 1024;

/** Whether a node's name is short enough. */
export function isNameLength(name: string): boolean {
  return name.length <= NAME_UNITS_MAX && graphemesOf(name).length <= NAME_MAX;
}

/** Single nodes that one message about buzzers may name, so that it stays below `PAYLOAD_MAX`. */
export const QUIET_NODES_MAX = 50;

/** What a node's id looks like: one topic level, an MQTT user name, a part of a URL. */
export const NODE_ID_PATTERN = /^[a-z0-9-]{1,63}$/;

/** Facts of the machine in a birth: model, os, kernel, architecture, addresses, serial, boot_id, ... */
export type Facts = Readonly<Record<string, string | number | readonly string[]>>;

export interface Birth {
  readonly kind: "birth";
  readonly session: string;
  readonly name: string | undefined;
  readonly everyMs: number;
  readonly reconnectMs: number;
  readonly facts: Facts;
}

export interface LastWill {
  readonly kind: "last_will";
  readonly session: string;
}

/** The reasons that a farewell may give. After `restart` and `reboot` the node means to be back. */
export const FAREWELL_REASONS = ["stop", "restart", "reboot", "poweroff"] as const;

/** `unknown`: the node could not find out, or says what only later versions understand. */
export type FarewellReason = typeof FAREWELL_REASONS[number] | "unknown";

export interface Farewell {
  readonly kind: "farewell";
  readonly session: string;
  readonly reason: FarewellReason;
}

export interface Heartbeat {
  readonly kind: "heartbeat";
  readonly session: string;
  readonly seq: number;
  readonly everyMs: number;
  /** Milliseconds on the sender's monotonic clock since the session began. */
  readonly upMs: number;
  /** How its machine's storage is; left out where the sender does not know, or does not check. */
  readonly storage?: StorageState;
}

export interface VitalsReport {
  readonly kind: "vitals";
  readonly session: string;
  readonly vitals: Vitals;
}

/** What a node says of itself. */
export type NodeMessage = Birth | LastWill | Farewell | Heartbeat | VitalsReport;

/** A message about a node, as an observer hears it. */
export interface Evidence {
  readonly kind: "evidence";
  readonly node: string;
  readonly message: NodeMessage;
  /** The broker kept it from before: a hint about what exists, never evidence of life or death. */
  readonly retained: boolean;
}

/** The fence: an observer's own message, back through the broker. */
export interface Echo {
  readonly kind: "echo";
  /** On whose topic it came; `undefined`: the hub's. */
  readonly node: string | undefined;
  readonly observer: string;
  readonly seq: number;
}

/** A node's retained status was taken away, as the hub does when a node is revoked: it exists no more. */
export interface Forgotten {
  readonly kind: "forgotten";
  readonly node: string;
}

/** How long the buzzers are quiet about one node. Calendar time, as in the whole message. */
export interface NodeSilence {
  readonly untilMs: number;
  readonly sinceMs: number | undefined;
}

/**
 * Which buzzers are to be quiet, from the hub or from whoever pressed a button. Instants are calendar
 * time of the sender in ms since 1970. LEDs are never concerned.
 */
export interface AlarmSilence {
  /** At which node a button was pressed, as the press says; `undefined` from the hub and older trackers. */
  readonly node: string | undefined;
  /** When it was said. */
  readonly atMs: number | undefined;
  /** Until then nobody sounds who was dead at `sinceMs`; whoever dies later does. */
  readonly silencedUntilMs: number | undefined;
  readonly sinceMs: number | undefined;
  /** What only the hub is believed; `undefined` from whoever pressed a button. */
  readonly planned: PlannedSilence | undefined;
}

export interface PlannedSilence {
  /** Until then nobody sounds, whoever dies: the whole cluster is in maintenance. */
  readonly maintenanceUntilMs: number | undefined;
  /** By node: about these no buzzer sounds, whenever they died. */
  readonly nodes: ReadonlyMap<string, NodeSilence>;
  /** Dead nodes that somebody takes care of: none sounds for them until they are alive again. */
  readonly acknowledged: ReadonlySet<string>;
}

/**
 * How an `AlarmSilence` came. `hub`: on the topic that the hub alone may write. `press`: on the topic
 * that every node may write. `copy`: there too, marked as what the hub repeats for trackers that know
 * no other topic.
 */
export type AlarmSource = "hub" | "press" | "copy";

/** An `AlarmSilence` as an observer hears it. */
export interface AlarmMessage extends AlarmSilence {
  readonly kind: "alarm";
  readonly source: AlarmSource;
  /** The broker kept it from before. */
  readonly retained: boolean;
}

/** What the hub, or the broker in its place, says of the hub itself. */
export interface HubStatus {
  readonly kind: "hub_status";
  /** `undefined`: its retained status was taken away, so there is no hub any more. */
  readonly message: Birth | LastWill | Farewell | undefined;
  /** The broker kept it from before. */
  readonly retained: boolean;
}

/** A person at the hub wants to see and hear the alarm of one node. */
export interface AlarmTest {
  readonly kind: "alarm_test";
  readonly node: string;
  readonly retained: boolean;
}

/** A topic that is not ours to read, e.g. the hub's own verdicts. */
export interface Ignored {
  readonly kind: "ignored";
}

/** What a message below the topic root can be for an observer. */
export type WireMessage =
  | Evidence
  | Echo
  | Forgotten
  | HubStatus
  | AlarmMessage
  | AlarmTest
  | Ignored;

/** The topics below a root, as the contract names them. */
export interface Topics {
  /** The one subscription that carries everything, so that an echo tests the very path of heartbeats. */
  readonly all: string;
  /** What the topics of nodes begin with; a node's id and a slash follow. */
  readonly nodesPrefix: string;
  status(node: string): string;
  heartbeat(node: string): string;
  vitals(node: string): string;
  echo(node: string): string;
  verdict(node: string): string;
  readonly hubStatus: string;
  readonly hubEcho: string;
  /** What buttons say; every node may write here. */
  readonly alarm: string;
  /** What the hub says of buzzers; nobody else may write here. */
  readonly hubAlarm: string;
  /** Where the hub asks the tracker of a node to play its alarm. */
  readonly alarmTest: string;
}

export function topicsOf(root: string): Topics {
  const base = `${root}/v1`;
  return {
    all: `${base}/#`,
    nodesPrefix: `${base}/nodes/`,
    status: (node) => `${base}/nodes/${node}/status`,
    heartbeat: (node) => `${base}/nodes/${node}/heartbeat`,
    vitals: (node) => `${base}/nodes/${node}/vitals`,
    echo: (node) => `${base}/nodes/${node}/echo`,
    verdict: (node) => `${base}/hub/verdicts/${node}`,
    hubStatus: `${base}/hub/status`,
    hubEcho: `${base}/hub/echo`,
    alarm: `${base}/alarm`,
    hubAlarm: `${base}/hub/alarm`,
    alarmTest: `${base}/alarm/test`,
  };
}

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
  const { session, seq, everyMs, upMs, storage } = beat;
  return JSON.stringify({ session, seq, every_ms: everyMs, up_ms: upMs, ...storageKeys(storage) });
}

function storageKeys(storage: StorageState | undefined): Readonly<Record<string, string>> {
  if (storage === undefined) return {};
  return storage === "ok" ? { storage } : { storage: "critical", storage_fault: storage };
}

export function encodeVitals(session: string, vitals: Vitals): string {
  return JSON.stringify({ session, ...vitals });
}

export function encodeEcho(observer: string, seq: number): string {
  return JSON.stringify({ observer, seq });
}

export function encodeAlarmTest(node: string): string {
  return JSON.stringify({ node });
}

/**
 * Acknowledged nodes for which the payload has no room are left out: for these the buzzer sounds.
 * `isCopy`: the hub repeats it where buttons speak, for trackers that know no other topic.
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

/** More nodes than this are refused: memory is finite, and ids can be made up. */
export const NODES_MAX = 5000;
