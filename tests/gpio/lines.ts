/** The program `programs/lines.ts`, running in a guest. */
import assert from "node:assert/strict";
import type { Edge, GpioInputOptions, GpioOutputOptions, GpioReport } from "../../ffi/gpio.ts";
import type { Guest, GuestProgram, SpawnOptions } from "./guest.ts";
import type { LinesRequest } from "./programs/lines.ts";

/** The lines of the tests, as a Pi has them by default, and a button's. */
export const LED = 2;
export const BUTTON = 17;

/** The driver that the program uses: the one that a tracker would choose, or the kernel's own. */
export type Driver = "own" | "kernel v1" | "kernel v2";

export interface LinesOptions extends SpawnOptions {
  readonly driver?: Driver;
}

/** A failure as the program told it. */
export interface ToldFailure {
  readonly message: string;
  readonly errno: string;
  readonly operation: string;
  readonly advice: string;
}

/** An edge as the program told it, and when. */
export interface ToldEdge extends Edge {
  readonly toldMs: number;
}

/** The program with what it can be asked. Disposing kills it. */
export class Lines implements AsyncDisposable {
  readonly program: GuestProgram;
  #lastId = 0;
  /** Where the output ended when the button was opened. */
  #buttonMark: number | undefined;

  private constructor(program: GuestProgram) {
    this.program = program;
  }

  static async start(
    guest: Guest,
    { driver = "own", ...how }: LinesOptions = {},
  ): Promise<Lines> {
    const program = await guest.spawn(["./lines", driver], how);
    await program.said(/"ready":true/);
    return new Lines(program);
  }

  /** What the program answers; an error when it failed. */
  async ask(request: LinesRequest): Promise<unknown> {
    const { answer, failed } = await this.#request(request);
    assert(failed === undefined, `${JSON.stringify(request)} failed: ${failed?.message}`);
    return answer;
  }

  async inspect(): Promise<GpioReport> {
    const { answer } = await this.#request<GpioReport>({ do: "inspect" });
    assert(answer !== undefined);
    return answer;
  }

  /** Why the program could not do it; an error when it could. */
  async failure(request: LinesRequest): Promise<ToldFailure> {
    const { failed } = await this.#request(request);
    assert(failed !== undefined, `${JSON.stringify(request)} succeeded`);
    return failed;
  }

  /** Sends without waiting for the answer, which a program that ends may not give. */
  async tell(request: LinesRequest): Promise<number> {
    const id = ++this.#lastId;
    await this.program.write(JSON.stringify({ id, ...request }) + "\n");
    return id;
  }

  /** Opens the output for the LED. */
  async openLed(options: Partial<GpioOutputOptions> & { readonly chip?: string } = {}) {
    await this.ask(ledOf(options));
  }

  /** Opens the input for the button, whose edges are told from now on. */
  async openButton(options: Partial<GpioInputOptions> & { readonly chip?: string } = {}) {
    const { mark } = this;
    await this.ask(buttonOf(options));
    this.#buttonMark = mark;
  }

  /** Resolves when the lines are free; those that are not open are no matter. */
  async release(...names: readonly ("led" | "button")[]): Promise<void> {
    for (const name of names) await this.ask({ do: "release", name });
    if (!names.includes("button") || this.#buttonMark === undefined) return;
    await this.program.said(/"(ended|lost)":"button"/, this.#buttonMark);
    this.#buttonMark = undefined;
  }

  /** Waits until so many edges were told from a place of the output on, and answers them. */
  async edges(count: number, after: number): Promise<readonly ToldEdge[]> {
    await this.program.said(new RegExp(`("edge"[^]*){${count}}`), after);
    return this.edgesSoFar(after);
  }

  edgesSoFar(after: number): readonly ToldEdge[] {
    const told = this.program.output.slice(after).split("\n");
    return told.filter((line) => line.startsWith('{"edge"') && line.endsWith("}"))
      .map((line) => JSON.parse(line));
  }

  /** Where the output ends now. */
  get mark(): number {
    return this.program.output.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
  }

  async #request<Answer = unknown>(request: LinesRequest) {
    const id = await this.tell(request);
    const [text] = await this.program.said(new RegExp(`^\\{"id":${id},.*\\}$`, "m"));
    const told: { readonly answer?: Answer; readonly failed?: ToldFailure } = JSON.parse(text);
    return told;
  }
}

/** The request for an LED, on the header's chip unless said otherwise. */
export function ledOf(
  options: Partial<GpioOutputOptions> & { readonly chip?: string } = {},
): Extract<LinesRequest, { readonly do: "output" }> {
  const usual = { chip: "auto", line: LED, activeLow: false, consumer: "test-led" };
  return { do: "output", name: "led", ...usual, ...options };
}

/** The request for a push button to ground, on the header's chip unless said otherwise. */
export function buttonOf(
  options: Partial<GpioInputOptions> & { readonly chip?: string } = {},
): Extract<LinesRequest, { readonly do: "input" }> {
  const usual = { chip: "auto", line: BUTTON, activeLow: true, consumer: "test-button" };
  return { do: "input", name: "button", ...usual, pull: "up", ...options };
}
