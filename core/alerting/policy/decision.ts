/** Whether the people of a route are to be notified of an incident, when, and why not. */

import { ACCESS_VITAL } from "../alert.ts";
import { commonReturnOf, endAtMs, isOpen } from "./common_return.ts";
import type { Incident } from "../incident/incident.ts";
import { isFlapping, mutedUntilMs, type PolicyState, type Rules } from "./policy_state.ts";
import type { Route } from "../incident/route.ts";

/** Why there is nothing to report, now or later. */
export type SkipReason =
  | "over"
  | "unconfirmed"
  | "blind"
  | "flapping"
  | "not_for_them"
  | "acknowledged"
  | "no_other_channel"
  | "known";

/** Why the report is due at that instant and not earlier. */
export type WaitReason = "hold" | "maintenance" | "group" | "common_return" | "reminder";

/** A report that is due at an instant. */
export interface Telling {
  readonly kind: "start" | "end" | "remind";
  readonly reason: WaitReason;
  readonly atMs: number;
  /** From then on it may join another message. */
  readonly alongFromMs: number;
}

export type Decision = { readonly kind: "nothing"; readonly reason: SkipReason } | Telling;

/** An incident and a route to decide about. */
export interface Question {
  readonly incident: Incident;
  readonly route: Route;
  readonly rules: Rules;
}

/** Applies all rules for one incident and one route. Quiet hours and budget are checked later. */
export function decide(state: PolicyState, question: Question): Decision {
  const { incident: one, route } = question;
  const { subject } = one;
  if (subject.kind === "node" && isFlapping(state, subject.node)) return nothing("flapping");
  if (state.blind && "node" in subject) return nothing("blind");
  return one.notified.has(route.name)
    ? afterNotified(state, question)
    : beforeNotified(state, question);
}

function beforeNotified(state: PolicyState, { incident: one, route, rules }: Question): Decision {
  const { subject, ended } = one;
  const isHeld = one.deferred.has(route.name);
  const mutedMs = mutedUntilMs(state, one);
  if (subject.kind === "uplink" && !hasOtherChannel(route, subject.channel)) {
    return nothing("no_other_channel");
  }
  // Escalation is for emergencies only.
  const isNoEmergency = subject.kind === "reboot" || subject.kind === "flapping" ||
    (subject.kind === "vital" && subject.vital === ACCESS_VITAL);
  if (isNoEmergency && route.skipsAcknowledged) return nothing("not_for_them");
  if (ended !== undefined && !isHeld) return nothing("over");
  if (subject.kind === "reboot") {
    return telling({ kind: "start", reason: "group", atMs: one.earliestMs }, mutedMs);
  }
  if (ended !== undefined) {
    return telling({ kind: "end", reason: "hold", atMs: ended.atMs }, mutedMs);
  }
  if (!one.confirmed) return nothing("unconfirmed");
  if (route.skipsAcknowledged && one.acknowledged) return nothing("acknowledged");
  const uplinksFromMs = state.memories.get(route.name)?.providersFromMs ?? -Infinity;
  const notBeforeMs = subject.kind === "uplink" ? uplinksFromMs : one.earliestMs;
  const readyMs = Math.max(one.lastsFromMs + holdMsOf(one, route, rules), notBeforeMs);
  return telling({ kind: "start", reason: "hold", atMs: readyMs }, mutedMs);
}

function afterNotified(state: PolicyState, { incident: one, route, rules }: Question): Decision {
  const { ended, subject } = one;
  // An unexpected reboot is over when it is noticed.
  if (subject.kind === "reboot") return nothing("known");
  const mutedMs = mutedUntilMs(state, one);
  if (ended === undefined) {
    if (one.acknowledged) return nothing("acknowledged");
    if (!one.confirmed || subject.kind !== "node") return nothing("known");
    const toldMs = one.notified.get(route.name) ?? Infinity;
    const atMs = toldMs + route.remindMs;
    return telling({ kind: "remind", reason: "reminder", atMs }, mutedMs);
  }
  const back = commonReturnOf(state, one, route.name);
  const reason = isOpen(back) ? "common_return" : "group";
  return telling({ kind: "end", reason, atMs: endAtMs(back, ended.atMs, rules.groupMs) }, mutedMs);
}

/** Deaths that belong together are in one message. */
export function waitsForOthers({ kind, reason }: Telling, { subject }: Incident): boolean {
  return kind === "start" && reason === "hold" && subject.kind === "node";
}

/** The due time depends on other incidents with the same common cause. */
export function isTogether({ kind }: Telling, one: Incident, { name }: Route): boolean {
  return kind === "end" && one.common !== undefined && one.notified.has(name);
}

/** How long an incident must last before the people of a route are notified. */
export function holdMsOf(
  { subject }: Incident,
  { holdMs }: Route,
  { blindAfterMs }: Rules,
): number {
  switch (subject.kind) {
    case "node":
      return holdMs;
    case "broker":
    case "network":
    case "uplink":
      return Math.max(holdMs, blindAfterMs);
    case "vital":
    case "hub":
      return holdMs;
    // Each of its deaths has already lasted long enough.
    case "flapping":
    case "reboot":
      return 0;
  }
}

/** A channel cannot carry the news that it is unreachable itself. */
function hasOtherChannel({ channels }: Route, channel: string): boolean {
  return channels.some(({ name }) => name !== channel);
}

function nothing(reason: SkipReason): Decision {
  return { kind: "nothing", reason };
}

/**
 * A report waits for the end of a maintenance. If it only waits for others, it may join a message
 * earlier.
 */
function telling(one: Omit<Telling, "alongFromMs">, mutedMs: number): Telling {
  const isGrouped = one.reason === "group" || one.reason === "common_return";
  const alongFromMs = isGrouped ? mutedMs : Math.max(mutedMs, one.atMs);
  return mutedMs > one.atMs
    ? { ...one, reason: "maintenance", atMs: mutedMs, alongFromMs }
    : { ...one, alongFromMs };
}
