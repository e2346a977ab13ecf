/** The program `programs/indicate.ts`, compiled and running in a guest. */
import type { IndicatorFacts } from "../../core/alarm/indicator.ts";
import { withGuest } from "./executable.ts";
import type { Guest, GuestProgram, SpawnOptions, Userland } from "./guest.ts";

/** The lines of the tests, as a Pi has them by default. */
export const LED = 2;
export const BUZZER = 3;
export const LAMP = 4;

export const ALL_WELL: IndicatorFacts = { blind: false, suspect: 0, dead: 0, buzzing: false };
export const DEAD: IndicatorFacts = { ...ALL_WELL, dead: 1 };

/** How long the program waits before it opens a failed line again. */
const RETRY_MS = 500;

export type Output = "led" | "buzzer" | "lamp";

export interface IndicateOptions extends SpawnOptions {
  readonly chip?: string;
  readonly led?: number;
  readonly activeLow?: boolean;
}

/** Boots a guest that has the program, and ends the guest after the story. */
export async function onGuest(
  userland: Userland,
  story: (guest: Guest) => Promise<void>,
): Promise<void> {
  await withGuest({ userland, program: "indicate" }, story);
}

/** The program with what it can be told and asked. Disposing kills it. */
export class Indicate implements AsyncDisposable {
  readonly program: GuestProgram;
  readonly #guest: Guest;

  private constructor(guest: Guest, program: GuestProgram) {
    this.#guest = guest;
    this.program = program;
  }

  /** Starts it and waits until it has tried all lines. */
  static async start(guest: Guest, options: IndicateOptions = {}): Promise<Indicate> {
    const { chip = "auto", led = LED, activeLow = false, ...how } = options;
    const settings = { chip, led, buzzer: BUZZER, lamp: LAMP, activeLow, retryMs: RETRY_MS };
    const program = await guest.spawn(["./indicate", JSON.stringify(settings)], how);
    await program.said(/"ready":true/);
    return new Indicate(guest, program);
  }

  /** Shows what the facts call for, and tells the guest's time just before. */
  async show(facts: IndicatorFacts | "test"): Promise<number> {
    const since = await this.#guest.now();
    await this.obey(typeof facts === "string" ? facts : JSON.stringify(facts));
    return since;
  }

  async obey(command: string): Promise<void> {
    const said = this.program.output.length;
    await this.program.write(command + "\n");
    await this.program.said(/"obeyed"/, said);
  }

  /** What the program said about a line that it could not have. */
  async failure(name: Output): Promise<Readonly<Record<string, string>>> {
    const [text] = await this.program.said(new RegExp(`^.*"failed":"${name}".*$`, "m"));
    return JSON.parse(text);
  }

  async opened(name: Output): Promise<void> {
    await this.program.said(new RegExp(`"opened":"${name}"`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
  }
}
