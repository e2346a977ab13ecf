/** Derives what LEDs and buzzers do now, and why. */

import type { AlarmView } from "../../core/api/alarm_view.ts";
import type { NodeView } from "../../core/api/node_view.ts";

export interface AlarmFacts {
  readonly blind: { readonly since: string } | null;
  readonly nodes: readonly NodeView[];
  readonly alarm: AlarmView;
  /** Guests do not see silences. */
  readonly isGuest: boolean;
  /** The hub's time of its last message. */
  readonly at: string;
}

export type LedSign = "all_well" | "blind" | "suspect" | "dead";

/** Why an LED or a buzzer does what it does. */
export type Reason =
  | { readonly kind: "well" | "nodes" | "hold" | "only_dead" | "unsaid" }
  | { readonly kind: "blind"; readonly since: string }
  | { readonly kind: "late" | "down"; readonly nodes: readonly NodeView[] }
  | { readonly kind: "silenced" | "maintenance"; readonly until: string };

export interface AlarmState {
  readonly led: { readonly sign: LedSign; readonly reason: Reason };
  readonly buzzer: { readonly sounds: boolean; readonly reason: Reason };
}

/** Uses the hub's own statement, with the reasons that the page can see. */
export function alarmStateOf(facts: AlarmFacts): AlarmState {
  const { shows } = facts.alarm;
  const dead = facts.nodes.filter((node) => node.liveness === "dead");
  const sign = signOf(facts);
  const sounds = shows === "dead_buzzing";
  return {
    led: { sign, reason: ledReason(sign, facts, dead) },
    buzzer: {
      sounds,
      reason: sounds ? { kind: "down", nodes: dead } : silentReason(sign, facts, dead),
    },
  };
}

/** When the hub says nothing, or an unknown value, the nodes decide. */
function signOf({ alarm, blind, nodes }: AlarmFacts): LedSign {
  switch (alarm.shows) {
    case "all_well":
    case "blind":
    case "suspect":
    case "dead":
      return alarm.shows;
    case "dead_buzzing":
      return "dead";
    default: {
      if (blind !== null) return "blind";
      if (nodes.some(({ liveness }) => liveness === "dead")) return "dead";
      return nodes.some(({ liveness }) => liveness === "suspect") ? "suspect" : "all_well";
    }
  }
}

function silentReason(sign: LedSign, facts: AlarmFacts, dead: readonly NodeView[]): Reason {
  if (sign !== "dead") return ledReason(sign, facts, dead, "only_dead");
  return facts.isGuest ? { kind: "unsaid" } : quietReason(facts, dead) ?? { kind: "hold" };
}

function ledReason(
  sign: LedSign,
  { blind, nodes, at }: AlarmFacts,
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

/** Returns why no buzzer sounds although a Pi is dead; `undefined` when nothing keeps it quiet. */
function quietReason(
  { alarm: { silences, maintenance }, at }: AlarmFacts,
  dead: readonly NodeView[],
): Reason | undefined {
  const all = maintenance.find(({ node, until }) => node === null && until > at);
  if (all !== undefined) return { kind: "maintenance", until: all.until };
  const silence = silences.find(({ node, until }) => node === null && until > at);
  if (silence !== undefined && dead.every(({ since }) => since <= silence.since)) {
    return { kind: "silenced", until: silence.until };
  }
  const quiet = new Set(
    [...silences, ...maintenance].filter(({ until }) => until > at).map(({ node }) => node),
  );
  const isQuiet = ({ id, since, acknowledged }: NodeView) =>
    acknowledged || quiet.has(id) || (silence !== undefined && since <= silence.since);
  return dead.length > 0 && dead.every(isQuiet) ? { kind: "nodes" } : undefined;
}
