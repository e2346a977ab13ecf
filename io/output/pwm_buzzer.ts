/** Drives a passive buzzer on a hardware PWM channel below /sys/class/pwm. */
import { reasonOf } from "../program/user_error.ts";
import type { OutputLine } from "./indicator.ts";
import { type KernelFiles, readIfThere } from "./kernel_files.ts";
import { atProcessEnd } from "./process_end.ts";
import { findPwmChip, type PwmChannel } from "./pwm_chip.ts";

const PWM_FOLDER = "/sys/class/pwm";
const NS_PER_S = 1_000_000_000;

/**
 * The kernel creates a channel's files at once, but udev gives them to the group gpio a moment
 * later. The constructor waits for this once. If it fails, the channel stays exported for the next
 * attempt.
 */
const PERMISSION_WITHIN_MS = 300;
const PERMISSION_LOOK_MS = 10;

export interface PwmBuzzerOptions extends PwmChannel {
  readonly toneHz: number;
  readonly files: KernelFiles;
  readonly root?: string;
}

/**
 * Sounds the tone while it is on. It silences the channel at the start, whatever its previous owner
 * left, and at the end. The constructor throws when the channel is missing or not writable.
 */
export class PwmBuzzer implements OutputLine {
  readonly #files: KernelFiles;
  readonly #chip: string;
  readonly #channel: number;
  readonly #isOurs: boolean;
  readonly #hook: Disposable;

  constructor(options: PwmBuzzerOptions) {
    const { files, root = PWM_FOLDER, toneHz, channel } = options;
    this.#files = files;
    this.#channel = channel;
    this.#chip = findPwmChip(files, root, options);
    this.#isOurs = this.#export();
    this.#prepare(Math.round(NS_PER_S / toneHz));
    this.#hook = atProcessEnd(() => this.#turnOff());
  }

  set(on: boolean): void {
    this.#write("enable", on ? "1" : "0");
  }

  [Symbol.dispose](): void {
    this.#hook[Symbol.dispose]();
    this.set(false);
    if (this.#isOurs) this.#files.write(`${this.#chip}/unexport`, String(this.#channel));
  }

  /** Exports the channel if necessary; returns whether this call did it. */
  #export(): boolean {
    if (readIfThere(this.#files, this.#path("period")) !== undefined) return false;
    this.#files.write(`${this.#chip}/export`, String(this.#channel));
    const untilMs = performance.now() + PERMISSION_WITHIN_MS;
    while (performance.now() < untilMs && !this.#isWritable()) pause(PERMISSION_LOOK_MS);
    return true;
  }

  /**
   * The kernel refuses a pulse that is longer than the period, and other settings while the period
   * is 0. It accepts a polarity only while the channel is off.
   */
  #prepare(periodNs: number): void {
    const before = this.#read("period");
    if (before !== "0") {
      this.set(false);
      this.#write("duty_cycle", "0");
    }
    this.#write("period", String(periodNs));
    if (this.#read("polarity") !== "normal") this.#write("polarity", "normal");
    this.#write("duty_cycle", String(Math.floor(periodNs / 2)));
    this.set(false);
  }

  /** Writing the present period changes nothing. The kernel refuses a period of 0 with EINVAL. */
  #isWritable(): boolean {
    try {
      this.#write("period", this.#read("period"));
      return true;
    } catch (error) {
      return !/\((EACCES|EPERM|ENOENT)\)$/.test(reasonOf(error));
    }
  }

  /** Used at the end: a buzzer that cannot be written stays as it is. */
  #turnOff(): void {
    try {
      this.set(false);
    } catch {
      // The program is ending, so there is nothing left to do.
    }
  }

  #read(name: string): string {
    return this.#files.read(this.#path(name)).trim();
  }

  #write(name: string, text: string): void {
    this.#files.write(this.#path(name), text);
  }

  #path(name: string): string {
    return `${this.#chip}/pwm${this.#channel}/${name}`;
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
