/**
 * System calls by their numbers, for a program that cannot load libraries: Node.js on ARMv6, with
 * the addon of `node/syscalls/`.
 */
import { SystemError } from "./errno.ts";
import {
  type Bytes,
  CLOCK_MONOTONIC,
  cString,
  DO_NOT_WAIT,
  EFD_CLOEXEC,
  IN_CLOEXEC,
  IN_NONBLOCK,
  POLLFD_BYTES,
  type Syscalls,
  timespecNs,
  WAIT_FOR_EVER,
} from "./syscalls.ts";

/** An integer, or bytes, of which the kernel gets the address. */
export type Argument = number | Bytes;

/** What the addon offers. Both answer what the kernel answers: a negative number is an errno. */
export interface SyscallAddon {
  call(number: number, first: Argument, second: Argument, third: Argument): number;
  /** The same on another thread. */
  wait(number: number, first: Argument, second: Argument, third: Argument): Promise<number>;
}

/** The numbers of asm/unistd.h. Those of x86-64 are for tests: an addon is needed on ARM only. */
const NUMBERS = {
  arm: {
    read: 3,
    write: 4,
    open: 5,
    close: 6,
    ioctl: 54,
    poll: 168,
    clockGettime: 263,
    inotifyAddWatch: 317,
    eventfd2: 356,
    inotifyInit1: 360,
  },
  x86_64: {
    read: 0,
    write: 1,
    open: 2,
    close: 3,
    poll: 7,
    ioctl: 16,
    clockGettime: 228,
    inotifyAddWatch: 254,
    eventfd2: 290,
    inotifyInit1: 294,
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, number>>>>;

export type RawArchitecture = keyof typeof NUMBERS;

/** Returns whether the numbers of this architecture are known. */
export function hasRawSyscalls(architecture: string): architecture is RawArchitecture {
  return Object.hasOwn(NUMBERS, architecture);
}

/** Holds nothing itself, so that disposing it does nothing. */
export class RawSyscalls implements Syscalls {
  readonly #addon: SyscallAddon;
  readonly #numbers: Readonly<Record<keyof typeof NUMBERS["arm"], number>>;
  readonly #is32Bit: boolean;

  constructor(addon: SyscallAddon, architecture: RawArchitecture) {
    this.#addon = addon;
    this.#numbers = NUMBERS[architecture];
    this.#is32Bit = architecture === "arm";
  }

  open(path: string, flags: number, mode = 0): number {
    return this.#call(this.#numbers.open, cString(path), flags, mode);
  }

  close(file: number): void {
    this.#addon.call(this.#numbers.close, file, 0, 0);
  }

  read(file: number, into: Bytes): number {
    return this.#call(this.#numbers.read, file, into, into.length);
  }

  write(file: number, from: Bytes): number {
    return this.#call(this.#numbers.write, file, from, from.length);
  }

  ioctl(file: number, request: number, struct: Bytes): void {
    this.#call(this.#numbers.ioctl, file, request, struct);
  }

  eventfd(): number {
    return this.#call(this.#numbers.eventfd2, 0, EFD_CLOEXEC, 0);
  }

  watch(path: string, events: number): number {
    const file = this.#call(this.#numbers.inotifyInit1, IN_NONBLOCK | IN_CLOEXEC, 0, 0);
    try {
      this.#call(this.#numbers.inotifyAddWatch, file, cString(path), events);
    } catch (error) {
      this.close(file);
      throw error;
    }
    return file;
  }

  poll(polled: Bytes): void {
    this.#call(this.#numbers.poll, polled, polled.length / POLLFD_BYTES, DO_NOT_WAIT);
  }

  async pollAside(polled: Bytes): Promise<boolean> {
    const count = polled.length / POLLFD_BYTES;
    return await this.#addon.wait(this.#numbers.poll, polled, count, WAIT_FOR_EVER) >= 0;
  }

  /** The call of 2.6 kernels, whose `time_t` has 32 bits on ARM: every kernel has it. */
  monotonicNs(): bigint {
    const timespec = this.#is32Bit ? new Int32Array(2) : new BigInt64Array(2);
    this.#call(this.#numbers.clockGettime, CLOCK_MONOTONIC, new Uint8Array(timespec.buffer), 0);
    return timespecNs(timespec);
  }

  [Symbol.dispose](): void {}

  #call(number: number, first: Argument, second: Argument, third: Argument): number {
    const answer = this.#addon.call(number, first, second, third);
    if (answer < 0) throw new SystemError(-answer);
    return answer;
  }
}
