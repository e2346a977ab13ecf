/** When a buzzer is to be quiet although a node is dead. */

import type { AlarmMessage } from "./wire.ts";

/** Nobody's word, and no wrong calendar, silences a buzzer for longer than this. */
export const SILENCE_MS_MAX = 24 * 3_600_000;

/** What a tracker was told last. Instants are monotonic; -Infinity where nothing is silenced. */
export interface Silence {
  /** Until then nobody sounds who was dead at `sinceMs`; whoever dies later does. */
  readonly untilMs: number;
  readonly sinceMs: number;
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

/** Nobody has silenced anything. */
export const NO_SILENCE: Silence = {
  untilMs: -Infinity,
  sinceMs: -Infinity,
  maintenanceUntilMs: -Infinity,
  nodesUntilMs: new Map(),
  acknowledgedUntilMs: new Map(),
};

/**
 * What a message means on the listener's monotonic clock, which shows `nowMs`. A message that comes now
 * says itself how far away its instants are, so neither calendar need be right; only one that the
 * broker kept is read by the listener's own. What the sender says nothing about stays as it was. What is over already is `NO_SILENCE`.
 */
export function heardSilence(
  before: Silence,
  { message, wallMs }: SilenceInput,
  nowMs: number,
): Silence {
  const { retained, atMs, silencedUntilMs, sinceMs, planned } = message;
  const saidAtMs = atMs ?? wallMs;
  const saidMs = retained ? wallMs : saidAtMs;
  const here = (instantMs: number) => nowMs + instantMs - saidMs;
  const until = (instantMs: number | undefined) =>
    instantMs === undefined ? -Infinity : Math.min(here(instantMs), nowMs + SILENCE_MS_MAX);
  const heard: Silence = {
    untilMs: until(silencedUntilMs),
    sinceMs: sinceMs === undefined ? nowMs : Math.min(here(sinceMs), nowMs),
    maintenanceUntilMs: planned ? until(planned.maintenanceUntilMs) : before.maintenanceUntilMs,
    nodesUntilMs: planned
      ? new Map([...planned.nodes].map(([node, { untilMs }]) => [node, until(untilMs)]))
      : before.nodesUntilMs,
    acknowledgedUntilMs: planned
      ? new Map([...planned.acknowledged].map((node) => [node, until(saidAtMs + SILENCE_MS_MAX)]))
      : before.acknowledgedUntilMs,
  };
  return endMs(heard) > nowMs ? heard : NO_SILENCE;
}

/** When the last of it ends. */
function endMs(silence: Silence): number {
  const { untilMs, maintenanceUntilMs, nodesUntilMs, acknowledgedUntilMs } = silence;
  const byNode = [...nodesUntilMs.values(), ...acknowledgedUntilMs.values()];
  return Math.max(untilMs, maintenanceUntilMs, ...byNode);
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
  );
}
