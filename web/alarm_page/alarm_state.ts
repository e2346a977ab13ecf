/** What LEDs and buzzers do now, and why. */

import type { NodeView } from "../../core/feed.ts";

/** What is silenced, and what is in maintenance. Instants are RFC 3339; no node means all. */
export interface InForce {
  readonly silences: readonly {
    readonly node: string | null;
    readonly since: string;
    readonly until: string;
  }[];
  readonly maintenance: readonly { readonly node: string | null; readonly until: string }[];
}

/** What the hub says of the alarm: what the trackers show by its own view, and what is in force. */
export interface Alarm extends InForce {
  readonly shows: string;
}

export interface AlarmSight {
  readonly blind: { readonly since: string } | null;
  readonly nodes: readonly NodeView[];
  readonly alarm: Alarm | undefined;
  readonly inForce: InForce | undefined;
  /** The hub's time of its last message. */
  readonly at: string;
}

export type LedSign = "all_well" | "blind" | "suspect" | "dead";

/** Why a LED or a buzzer does what it does. */
export type Reason =
  | { readonly kind: "well" | "nodes" | "hold" | "only_dead" }
  | { readonly kind: "blind"; readonly since: string }
  | { readonly kind: "late" | "down"; readonly nodes: readonly NodeView[] }
  | { readonly kind: "silenced" | "maintenance"; readonly until: string };

export interface AlarmState {
  readonly led: { readonly sign: LedSign; readonly reason: Reason };
  readonly buzzer: { readonly sounds: boolean; readonly reason: Reason };
}

/** By the hub's own word where it gives one, else by what is known of the nodes. */
export function alarmStateOf(sight: AlarmSight): AlarmState {
  const dead = sight.nodes.filter((node) => node.liveness === "dead");
  const sign = sight.alarm === undefined ? signOf(sight) : signShown(sight.alarm.shows, sight);
  const sounds = sign === "dead" &&
    (sight.alarm === undefined
      ? quietReason(sight, dead) === undefined
      : sight.alarm.shows === "dead_buzzing");
  return {
    led: { sign, reason: ledReason(sign, sight, dead) },
    buzzer: {
      sounds,
      reason: sounds
        ? { kind: "down", nodes: dead }
        : sign === "dead"
        ? quietReason(sight, dead) ?? { kind: "hold" }
        : ledReason(sign, sight, dead, "only_dead"),
    },
  };
}

function signOf({ blind, nodes }: AlarmSight): LedSign {
  if (blind !== null) return "blind";
  if (nodes.some(({ liveness }) => liveness === "dead")) return "dead";
  return nodes.some(({ liveness }) => liveness === "suspect") ? "suspect" : "all_well";
}

/** A kind of a newer hub is judged by the nodes. */
function signShown(shows: string, sight: AlarmSight): LedSign {
  switch (shows) {
    case "all_well":
    case "blind":
    case "suspect":
    case "dead":
      return shows;
    case "dead_buzzing":
      return "dead";
    default:
      return signOf(sight);
  }
}

function ledReason(
  sign: LedSign,
  { blind, nodes, at }: AlarmSight,
  dead: readonly NodeView[],
  late: "late" | "only_dead" = "late",
): Reason {
  switch (sign) {
    case "all_well":
      return { kind: "well" };
    case "blind":
      return { kind: "blind", since: blind?.since ?? at };
    case "suspect": {
      const suspects = nodes.filter(({ liveness }) => liveness === "suspect");
      return late === "late" ? { kind: "late", nodes: suspects } : { kind: "only_dead" };
    }
    case "dead":
      return { kind: "down", nodes: dead };
  }
}

/** Why no buzzer sounds though somebody is dead; `undefined` when nothing keeps it quiet. */
function quietReason(
  { alarm, inForce, at }: AlarmSight,
  dead: readonly NodeView[],
): Reason | undefined {
  const { silences, maintenance } = alarm ?? inForce ?? { silences: [], maintenance: [] };
  const all = maintenance.find(({ node, until }) => node === null && until > at);
  if (all !== undefined) return { kind: "maintenance", until: all.until };
  const silence = silences.find(({ node, until }) => node === null && until > at);
  if (silence !== undefined && dead.every(({ since }) => since <= silence.since)) {
    return { kind: "silenced", until: silence.until };
  }
  const quiet = new Set(
    [...silences, ...maintenance].filter(({ until }) => until > at).map(({ node }) => node),
  );
  const isQuiet = ({ id, since }: NodeView) =>
    quiet.has(id) || (silence !== undefined && since <= silence.since);
  return dead.length > 0 && dead.every(isQuiet) ? { kind: "nodes" } : undefined;
}
