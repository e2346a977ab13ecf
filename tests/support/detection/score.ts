/**
 * Plays a machine like a score: inputs at instants, and ticks at every deadline in between.
 * Instants are milliseconds.
 */

import type { Machine, Tick } from "../../../core/machine.ts";

/** More ticks at one instant mean that the machine requests the past for ever. */
const TICKS_AT_ONCE_MAX = 3;

/** An input and its arrival. */
export type Note<Input> = readonly [instantMs: number, input: Input];

/** An output and the instant at which it came out. Its own `atMs` may be earlier. */
export interface Played<Output> {
  readonly atMs: number;
  readonly output: Output;
}

/** The observer does not run: it reads nothing and gets no tick until it runs again. */
export interface Stall {
  readonly fromMs: number;
  readonly toMs: number;
  /** Timers run before the sockets are read. */
  readonly ticksFirst?: boolean;
}

export interface PlayOptions<Input, Output> {
  readonly notes: readonly Note<Input | Tick>[];
  readonly untilMs: number;
  /** The world's answer to an output, and its instant. */
  readonly answer?: (output: Output, atMs: number) => Note<Input> | undefined;
  readonly stalls?: readonly Stall[];
  /** Ticks come this much after their deadline. */
  readonly lateMs?: (deadlineMs: number) => number;
}

/** The outputs, in order. */
export function play<State, Input, Output>(
  machine: Machine<State, Input, Output>,
  initial: State,
  options: PlayOptions<Input, Output>,
): readonly Played<Output>[] {
  const { answer, untilMs, stalls = [], lateMs = () => 0 } = options;
  const notes = [...options.notes].sort(([a], [b]) => a - b);
  const played: Played<Output>[] = [];
  let state = initial;
  let nowMs = -Infinity;
  let ticksAtOnce = 0;
  for (;;) {
    const [noteMs, input] = notes[0] ?? [Infinity, undefined];
    const deadlineMs = machine.deadlineMs(state);
    const tickMs = deadlineMs + lateMs(deadlineMs);
    const inputAtMs = Math.max(nowMs, awakeAtMs(noteMs, stalls));
    const tickAtMs = Math.max(nowMs, awakeAtMs(tickMs, stalls));
    const wokeUp = stalls.find(({ fromMs, toMs }) => fromMs <= tickMs && tickMs < toMs);
    const ticks = tickAtMs < inputAtMs || (tickAtMs === inputAtMs && wokeUp?.ticksFirst === true);
    const atMs = ticks ? tickAtMs : inputAtMs;
    if (atMs > untilMs || atMs === Infinity) return played;
    ticksAtOnce = ticks && atMs === nowMs ? ticksAtOnce + 1 : 0;
    if (ticksAtOnce > TICKS_AT_ONCE_MAX) throw new Error(`The machine spins at ${atMs} ms`);
    nowMs = atMs;
    if (!ticks) notes.shift();
    const [next, outputs] = machine.step(state, ticks || !input ? { kind: "tick" } : input, nowMs);
    state = next;
    for (const output of outputs) {
      played.push({ atMs: nowMs, output });
      const reply = answer?.(output, nowMs);
      if (reply !== undefined) insert(notes, reply);
    }
  }
}

function awakeAtMs(atMs: number, stalls: readonly Stall[]): number {
  const stall = stalls.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
  return stall === undefined ? atMs : stall.toMs;
}

function insert<Input>(notes: Note<Input>[], note: Note<Input>): void {
  const later = notes.findIndex(([atMs]) => atMs > note[0]);
  notes.splice(later === -1 ? notes.length : later, 0, note);
}
