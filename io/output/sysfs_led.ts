/** Drives an on-board LED below /sys/class/leds. */
import type { OutputLine } from "./indicator.ts";
import { type KernelFiles, readIfThere } from "./kernel_files.ts";
import { atProcessEnd } from "./process_end.ts";

const LEDS_FOLDER = "/sys/class/leds";

/** The kernel limits this value to the LED's own maximum. */
const BRIGHTNESS_ON = "255";
const BRIGHTNESS_OFF = "0";
const NO_TRIGGER = "none";

/** The names of a Pi's LEDs in older kernels. */
const OLD_NAMES: Readonly<Record<string, string>> = { ACT: "led0", PWR: "led1" };

/**
 * Keeps the name of an LED's trigger for a later run. A killed run restores nothing, and afterwards
 * the LED shows no trigger. The methods must not throw.
 */
export interface TriggerMemory {
  /** The trigger kept for the LED; `undefined` when there is none. */
  recall(led: string): string | undefined;
  /** An empty trigger removes the entry. */
  keep(led: string, trigger: string): void;
}

export interface SysfsLedOptions {
  /** The LED's folder: "ACT" or "PWR", also in lower case or with an older kernel's name. */
  readonly name: string;
  readonly files: KernelFiles;
  readonly memory?: TriggerMemory;
  readonly root?: string;
}

/**
 * Takes the LED from the kernel's trigger (SD card activity, heartbeat), and returns it, off, when
 * it is disposed or the process ends in another way. The constructor throws when the LED is missing
 * or not writable.
 */
export class SysfsLed implements OutputLine {
  readonly #files: KernelFiles;
  readonly #memory: TriggerMemory | undefined;
  readonly #led: string;
  readonly #folder: string;
  readonly #trigger: string;
  readonly #hook: Disposable;

  constructor({ name, files, memory, root = LEDS_FOLDER }: SysfsLedOptions) {
    this.#files = files;
    this.#memory = memory;
    const isThere = (led: string) => readIfThere(files, `${root}/${led}/trigger`) !== undefined;
    this.#led = spellings(name).find(isThere) ?? name;
    this.#folder = `${root}/${this.#led}`;
    const active = activeTrigger(files.read(`${this.#folder}/trigger`));
    this.#trigger = active === NO_TRIGGER ? memory?.recall(this.#led) ?? NO_TRIGGER : active;
    memory?.keep(this.#led, this.#trigger);
    files.write(`${this.#folder}/trigger`, NO_TRIGGER);
    this.set(false);
    this.#hook = atProcessEnd(() => this.#giveBackQuietly());
  }

  set(on: boolean): void {
    this.#files.write(`${this.#folder}/brightness`, on ? BRIGHTNESS_ON : BRIGHTNESS_OFF);
  }

  [Symbol.dispose](): void {
    this.#hook[Symbol.dispose]();
    this.#giveBack();
  }

  #giveBack(): void {
    this.set(false);
    this.#files.write(`${this.#folder}/trigger`, this.#trigger);
    this.#memory?.keep(this.#led, "");
  }

  /** Used at the end: an LED that cannot be written stays as it is. */
  #giveBackQuietly(): void {
    try {
      this.#giveBack();
    } catch {
      // The program is ending, so there is nothing left to do.
    }
  }
}

/** The folders that a name may mean, the most likely one first. */
function spellings(name: string): readonly string[] {
  const old = OLD_NAMES[name.toUpperCase()];
  const all = [name, name.toUpperCase(), name.toLowerCase()];
  return old === undefined ? all : [...all, old];
}

/** The trigger file lists all triggers with the active one in brackets: `none [mmc0] timer`. */
function activeTrigger(list: string): string {
  return /\[([^\]]+)\]/.exec(list)?.[1] ?? NO_TRIGGER;
}
