/** When a buzzer is to be quiet although a node is dead. */

import type { AlarmMessage } from "../protocol/wire.ts";

/** Nobody's word, and no wrong calendar, silences a buzzer for longer than this. */
export const SILENCE_MS_MAX = 24 * 3_600_000;

/** Until `untilMs` nobody sounds who was dead at `sinceMs`; whoever dies later does. Monotonic. */
export interface SilenceOfDead {
  readonly untilMs: number;
  readonly sinceMs: number;
}

/** What a tracker was told last. Instants are monotonic; -Infinity where nothing is silenced. */
export interface Silence extends SilenceOfDead {
  /** By whoever pressed a button last; all else was said by the hub. */
  readonly press: SilenceOfDead;
  /** Until then nobody sounds at all. */
  readonly maintenanceUntilMs: number;
  /** By node: until then it does not sound, whenever it died. */
  readonly nodesUntilMs: ReadonlyMap<string, number>;
  /** By node: until then its present death is not sounded, for somebody takes care of it. */
  readonly acknowledgedUntilMs: ReadonlyMap<string, number>;
}

/** How a tracker's machine hears of it: the message, and what the tracker's calendar shows (ms). */
export interface SilenceInput {
  readonly kind: "silence";
  readonly message: AlarmMessage;
  readonly wallMs: number;
}

/** Nobody has pressed a button. */
export const NO_PRESS: SilenceOfDead = { untilMs: -Infinity, sinceMs: -Infinity };

/** Nobody has silenced anything. */
export const NO_SILENCE: Silence = {
  ...NO_PRESS,
  press: NO_PRESS,
  maintenanceUntilMs: -Infinity,
  nodesUntilMs: new Map(),
  acknowledgedUntilMs: new Map(),
};

/**
 * What a message means on the listener's monotonic clock, which shows `nowMs`. A message that comes now
 * says itself how far away its instants are, so neither calendar need be right; only one that the
 * broker kept is read by the listener's own. A press says nothing of what the hub said, and its plans
 * are not believed. The hub takes presses over: what it says now stands in their place, while what the
 * broker kept of it may be older than a press. A copy came after each press before it, for both have
 * one topic. What is over already is `NO_SILENCE`.
 */
export function heardSilence(before: Silence, input: SilenceInput, nowMs: number): Silence {
  const { source, retained } = input.message;
  const heard = source === "hub"
    ? planOfHub(input, { nowMs, press: retained ? before.press : NO_PRESS })
    : { ...before, press: source === "copy" ? NO_PRESS : silenceOfDead(input, nowMs) };
  return endMs(heard) > nowMs ? heard : NO_SILENCE;
}

function silenceOfDead(input: SilenceInput, nowMs: number): SilenceOfDead {
  const { silencedUntilMs, sinceMs } = input.message;
  return {
    untilMs: untilHere(input, silencedUntilMs, nowMs),
    sinceMs: sinceMs === undefined ? nowMs : Math.min(instantHere(input, sinceMs, nowMs), nowMs),
  };
}

function planOfHub(
  input: SilenceInput,
  { nowMs, press }: { readonly nowMs: number; readonly press: SilenceOfDead },
): Silence {
  const { message: { atMs, planned }, wallMs } = input;
  const until = (instantMs: number | undefined) => untilHere(input, instantMs, nowMs);
  const acknowledgedMs = (atMs ?? wallMs) + SILENCE_MS_MAX;
  return {
    ...silenceOfDead(input, nowMs),
    press,
    maintenanceUntilMs: until(planned?.maintenanceUntilMs),
    nodesUntilMs: new Map(
      [...planned?.nodes ?? []].map(([node, { untilMs }]) => [node, until(untilMs)]),
    ),
    acknowledgedUntilMs: new Map(
      [...planned?.acknowledged ?? []].map((node) => [node, until(acknowledgedMs)]),
    ),
  };
}

/** An instant of the sender's calendar on the listener's monotonic clock. */
function instantHere({ message, wallMs }: SilenceInput, instantMs: number, nowMs: number): number {
  const saidMs = message.retained ? wallMs : message.atMs ?? wallMs;
  return nowMs + instantMs - saidMs;
}

/** An end, which nobody puts off by more than a day. */
function untilHere(input: SilenceInput, instantMs: number | undefined, nowMs: number): number {
  if (instantMs === undefined) return -Infinity;
  return Math.min(instantHere(input, instantMs, nowMs), nowMs + SILENCE_MS_MAX);
}

/** When the last of it ends. */
function endMs(silence: Silence): number {
  const { untilMs, press, maintenanceUntilMs, nodesUntilMs, acknowledgedUntilMs } = silence;
  const byNode = [...nodesUntilMs.values(), ...acknowledgedUntilMs.values()];
  return Math.max(untilMs, press.untilMs, maintenanceUntilMs, ...byNode);
}

/** A node is alive: nobody takes care of its next death yet, whether or not a hub says so. */
export function withoutAcknowledged(silence: Silence, node: string): Silence {
  if (!silence.acknowledgedUntilMs.has(node)) return silence;
  const acknowledgedUntilMs = new Map(silence.acknowledgedUntilMs);
  acknowledgedUntilMs.delete(node);
  return { ...silence, acknowledgedUntilMs };
}

/** Until when a node that died at `diedMs` is not to be sounded; -Infinity when it is to be. */
export function quietUntilMs(silence: Silence, node: string, diedMs: number): number {
  return Math.max(
    silence.maintenanceUntilMs,
    silence.nodesUntilMs.get(node) ?? -Infinity,
    silence.acknowledgedUntilMs.get(node) ?? -Infinity,
    diedMs <= silence.sinceMs ? silence.untilMs : -Infinity,
    diedMs <= silence.press.sinceMs ? silence.press.untilMs : -Infinity,
  );
}
