/** The inputs of a policy in tests, and its outputs as lines. */

import type { Alert } from "../../../core/alerting/alert.ts";
import type { ActionInput, FaultInput, PolicyInput } from "../../../core/alerting/policy/input.ts";
import type { PolicyOutput } from "../../../core/alerting/policy/output.ts";
import { policyMachine } from "../../../core/alerting/policy/policy.ts";
import {
  type Inheritance,
  newPolicy,
  type OpenIncident,
  type PolicyState,
  type Rules,
} from "../../../core/alerting/policy/policy_state.ts";
import type { Route, RouteChannel } from "../../../core/alerting/incident/route.ts";
import type { Liveness } from "../../../core/detection/liveness.ts";
import type { Reason } from "../../../core/detection/node_state.ts";
import { type Note, play, type Played } from "../detection/score.ts";
import { alertLine, type InstantText } from "./alert_line.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** The first incident of a run has this id; those of earlier runs have smaller ones. */
const NEW_ID = 1_000_000;
let oldIds = 0;

/** Twenty nodes, `pi-1` to `pi-20`. */
export const TWENTY = Array.from({ length: 20 }, (_, index) => `pi-${index + 1}`);

/** A channel to one person that costs money, with the default budget. */
export function channelTo(name: string, more: Partial<RouteChannel> = {}): RouteChannel {
  return { name, recipients: 1, perHourMax: 20, quiet: undefined, ...more };
}

/** The default route: SMS to one person after the default hold. */
export function routeTo(name: string, more: Partial<Route> = {}): Route {
  return {
    name,
    channels: [channelTo("twilio")],
    holdMs: 15_000,
    remindMs: Infinity,
    skipsAcknowledged: false,
    ...more,
  };
}

/** The defaults of the configuration, for one recipient. */
export const RULES: Rules = {
  groupMs: 5000,
  routes: [routeTo("sms")],
  flapDeaths: 3,
  flapWindowMs: 30 * 60_000,
  blindAfterMs: 60_000,
  groups: [],
  rebootsFromMs: -Infinity,
  timeOfDayMs: () => 12 * 3_600_000,
};

/** The state at start, with what an earlier run left. */
export function startOf(
  rules: Rules,
  more: Partial<Inheritance> & { readonly nowMs?: number } = {},
): PolicyState {
  const { nowMs = 0, ...inheritance } = more;
  const nothing = { open: [], nextId: NEW_ID, spentMs: new Map(), maintenance: new Map() };
  return newPolicy(rules, { ...nothing, ...inheritance }, { nowMs, firstGraceMs: 10_000 });
}

/** The hub's own visibility from an instant on. */
export function sight(blind: boolean, atMs: number): PolicyInput {
  return {
    kind: "sight",
    of: "broker",
    blind,
    atMs,
    cause: blind ? "no_connection" : "",
    isAfterStall: false,
  };
}

/** A transition of a node whose name is its id in capitals, last heard 5 s before. */
export function news(
  node: string,
  to: Liveness,
  atMs: number,
  reason: Reason = "silence",
): PolicyInput {
  const lastHeardMs = reason === "not_heard" ? undefined : atMs - 5000;
  const from = to === "dead" ? "suspect" : "dead";
  return {
    kind: "news",
    transition: { kind: "transition", node, from, to, reason, atMs, lastHeardMs },
    name: node.toUpperCase(),
  };
}

/** A death of an earlier run; `told`: the routes that were notified. */
export function openDeath(
  node: string,
  { told = [], held = [], ...more }:
    & Partial<Omit<OpenIncident, "told" | "held">>
    & { readonly told?: readonly string[]; readonly held?: readonly string[] } = {},
): OpenIncident {
  return {
    id: ++oldIds,
    subject: { kind: "node", node },
    name: node.toUpperCase(),
    startedAtMs: -60_000,
    lastHeardMs: -65_000,
    cause: "silence",
    ended: undefined,
    acknowledged: false,
    rebooted: false,
    changes: 0,
    common: undefined,
    notified: new Map(told.map((route) => [route, -40_000])),
    deferred: new Set(held),
    ...more,
  };
}

export interface PolicyScore extends Partial<Inheritance> {
  readonly notes: readonly Note<PolicyInput>[];
  readonly rules?: Partial<Rules>;
  /** Default: a day. */
  readonly untilMs?: number;
  /** The instant from which the policy sees. Default: 0. */
  readonly seesAtMs?: number;
}

/** Plays a policy that was started at instant 0. */
export function playPolicy(score: PolicyScore): readonly Played<PolicyOutput>[] {
  const { notes, untilMs = DAY_MS, seesAtMs = 0, rules: changed, ...inheritance } = score;
  const rules = { ...RULES, ...changed };
  return play(policyMachine(rules), startOf(rules, inheritance), {
    notes: [[seesAtMs, sight(false, seesAtMs)], ...notes],
    untilMs,
  });
}

/** The alerts of a policy. */
export function alertsOf(played: readonly Played<PolicyOutput>[]): readonly Alert[] {
  return played.flatMap(({ output }) => {
    if (output.kind !== "alert") return [];
    const { incidents: _, ...alert } = output;
    return [alert];
  });
}

/** The alerts of a policy, as lines. */
export function told(score: PolicyScore, instant?: InstantText): readonly string[] {
  return alertsOf(playPolicy(score)).map((alert) => alertLine(alert, instant));
}

/** A change of liveness that the policy learns at once. */
export function at(atMs: number, node: string, to: Liveness): Note<PolicyInput> {
  return [atMs, news(node, to, atMs)];
}

/** A node came back with another boot id; it was last heard 20 s before. */
export function reboot(atMs: number, node: string): Note<PolicyInput> {
  const lastHeardMs = atMs - 20_000;
  return [atMs, { kind: "rebooted", node, name: node.toUpperCase(), atMs, lastHeardMs }];
}

/** The hub loses or regains visibility at an instant. */
export function sightAt(atMs: number, blind: boolean): Note<PolicyInput> {
  return [atMs, sight(blind, atMs)];
}

/** The provider of a channel is found to be unreachable, or reachable, since that instant. */
export function providerAt(atMs: number, channel: string, up: boolean): Note<PolicyInput> {
  const cause = up ? "" : { kind: "other", text: "the name could not be resolved" } as const;
  return [atMs, { kind: "uplink", channel, up, cause, sinceMs: atMs }];
}

/** A fault of the hub or of a node's vital sign begins, or ends, at an instant. */
export function faultAt(
  atMs: number,
  subject: FaultInput["subject"],
  isWrong: boolean,
): Note<PolicyInput> {
  const name = "node" in subject ? subject.node.toUpperCase() : "";
  return [atMs, { kind: "fault", subject, name, isWrong, cause: "no_answer", sinceMs: atMs }];
}

/** Somebody acknowledges a node; all nodes by default. */
export function acknowledge(atMs: number, node?: string): Note<ActionInput> {
  return [atMs, { kind: "acknowledge", node }];
}

/** Maintenance of a node until an instant; of all nodes by default. */
export function maintain(atMs: number, untilMs: number, node?: string): Note<ActionInput> {
  return [atMs, { kind: "maintain", node, untilMs }];
}
