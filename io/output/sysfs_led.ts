/** An on-board LED that the kernel offers as a folder below /sys/class/leds. */
import type { OutputLine } from "./indicator.ts";
import { type KernelFiles, readIfThere } from "./kernel_files.ts";
import { atProcessEnd } from "./process_end.ts";

const LEDS_FOLDER = "/sys/class/leds";

/** The kernel takes more than the LED's own maximum for that maximum. */
const BRIGHTNESS_ON = "255";
const BRIGHTNESS_OFF = "0";
const NO_TRIGGER = "none";

/** What older kernels call the LEDs of a Pi. */
const OLD_NAMES: Readonly<Record<string, string>> = { ACT: "led0", PWR: "led1" };

/**
 * Keeps a trigger's name for a later run: one that is killed gives nothing back, and what it leaves
 * behind tells no trigger. Neither may throw.
 */
export interface TriggerMemory {
  /** The name kept for the LED; `undefined` when there is none. */
  recall(led: string): string | undefined;
  /** An empty trigger is none. */
  keep(led: string, trigger: string): void;
}

export interface SysfsLedOptions {
  /** The LED's folder: "ACT", "PWR", in small letters or in the way of older kernels as well. */
  readonly name: string;
  readonly files: KernelFiles;
  readonly memory?: TriggerMemory;
  readonly root?: string;
}

/**
 * Takes the LED from the kernel's trigger (SD card activity, heartbeat), and gives it back, off,
 * when disposed or when the process ends otherwise. The constructor throws when the LED is not there
 * or may not be written.
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

  /** For the end: an LED that cannot be written any more is left as it is. */
  #giveBackQuietly(): void {
    try {
      this.#giveBack();
    } catch {
      // Nobody could do anything about it now.
    }
  }
}

/** The folders that a name may mean, the likeliest first. */
function spellings(name: string): readonly string[] {
  const old = OLD_NAMES[name.toUpperCase()];
  const all = [name, name.toUpperCase(), name.toLowerCase()];
  return old === undefined ? all : [...all, old];
}

/** The trigger file lists all triggers, the active one in brackets: `none [mmc0] timer`. */
function activeTrigger(list: string): string {
  return /\[([^\]]+)\]/.exec(list)?.[1] ?? NO_TRIGGER;
}
