/** The web's events at the end of a program, from those of Node.js. */

type Listener = (event: unknown) => void;

/** The part of Node.js's `process` that is used. */
export interface ProgramProcess {
  on(
    event: "uncaughtException" | "unhandledRejection",
    listener: (error: unknown) => void,
  ): unknown;
  on(event: "exit", listener: () => void): unknown;
  exit(code: number): never;
}

/**
 * An error that nobody caught is an `error` event, a promise's is `unhandledrejection`. Then the
 * program ends with status 1, and its end is `unload`.
 */
export class ProgramEvents {
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #process: ProgramProcess;

  constructor(process: ProgramProcess) {
    this.#process = process;
    process.on("uncaughtException", (error) => {
      this.#tell("error", { error, message: String(error) });
      this.#fail(error);
    });
    process.on("unhandledRejection", (reason) => {
      this.#tell("unhandledrejection", { reason });
      this.#fail(reason);
    });
    process.on("exit", () => this.#tell("unload", {}));
  }

  readonly add = (kind: string, listener: Listener): void => {
    const known = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, known.add(listener));
  };

  readonly remove = (kind: string, listener: Listener): void => {
    this.#listeners.get(kind)?.delete(listener);
  };

  #fail(error: unknown): never {
    console.error(error);
    this.#process.exit(1);
  }

  #tell(kind: string, event: unknown): void {
    for (const listener of this.#listeners.get(kind) ?? []) listener(event);
  }
}
