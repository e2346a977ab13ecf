/** When a buzzer is silent although a node is dead. */

import type { AlarmMessage } from "../protocol/wire.ts";

/** No message and no wrong wall clock silences a buzzer for longer than this. */
export const SILENCE_MS_MAX = 24 * 3_600_000;

/**
 * Until `untilMs` the nodes that were dead at `sinceMs` are silent. Later deaths sound. Monotonic.
 */
export interface SilenceOfDead {
  readonly untilMs: number;
  readonly sinceMs: number;
}

/**
 * The silences that a tracker received last. Instants are monotonic; -Infinity where nothing is
 * silenced.
 */
export interface Silence extends SilenceOfDead {
  /** From the last press of a button. All other fields come from the hub. */
  readonly press: SilenceOfDead;
  /** Until then no node sounds at all. */
  readonly maintenanceUntilMs: number;
  /** By node: until then it does not sound. The time of its death does not matter. */
  readonly nodesUntilMs: ReadonlyMap<string, number>;
  /** By node: until then its present death does not sound, because a person takes care of it. */
  readonly acknowledgedUntilMs: ReadonlyMap<string, number>;
}

/**
 * A silence for a tracker's machine: the message, and the tracker's wall clock (ms) when it
 * arrived.
 */
export interface SilenceInput {
  readonly kind: "silence";
  readonly message: AlarmMessage;
  readonly wallMs: number;
}

/** No button was pressed. */
export const NO_PRESS: SilenceOfDead = { untilMs: -Infinity, sinceMs: -Infinity };

/** Nothing is silenced. */
export const NO_SILENCE: Silence = {
  ...NO_PRESS,
  press: NO_PRESS,
  maintenanceUntilMs: -Infinity,
  nodesUntilMs: new Map(),
  acknowledgedUntilMs: new Map(),
};

/**
 * Translates a message to the listener's monotonic clock, which shows `nowMs`.
 *
 * A live message contains the sender's own time, so its instants are relative and neither wall
 * clock needs to be right. A retained message is read by the listener's wall clock. A press carries
 * no plans of the hub, and any plans in it are ignored. The hub takes over presses: a live message
 * of the hub replaces them, but a retained one may be older than a press. A copy follows each press
 * before it, because both use the same topic. A silence that is already over becomes `NO_SILENCE`.
 */
export function receivedSilence(before: Silence, input: SilenceInput, nowMs: number): Silence {
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

/** Translates an instant of the sender's wall clock to the listener's monotonic clock. */
function instantHere({ message, wallMs }: SilenceInput, instantMs: number, nowMs: number): number {
  const saidMs = message.retained ? wallMs : message.atMs ?? wallMs;
  return nowMs + instantMs - saidMs;
}

/** Translates an end. No end is more than a day away. */
function untilHere(input: SilenceInput, instantMs: number | undefined, nowMs: number): number {
  if (instantMs === undefined) return -Infinity;
  return Math.min(instantHere(input, instantMs, nowMs), nowMs + SILENCE_MS_MAX);
}

/** When the last silence ends. */
function endMs(silence: Silence): number {
  const { untilMs, press, maintenanceUntilMs, nodesUntilMs, acknowledgedUntilMs } = silence;
  const byNode = [...nodesUntilMs.values(), ...acknowledgedUntilMs.values()];
  return Math.max(untilMs, press.untilMs, maintenanceUntilMs, ...byNode);
}

/** The node is alive. Its next death is not acknowledged yet, even if no hub says so. */
export function withoutAcknowledged(silence: Silence, node: string): Silence {
  if (!silence.acknowledgedUntilMs.has(node)) return silence;
  const acknowledgedUntilMs = new Map(silence.acknowledgedUntilMs);
  acknowledgedUntilMs.delete(node);
  return { ...silence, acknowledgedUntilMs };
}

/** Until when a node that died at `diedMs` is silent; -Infinity if it is not silenced. */
export function quietUntilMs(silence: Silence, node: string, diedMs: number): number {
  return Math.max(
    silence.maintenanceUntilMs,
    silence.nodesUntilMs.get(node) ?? -Infinity,
    silence.acknowledgedUntilMs.get(node) ?? -Infinity,
    diedMs <= silence.sinceMs ? silence.untilMs : -Infinity,
    diedMs <= silence.press.sinceMs ? silence.press.untilMs : -Infinity,
  );
}
