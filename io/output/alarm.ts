/** LED, buzzer and lamp as the tracker uses them: real ones, or in the terminal or log without. */

import type { Indication } from "../../core/alarm/indication.ts";
import { describeIndication } from "../../core/alarm/indicator.ts";
import { getLog } from "../log/log.ts";
import type { Failures } from "./failures.ts";
import { Indicator, type OutputLine } from "./indicator.ts";
import { ResilientLine } from "./resilient_line.ts";
import { TerminalLine } from "./terminal_line.ts";

/** How each output is opened; absent where the user wants none. An opener throws what hinders it. */
export interface AlarmOptions {
  readonly led: (() => OutputLine) | undefined;
  readonly buzzer: (() => OutputLine) | undefined;
  readonly lamp: (() => OutputLine) | undefined;
  /** Hears of what does not work. */
  readonly failures: Failures;
}

const log = getLog("alarm");

/** Plays one indication at a time. Disposing turns everything off. */
export class Alarm implements Disposable {
  readonly #opened = new DisposableStack();
  readonly #terminal: TerminalLine;
  readonly #indicator: Indicator;
  readonly #lines: readonly ResilientLine[];
  #hasSaidSo = false;

  constructor(options: AlarmOptions) {
    const hasLamp = options.lamp !== undefined;
    this.#terminal = this.#opened.use(new TerminalLine({ lamp: hasLamp }));
    const { failures } = options;
    const led = this.#line("LED", options.led, failures);
    const buzzer = this.#line("buzzer", options.buzzer, failures);
    const lamp = this.#line("lamp", options.lamp, failures);
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
    failures: Failures,
  ): ResilientLine | undefined {
    if (open === undefined) return undefined;
    const onError = (error: unknown) => failures.add(name, error);
    const onOpen = () => log.info(`${name} works`);
    return this.#opened.use(new ResilientLine({ open, onError, onOpen }));
  }
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
