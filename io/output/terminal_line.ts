/** Shows LED, buzzer and lamp as one line in the terminal, for a machine without them. */
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
  /** Default: Deno.stderr. */
  readonly stream?: TerminalStream;
  /** Whether to show a lamp beside LED and buzzer. */
  readonly lamp?: boolean;
}

/** The outputs in their order, with their names in the terminal. */
const NAMES = { led: "LED", buzzer: "buzzer", lamp: "lamp" } as const;

type Name = keyof typeof NAMES;

/**
 * In a terminal the line is redrawn in place: `LED ● buzzer ○ a Pi is down`. It writes nothing
 * elsewhere (a pipe, the journal), where blinking would fill the log.
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

  /** Whether the output is a terminal. */
  get isTerminal(): boolean {
    return this.#stream.isTerminal();
  }

  /** Sets the label for what the outputs show. */
  show(kind: IndicationKind): void {
    if (kind === this.#kind) return;
    this.#kind = kind;
    this.#draw();
  }

  /** Clears the line. */
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

  /** The cursor stays at the start of the line, so that a log line overwrites it. */
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
      // A closed terminal (EIO) or a blocked one (EAGAIN) must not end the tracker.
    }
  }
}
