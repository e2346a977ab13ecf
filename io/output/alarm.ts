/** The tracker's LED, buzzer and lamp. Without hardware the terminal or the log shows them. */

import type { Indication } from "../../core/alarm/indication.ts";
import { describeIndication } from "../../core/alarm/indicator.ts";
import { getLog } from "../log/log.ts";
import type { Failures } from "./failures.ts";
import { Indicator, type OutputLine } from "./indicator.ts";
import { ResilientLine } from "./resilient_line.ts";
import { TerminalLine } from "./terminal_line.ts";

/**
 * Opens each output; absent when the user does not want that output. An opener throws when it
 * fails.
 */
export interface AlarmOptions {
  readonly led: (() => OutputLine) | undefined;
  readonly buzzer: (() => OutputLine) | undefined;
  readonly lamp: (() => OutputLine) | undefined;
  /** Collects the outputs that do not work. */
  readonly failures: Failures;
}

const log = getLog("alarm");

/** Shows one indication at a time. Disposing it turns everything off. */
export class Alarm implements Disposable {
  readonly #opened = new DisposableStack();
  readonly #terminal: TerminalLine;
  readonly #indicator: Indicator;
  readonly #lines: readonly ResilientLine[];
  #hasReported = false;

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
    if (!works && !this.#hasReported) {
      this.#hasReported = true;
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

/** Shows an output that does not work in the terminal. */
function mirrored(line: ResilientLine, mirror: OutputLine): OutputLine {
  return {
    set(on) {
      line.set(on);
      mirror.set(on && !line.works);
    },
    // The alarm owns both lines.
    [Symbol.dispose]: () => {},
  };
}
