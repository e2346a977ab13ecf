/**
 * What people are told follows what is true, and no message is sent for what undid itself.
 *
 * A death is held for a while, deaths and recoveries that come together make one message, and an
 * hour has a budget: what exceeds it waits and is summed up. Nothing is ever dropped.
 */

import type { Alert, DownNotice, RecoveryNotice } from "./alert.ts";
import { causeOf, type Transition } from "./node_state.ts";
import type { Machine } from "./machine.ts";

const HOUR_MS = 3_600_000;

export interface Rules {
  /** Deaths and recoveries within this time make one message. */
  readonly groupMs: number;
  /** How long a node stays dead before a message is sent. */
  readonly holdMs: number;
  /** Paid messages an hour; one alert costs one message for each recipient. */
  readonly perHourMax: number;
  readonly recipients: number;
}

/** A change of liveness, with the name that people know the node by. */
export interface News {
  readonly kind: "news";
  readonly transition: Transition;
  readonly name: string;
}

export type PolicyInput =
  | News
  | { readonly kind: "removed"; readonly node: string }
  | { readonly kind: "sight"; readonly blind: boolean };

/** A person knows already that this node is down: it recovered and died again before they heard of it. */
export interface StillTold {
  readonly kind: "still_told";
  readonly node: string;
  readonly atMs: number;
}

export type PolicyOutput = Alert | StillTold;

/** A death that was recorded before this run. Instants are on the present monotonic clock. */
export interface OpenDeath {
  readonly node: string;
  readonly name: string;
  readonly diedAtMs: number;
  readonly lastHeardMs: number | undefined;
  readonly cause: string;
  readonly told: boolean;
  /** It is over, and nobody has been told so. */
  readonly recovered: { readonly atMs: number; readonly now: "alive" | "left" } | undefined;
}

interface Death {
  name: string;
  readonly diedAtMs: number;
  readonly lastHeardMs: number | undefined;
  readonly cause: string;
  told: boolean;
  /** False for a death of an earlier run that this one has not seen for itself. */
  confirmed: boolean;
  holdFromMs: number;
  recovered: { readonly atMs: number; readonly now: "alive" | "left" } | undefined;
}

export interface PolicyState {
  readonly deaths: Map<string, Death>;
  /** When messages were spent, oldest first, at most an hour's budget. */
  readonly spentMs: number[];
  blind: boolean;
}

/** `open` are the deaths of earlier runs that have not ended. */
export function newPolicy(open: Iterable<OpenDeath>): PolicyState {
  const deaths = new Map<string, Death>();
  for (const { node, ...death } of open) {
    // What is over and was told to nobody is nobody's business.
    if (death.recovered !== undefined && !death.told) continue;
    deaths.set(node, { ...death, confirmed: false, holdFromMs: death.diedAtMs });
  }
  return { deaths, spentMs: [], blind: true };
}

export function policyMachine(rules: Rules): Machine<PolicyState, PolicyInput, PolicyOutput> {
  return {
    step(state, input, nowMs) {
      // News alone send nothing, for more of the same instant may follow: that is for the next tick.
      if (input.kind === "tick") return [state, flush(state, rules, nowMs)];
      return [state, take(state, rules, { input, nowMs })];
    },
    deadlineMs: (state) => flushAtMs(state, rules),
  };
}

function take(
  state: PolicyState,
  rules: Rules,
  { input, nowMs }: { readonly input: PolicyInput; readonly nowMs: number },
): PolicyOutput[] {
  switch (input.kind) {
    case "news":
      return takeNews(state, rules, input);
    case "removed":
      state.deaths.delete(input.node);
      return [];
    case "sight":
      state.blind = input.blind;
      if (!input.blind) restartHolds(state, nowMs);
      return [];
  }
}

/** Who died just before the observer went blind may have come back unseen: the hold starts anew. */
function restartHolds(state: PolicyState, nowMs: number): void {
  for (const death of state.deaths.values()) {
    if (death.confirmed) death.holdFromMs = Math.max(death.holdFromMs, nowMs);
  }
}

function takeNews(state: PolicyState, rules: Rules, { transition, name }: News): PolicyOutput[] {
  const { node, to, atMs } = transition;
  const death = state.deaths.get(node);
  switch (to) {
    case "dead":
      if (death === undefined) {
        state.deaths.set(node, newDeath(transition, name));
        return [];
      }
      if (!death.confirmed) confirm(death, rules, atMs);
      death.recovered = undefined;
      return death.told ? [{ kind: "still_told", node, atMs }] : [];
    case "alive":
    case "left":
      if (death === undefined) return [];
      death.name = name;
      // The first sign of life ended it; whether the node still runs is what it said last.
      if (death.told) death.recovered = { atMs: death.recovered?.atMs ?? atMs, now: to };
      else state.deaths.delete(node);
      return [];
    case "suspect":
    case "unknown":
      return [];
  }
}

/** It was held before the restart, and waits only for those that are confirmed along with it. */
function confirm(death: Death, { groupMs, holdMs }: Rules, atMs: number): void {
  death.confirmed = true;
  death.holdFromMs = Math.max(death.holdFromMs, atMs - Math.max(0, holdMs - groupMs));
}

function newDeath(transition: Transition, name: string): Death {
  const { atMs, lastHeardMs } = transition;
  return {
    name,
    diedAtMs: atMs,
    lastHeardMs,
    cause: causeOf(transition),
    told: false,
    confirmed: true,
    holdFromMs: atMs,
    recovered: undefined,
  };
}

/** When the next message is to be sent, or `Infinity`. */
function flushAtMs(state: PolicyState, rules: Rules): number {
  if (state.blind) return Infinity;
  const wantedMs = Math.min(downDueMs(state, rules), recoveryDueMs(state, rules));
  return wantedMs === Infinity ? Infinity : Math.max(wantedMs, budgetFreeMs(state, rules));
}

/**
 * When the deaths that belong together have all been held long enough. All that died within the group
 * time of the first one are known by then, so a single death waits no longer than its hold.
 */
function downDueMs(state: PolicyState, { groupMs, holdMs }: Rules): number {
  const waiting = [...state.deaths.values()].filter(isUntold).map((death) => death.holdFromMs);
  if (waiting.length === 0) return Infinity;
  const firstMs = waiting.reduce((a, b) => Math.min(a, b));
  const lastMs = waiting.filter((ms) => ms <= firstMs + groupMs).reduce((a, b) => Math.max(a, b));
  return Math.max(firstMs + groupMs, lastMs + holdMs);
}

function recoveryDueMs(state: PolicyState, { groupMs }: Rules): number {
  let firstMs = Infinity;
  for (const { recovered } of state.deaths.values()) {
    if (recovered !== undefined) firstMs = Math.min(firstMs, recovered.atMs);
  }
  return firstMs + groupMs;
}

function isUntold(death: Death): boolean {
  return death.confirmed && !death.told;
}

function flush(state: PolicyState, rules: Rules, nowMs: number): Alert[] {
  if (flushAtMs(state, rules) > nowMs) return [];
  const down: DownNotice[] = [];
  const recovered: RecoveryNotice[] = [];
  const tellsDown = downDueMs(state, rules) <= nowMs;
  for (const [node, death] of state.deaths) {
    const { name, diedAtMs, lastHeardMs, cause } = death;
    if (death.recovered !== undefined) {
      const { atMs: recoveredAtMs, now } = death.recovered;
      recovered.push({ node, name, diedAtMs, lastHeardMs, recoveredAtMs, now });
      state.deaths.delete(node);
    } else if (tellsDown && isUntold(death) && death.holdFromMs + rules.holdMs <= nowMs) {
      down.push({ node, name, diedAtMs, lastHeardMs, cause });
      death.told = true;
    }
  }
  spend(state, rules, nowMs);
  return [{ kind: "alert", down, recovered, atMs: nowMs }];
}

/** When the hour's budget has room for one more alert; in the past when it has room now. */
function budgetFreeMs({ spentMs }: PolicyState, rules: Rules): number {
  const tooMany = spentMs.length + costOf(rules) - rules.perHourMax;
  if (tooMany <= 0) return -Infinity;
  return (spentMs[tooMany - 1] ?? -Infinity) + HOUR_MS;
}

function spend({ spentMs }: PolicyState, rules: Rules, nowMs: number): void {
  for (let message = 0; message < costOf(rules); message++) spentMs.push(nowMs);
  spentMs.splice(0, Math.max(0, spentMs.length - rules.perHourMax));
}

/** More recipients than the whole budget must not mean that nobody is ever told. */
function costOf({ recipients, perHourMax }: Rules): number {
  return Math.min(recipients, perHourMax);
}
