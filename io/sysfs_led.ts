/** An on-board LED that the kernel offers as a folder below /sys/class/leds. */
import type { OutputLine } from "./indicator.ts";

const LEDS_FOLDER = "/sys/class/leds";

/** The kernel takes more than the LED's own maximum for that maximum. */
const BRIGHTNESS_ON = "255";
const BRIGHTNESS_OFF = "0";
const NO_TRIGGER = "none";

/** Reads and writes small files. Both throw an Error that names the file. */
export interface LedFiles {
  read(path: string): string;
  write(path: string, text: string): void;
}

export interface SysfsLedOptions {
  /** The LED's folder: "ACT", "PWR". */
  readonly name: string;
  readonly files: LedFiles;
  readonly root?: string;
}

/**
 * Takes the LED from the kernel's trigger (SD card activity, heartbeat), and gives it back, off,
 * when disposed. The constructor throws when the LED is not there or may not be written.
 */
export class SysfsLed implements OutputLine {
  readonly #files: LedFiles;
  readonly #folder: string;
  readonly #trigger: string;

  constructor(options: SysfsLedOptions) {
    this.#files = options.files;
    this.#folder = `${options.root ?? LEDS_FOLDER}/${options.name}`;
    this.#trigger = activeTrigger(this.#files.read(`${this.#folder}/trigger`));
    this.#files.write(`${this.#folder}/trigger`, NO_TRIGGER);
    this.set(false);
  }

  set(on: boolean): void {
    this.#files.write(`${this.#folder}/brightness`, on ? BRIGHTNESS_ON : BRIGHTNESS_OFF);
  }

  [Symbol.dispose](): void {
    this.set(false);
    this.#files.write(`${this.#folder}/trigger`, this.#trigger);
  }
}

/** The trigger file lists all triggers, the active one in brackets: `none [mmc0] timer`. */
function activeTrigger(list: string): string {
  return /\[([^\]]+)\]/.exec(list)?.[1] ?? NO_TRIGGER;
}
