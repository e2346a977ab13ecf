/** LED, buzzer and lamp as the tracker uses them: real ones, or in the terminal or log without. */

import type { Indication } from "../core/indication.ts";
import { describeIndication } from "../core/indicator.ts";
import { Indicator, type OutputLine } from "./indicator.ts";
import { getLog } from "./log.ts";
import { ResilientLine } from "./resilient_line.ts";
import { TerminalLine } from "./terminal_line.ts";

/** How each output is opened; absent where the user wants none. An opener throws what hinders it. */
export interface AlarmOptions {
  readonly led: (() => OutputLine) | undefined;
  readonly buzzer: (() => OutputLine) | undefined;
  readonly lamp: (() => OutputLine) | undefined;
  /** What to do about an error of an opener, in words, if anything is known. */
  readonly adviceOn: (error: unknown) => string | undefined;
}

/** An output that does not work, to be told. */
interface Failure {
  readonly name: string;
  readonly reason: string;
  readonly advice: string | undefined;
}

const log = getLog("alarm");

/** Plays one indication at a time. Disposing turns everything off. */
export class Alarm implements Disposable {
  readonly #opened = new DisposableStack();
  readonly #terminal: TerminalLine;
  readonly #indicator: Indicator;
  readonly #lines: readonly ResilientLine[];
  /** What failed just now and is told in a moment: one reason for several outputs is told once. */
  readonly #failures: Failure[] = [];
  #hasSaidSo = false;

  constructor(options: AlarmOptions) {
    const hasLamp = options.lamp !== undefined;
    this.#terminal = this.#opened.use(new TerminalLine({ lamp: hasLamp }));
    const led = this.#line("LED", options.led, options.adviceOn);
    const buzzer = this.#line("buzzer", options.buzzer, options.adviceOn);
    const lamp = this.#line("lamp", options.lamp, options.adviceOn);
    this.#lines = [led, buzzer, lamp].filter((line) => line !== undefined);
    this.#indicator = this.#opened.use(
      new Indicator({
        led: led && mirrored(led, this.#terminal.led),
        buzzer: buzzer && mirrored(buzzer, this.#terminal.buzzer),
        lamp: lamp && mirrored(lamp, this.#terminal.lamp),
      }),
    );
  }

  show(indication: Indication): void {
    this.#indicator.show(indication);
    const works = this.#lines.some((line) => line.works);
    if (!works && !this.#hasSaidSo) {
      this.#hasSaidSo = true;
      const instead = this.#terminal.isTerminal ? "terminal" : "log";
      log.info(`neither LED nor buzzer works here: the ${instead} shows both`);
    }
    if (!works && this.#terminal.isTerminal) this.#terminal.show(indication.kind);
    else log.info(describeIndication(indication.kind));
  }

  [Symbol.dispose](): void {
    this.#opened.dispose();
  }

  #line(
    name: string,
    open: (() => OutputLine) | undefined,
    adviceOn: (error: unknown) => string | undefined,
  ): ResilientLine | undefined {
    if (open === undefined) return undefined;
    const onError = (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      if (this.#failures.length === 0) queueMicrotask(() => this.#tellFailures());
      this.#failures.push({ name, reason, advice: adviceOn(error) });
    };
    const onOpen = () => log.info(`${name} works`);
    return this.#opened.use(new ResilientLine({ open, onError, onOpen }));
  }

  #tellFailures(): void {
    const byReason = Map.groupBy(this.#failures.splice(0), ({ reason }) => reason);
    for (const [reason, failures] of byReason) {
      const names = listed(failures.map(({ name }) => name));
      const verb = failures.length === 1 ? "does" : "do";
      const advice = failures[0]?.advice;
      log.warning(`${names} ${verb} not work, and will be tried again`, {
        reason,
        ...(advice === undefined ? {} : { advice }),
      });
    }
  }
}

/** "LED, buzzer and lamp". */
function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${last}` : last;
}

/** Shows in the terminal what an output that does not work would do. */
function mirrored(line: ResilientLine, mirror: OutputLine): OutputLine {
  return {
    set(on) {
      line.set(on);
      mirror.set(on && !line.works);
    },
    // Both belong to the alarm.
    [Symbol.dispose]: () => {},
  };
}
