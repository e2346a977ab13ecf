/** Starts a program again whenever it has ended, as systemd does with the unit of that name. */

import { pass } from "./pass.ts";
import type { TestProgram } from "./programs.ts";

/** `RestartSec` of the units. */
const RESTART_MS = 1000;

/** `await using supervisor = new Supervisor(hub);` From now on until disposed. */
export class Supervisor implements AsyncDisposable {
  /** How often the program has ended. */
  ends = 0;
  /** What its runs have said that are over. */
  readonly lines: string[] = [];
  readonly #program: TestProgram;
  readonly #restartMs: number;
  readonly #stop = Promise.withResolvers<"stop">();
  readonly #running: Promise<void>;

  constructor(program: TestProgram, restartMs = RESTART_MS) {
    this.#program = program;
    this.#restartMs = restartMs;
    this.#running = this.#run();
  }

  /** The program keeps its present run, if it has one. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.resolve("stop");
    await this.#running;
  }

  async #run(): Promise<void> {
    const stop = this.#stop.promise;
    for (;;) {
      const { process } = this.#program;
      if (await Promise.race([process.ended, stop]) === "stop") return;
      this.ends++;
      this.lines.push(...process.lines);
      await pass(this.#restartMs);
      // A run that ends before it is ready is but one more end.
      await this.#program.start().catch(() => {});
    }
  }
}
