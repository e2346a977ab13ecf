/** LED, buzzer and lamp as one line in the terminal, for a machine that has none of them. */
import type { IndicationKind } from "../../core/alarm/indication.ts";
import { indicationMeaning } from "../../core/alarm/indicator.ts";
import type { OutputLine } from "./indicator.ts";

const CLEAR_TO_END = "\x1b[K";

/** Where the line is shown: Deno.stderr, or a file in a test. */
export interface TerminalStream {
  isTerminal(): boolean;
  writeSync(bytes: Uint8Array): number;
}

export interface TerminalLineOptions {
  /** Left out: Deno.stderr. */
  readonly stream?: TerminalStream;
  /** Whether there is to be a lamp beside LED and buzzer. */
  readonly lamp?: boolean;
}

/** The outputs by their names in the terminal, in their order. */
const NAMES = { led: "LED", buzzer: "buzzer", lamp: "lamp" } as const;

type Name = keyof typeof NAMES;

/**
 * In a terminal the line is redrawn in place: `LED ● buzzer ○  a Pi is down`. Elsewhere (a pipe, the
 * journal) blinking would fill the log, and nothing is written.
 */
export class TerminalLine implements Disposable {
  readonly led: OutputLine = this.#output("led");
  readonly buzzer: OutputLine = this.#output("buzzer");
  readonly lamp: OutputLine = this.#output("lamp");
  readonly #stream: TerminalStream;
  readonly #shown: readonly Name[];
  readonly #levels = { led: false, buzzer: false, lamp: false };
  #kind: IndicationKind | undefined;

  constructor({ stream = Deno.stderr, lamp = false }: TerminalLineOptions = {}) {
    this.#stream = stream;
    this.#shown = lamp ? ["led", "buzzer", "lamp"] : ["led", "buzzer"];
  }

  /** Whether anybody can see the line. */
  get isTerminal(): boolean {
    return this.#stream.isTerminal();
  }

  /** Names what the outputs show from now on. */
  show(kind: IndicationKind): void {
    if (kind === this.#kind) return;
    this.#kind = kind;
    this.#draw();
  }

  /** Leaves the terminal with an empty line. */
  [Symbol.dispose](): void {
    this.#write(`\r${CLEAR_TO_END}`);
  }

  #output(name: Name): OutputLine {
    return {
      set: (on) => {
        if (this.#levels[name] === on) return;
        this.#levels[name] = on;
        this.#draw();
      },
      [Symbol.dispose]: () => {},
    };
  }

  /** The cursor stays at the line's start, so that a log line overwrites it and stands alone. */
  #draw(): void {
    const mark = (name: Name) => `${NAMES[name]} ${this.#levels[name] ? "●" : "○"}`;
    const marks = this.#shown.map(mark).join(" ");
    const meaning = this.#kind === undefined ? "" : indicationMeaning(this.#kind);
    this.#write(`\r${marks}  ${meaning}${CLEAR_TO_END}\r`);
  }

  #write(text: string): void {
    if (!this.isTerminal) return;
    try {
      this.#stream.writeSync(new TextEncoder().encode(text));
    } catch {
      // A terminal that was closed (EIO), or that takes no more (EAGAIN), must not end the tracker.
    }
  }
}
