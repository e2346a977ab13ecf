/** Runs any machine on a stream of inputs and one timer. */

import type { Machine, Tick } from "../core/machine.ts";
import type { Clock } from "./clock.ts";
import { LazyAlarm } from "./lazy_alarm.ts";

/** More waiting inputs than this mean that the machine cannot keep up: better to end than to swell. */
const QUEUE_MAX = 100_000;

/** A loop that is watched turns at least this often, whatever its machine waits for. */
export const TURN_MS_MAX = 2000;

/** One step: what was put in, and what came out. `state` is the machine's own; read it now or never. */
export interface Step<State, Input, Output> {
  readonly state: State;
  readonly input: Input | Tick;
  readonly outputs: readonly Output[];
  readonly nowMs: number;
}

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
 * Yields every step until `stop` aborts. Inputs go before the tick: after a stall the messages that
 * wait already are read before any deadline is judged.
 */
export async function* drive<State, Input, Output>(
  { machine, initial, inbox, clock, stop, onTurn }: DriveOptions<State, Input, Output>,
): AsyncGenerator<Step<State, Input, Output>, void, void> {
  let state = initial;
  const step = (input: Input | Tick): Step<State, Input, Output> => {
    const nowMs = clock.nowMs();
    const [next, outputs] = machine.step(state, input, nowMs);
    state = next;
    return { state, input, outputs, nowMs };
  };
  const wake = () => inbox.wake();
  using ended = new DisposableStack();
  stop.addEventListener("abort", wake, { once: true });
  ended.defer(() => stop.removeEventListener("abort", wake));
  const alarm = ended.use(new LazyAlarm(clock, wake));
  while (!stop.aborted) {
    for (const input of inbox.takeAll()) yield step(input);
    if (machine.deadlineMs(state) <= clock.nowMs()) yield step({ kind: "tick" });
    onTurn?.();
    alarm.setAtLatest(machine.deadlineMs(state));
    if (onTurn !== undefined) alarm.setAtLatest(clock.nowMs() + TURN_MS_MAX);
    if (!stop.aborted) await inbox.arrival();
  }
}
