/** Runs any machine on a stream of inputs and one timer. */

import { setImmediate } from "node:timers/promises";
import type { Machine, Tick } from "../core/machine.ts";
import type { Clock } from "./time/clock.ts";
import { LazyAlarm } from "./time/lazy_alarm.ts";

/** More waiting inputs than this mean that the machine cannot keep up: better to end than to swell. */
const QUEUE_MAX = 100_000;

/** So many steps make one turn at most, and no more are taken after so long. */
const TURN_STEPS_MAX = 256;
const TURN_MS = 20;

/** A loop that is watched turns at least this often, whatever its machine waits for. */
export const TURN_MS_MAX = 2000;

/**
 * One step: what was put in, and what came out. `state` is the machine's own: read it now or never. It
 * is as the last step of the turn left it, where the machine changes it in place.
 */
export interface Step<State, Input, Output> {
  readonly state: State;
  readonly input: Input | Tick;
  readonly outputs: readonly Output[];
  readonly nowMs: number;
}

/** Steps that were taken in one go, oldest first; never empty. */
export type Turn<State, Input, Output> = readonly Step<State, Input, Output>[];

/** Inputs in the order of their arrival, from callbacks to a loop. */
export class Inbox<Input> {
  readonly #queue: Input[] = [];
  #wake: () => void = () => {};

  put(input: Input): void {
    if (this.#queue.length >= QUEUE_MAX) throw new Error(`More than ${QUEUE_MAX} inputs wait`);
    this.#queue.push(input);
    this.#wake();
  }

  takeAll(): readonly Input[] {
    return this.#queue.splice(0);
  }

  /** Resolves as soon as something waits, or `wake` is called. */
  async arrival(): Promise<void> {
    if (this.#queue.length > 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await promise;
  }

  /** Ends the present wait. */
  wake(): void {
    this.#wake();
  }
}

export interface DriveOptions<State, Input, Output> {
  readonly machine: Machine<State, Input, Output>;
  readonly initial: State;
  readonly inbox: Inbox<Input>;
  readonly clock: Clock;
  readonly stop: AbortSignal;
  /** Called when all that waited is done, at least every `TURN_MS_MAX`: the loop turns. */
  readonly onTurn?: () => void;
}

/**
 * Yields every step until `stop` aborts, those that are due together in one turn, so that they can be
 * written together. Inputs go before the tick: after a stall the messages that wait already are read
 * before any deadline is judged.
 */
export async function* drive<State, Input, Output>(
  { machine, initial, inbox, clock, stop, onTurn }: DriveOptions<State, Input, Output>,
): AsyncGenerator<Turn<State, Input, Output>, void, void> {
  let state = initial;
  const step = (input: Input | Tick): Step<State, Input, Output> => {
    const nowMs = clock.nowMs();
    const [next, outputs] = machine.step(state, input, nowMs);
    state = next;
    return { state, input, outputs, nowMs };
  };
  const steps = function* () {
    for (const input of inbox.takeAll()) yield step(input);
    if (machine.deadlineMs(state) <= clock.nowMs()) yield step({ kind: "tick" });
  };
  const wake = () => inbox.wake();
  using ended = new DisposableStack();
  stop.addEventListener("abort", wake, { once: true });
  ended.defer(() => stop.removeEventListener("abort", wake));
  const alarm = ended.use(new LazyAlarm(clock, wake));
  while (!stop.aborted) {
    for (const turn of inTurns(steps(), clock)) yield turn;
    onTurn?.();
    alarm.setAtLatest(machine.deadlineMs(state));
    if (onTurn !== undefined) alarm.setAtLatest(clock.nowMs() + TURN_MS_MAX);
    if (stop.aborted) return;
    await inbox.arrival();
    // MQTT.js hands over packet by packet what came together: all of it first.
    await setImmediate();
  }
}

/** For whoever takes the steps one by one. */
export async function* stepsOf<State, Input, Output>(
  turns: AsyncIterable<Turn<State, Input, Output>>,
): AsyncGenerator<Step<State, Input, Output>, void, void> {
  for await (const turn of turns) yield* turn;
}

/** What was done before a step that throws is a turn, too. */
function* inTurns<Each>(steps: Iterable<Each>, clock: Clock): Generator<readonly Each[]> {
  let turn: Each[] = [];
  let endMs = clock.nowMs() + TURN_MS;
  try {
    for (const step of steps) {
      turn.push(step);
      if (turn.length < TURN_STEPS_MAX && clock.nowMs() < endMs) continue;
      const done = turn;
      turn = [];
      yield done;
      endMs = clock.nowMs() + TURN_MS;
    }
  } finally {
    if (turn.length > 0) yield turn;
  }
}
