/** Plays indications on LED, buzzer and lamp. */
import type { Indication, Pattern } from "../../core/alarm/indication.ts";
import { patternAt, samePattern } from "../../core/alarm/pattern.ts";
import { type Clock, systemClock } from "../time/clock.ts";

/** Deno's timers fire 1 to 2 ms late, so the indicator sets them a little early. */
const EARLY_MS = 1;

/** One output that is on or off: a GPIO line, an on-board LED, a mark in the terminal. */
export interface OutputLine extends Disposable {
  /** Throws when the output cannot be set. */
  set(on: boolean): void;
}

/** The available outputs. The caller owns them and disposes them after the indicator. */
export interface IndicatorOutputs {
  readonly led?: OutputLine | undefined;
  readonly buzzer?: OutputLine | undefined;
  readonly lamp?: OutputLine | undefined;
}

export interface IndicatorOptions {
  /** Called once for each distinct error of an output, until that output works again. */
  readonly onError?: (error: unknown) => void;
  readonly clock?: Pick<Clock, "nowMs">;
}

/** Shows one indication at a time. Disposing it turns all outputs off. */
export class Indicator implements Disposable {
  readonly #players: Readonly<Record<"led" | "buzzer" | "lamp", Player | undefined>>;

  constructor(outputs: IndicatorOutputs, options: IndicatorOptions = {}) {
    const player = (output: OutputLine | undefined) => output && new Player(output, options);
    this.#players = {
      led: player(outputs.led),
      buzzer: player(outputs.buzzer),
      lamp: player(outputs.lamp),
    };
  }

  /** A repeated call is cheap: an output whose pattern stays the same continues. */
  show(indication: Indication): void {
    this.#players.led?.play(indication.led);
    this.#players.buzzer?.play(indication.buzzer);
    this.#players.lamp?.play(indication.lamp);
  }

  [Symbol.dispose](): void {
    this.#players.led?.[Symbol.dispose]();
    this.#players.buzzer?.[Symbol.dispose]();
    this.#players.lamp?.[Symbol.dispose]();
  }
}

/**
 * Plays one pattern on one output. Each step is timed from the pattern's start, so delays do not
 * add up.
 */
class Player implements Disposable {
  readonly #output: OutputLine;
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #onError: (error: unknown) => void;
  #pattern: Pattern | undefined;
  #startMs = 0;
  #timer: number | undefined;
  /** The known level of the output; `undefined` before the first setting and after an error. */
  #level: boolean | undefined;
  #reported: string | undefined;

  constructor(output: OutputLine, options: IndicatorOptions) {
    this.#output = output;
    this.#clock = options.clock ?? systemClock;
    this.#onError = options.onError ?? (() => {});
  }

  play(pattern: Pattern): void {
    if (this.#pattern !== undefined && samePattern(this.#pattern, pattern)) return;
    clearTimeout(this.#timer);
    this.#pattern = pattern;
    this.#startMs = this.#clock.nowMs();
    this.#step(pattern);
  }

  #step(pattern: Pattern): void {
    const elapsedMs = this.#clock.nowMs() - this.#startMs + EARLY_MS;
    const { on, nextMs } = patternAt(pattern, elapsedMs);
    this.#set(on);
    if (nextMs === undefined) return;
    this.#timer = setTimeout(() => this.#step(pattern), nextMs - elapsedMs);
  }

  #set(on: boolean): void {
    if (this.#level === on) return;
    try {
      this.#output.set(on);
      this.#level = on;
      this.#reported = undefined;
    } catch (error) {
      this.#level = undefined;
      if (this.#reported === String(error)) return;
      this.#reported = String(error);
      this.#onError(error);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#pattern = undefined;
    this.#set(false);
  }
}
