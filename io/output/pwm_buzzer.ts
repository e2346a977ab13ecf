/** A passive buzzer on a channel of hardware PWM, which the kernel offers below /sys/class/pwm. */
import { reasonOf } from "../program/user_error.ts";
import type { OutputLine } from "./indicator.ts";
import { type KernelFiles, readIfThere } from "./kernel_files.ts";
import { atProcessEnd } from "./process_end.ts";
import { findPwmChip, type PwmChannel } from "./pwm_chip.ts";

const PWM_FOLDER = "/sys/class/pwm";
const NS_PER_S = 1_000_000_000;

/**
 * The kernel makes a channel's files at once, but udev gives them to the group gpio a moment later.
 * Waited for once, in one go: a channel that could not be had stays exported for the next attempt.
 */
const PERMISSION_WITHIN_MS = 300;
const PERMISSION_LOOK_MS = 10;

export interface PwmBuzzerOptions extends PwmChannel {
  readonly toneHz: number;
  readonly files: KernelFiles;
  readonly root?: string;
}

/**
 * Sounds the tone while on. Takes the channel silent, whatever an earlier owner left behind, and
 * gives it back silent. The constructor throws when the channel is not there or may not be written.
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
    this.#hook = atProcessEnd(() => this.#silence());
  }

  set(on: boolean): void {
    this.#write("enable", on ? "1" : "0");
  }

  [Symbol.dispose](): void {
    this.#hook[Symbol.dispose]();
    this.set(false);
    if (this.#isOurs) this.#files.write(`${this.#chip}/unexport`, String(this.#channel));
  }

  /** Asks for the channel unless somebody did; answers whether it was us. */
  #export(): boolean {
    if (readIfThere(this.#files, this.#path("period")) !== undefined) return false;
    this.#files.write(`${this.#chip}/export`, String(this.#channel));
    const untilMs = performance.now() + PERMISSION_WITHIN_MS;
    while (performance.now() < untilMs && !this.#isWritable()) pause(PERMISSION_LOOK_MS);
    return true;
  }

  /**
   * The kernel refuses a pulse that is longer than the period, and anything but a period as long as
   * there is none; polarity it takes only while the channel is off.
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

  /** Writing the period there is changes nothing; the kernel refuses 0 for what it is (EINVAL). */
  #isWritable(): boolean {
    try {
      this.#write("period", this.#read("period"));
      return true;
    } catch (error) {
      return !/\((EACCES|EPERM|ENOENT)\)$/.test(reasonOf(error));
    }
  }

  /** For the end: a buzzer that cannot be written any more is left as it is. */
  #silence(): void {
    try {
      this.set(false);
    } catch {
      // Nobody could do anything about it now.
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
