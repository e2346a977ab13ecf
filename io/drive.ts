/** Runs any machine on a stream of inputs and one timer. */

import { setImmediate } from "node:timers/promises";
import type { Machine, Tick } from "../core/machine.ts";
import type { Clock } from "./time/clock.ts";
import { LazyAlarm } from "./time/lazy_alarm.ts";

/**
 * A longer queue means that the machine cannot keep up. The program then ends before it uses up the
 * memory.
 */
const QUEUE_MAX = 100_000;

/** The maximum number of steps in one turn; `TURN_MS` limits its time. */
const TURN_STEPS_MAX = 256;
const TURN_MS = 20;

/**
 * A supervised loop completes a turn at least this often, even when its machine has nothing to do.
 */
export const TURN_MS_MAX = 2000;

/**
 * One step with its input and outputs. `state` is that after the last step of the turn. The machine
 * may change it in place, so read it only during the turn.
 */
export interface Step<State, Input, Output> {
  readonly state: State;
  readonly input: Input | Tick;
  readonly outputs: readonly Output[];
  readonly nowMs: number;
}

/** The steps of one turn, oldest first; never empty. */
export type Turn<State, Input, Output> = readonly Step<State, Input, Output>[];

/** Passes inputs from callbacks to a loop, in the order of their arrival. */
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

  /** Resolves when an input arrives or `wake` is called. */
  async arrival(): Promise<void> {
    if (this.#queue.length > 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await promise;
  }

  /** Ends the current wait. */
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
  /**
   * Called when all waiting inputs are processed, at least every `TURN_MS_MAX`. It shows that the
   * loop still runs.
   */
  readonly onTurn?: () => void;
}

/**
 * Yields the steps of each turn together, so that they can be written together, until `stop`
 * aborts. Inputs come before the tick: after a stall the machine reads all waiting messages before
 * it checks a deadline.
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
    // MQTT.js delivers packets one by one. This waits for all packets that arrived together.
    await setImmediate();
  }
}

/** Yields the steps one by one. */
export async function* stepsOf<State, Input, Output>(
  turns: AsyncIterable<Turn<State, Input, Output>>,
): AsyncGenerator<Step<State, Input, Output>, void, void> {
  for await (const turn of turns) yield* turn;
}

/** When a step throws, the steps before it still form a turn. */
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
