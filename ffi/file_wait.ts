/** Waits for a file descriptor to become readable, without polling in a loop. */
import { type Bytes, POLLFD_BYTES, type Syscalls } from "./syscalls.ts";

// poll.h and inotify.h.
const POLLFD = { fd: 0, events: 4, revents: 6 } as const;
const POLLIN = 0x01;
const POLLERR = 0x08;
const POLLHUP = 0x10;
const POLLNVAL = 0x20;
const IN_ATTRIB = 0x004;
const IN_DELETE_SELF = 0x400;

/** Space for many events of a watch; further ones are returned the next time. */
const WATCH_BYTES = 4096;

/**
 * `touched`: the device was removed, or its node changed. `lost`: the device behind the file is
 * gone.
 */
export type FileState = "readable" | "touched" | "lost" | "quiet";

/**
 * Waits for a device's file, until woken. A waiting thread sleeps in the kernel and costs nothing.
 * Dispose it only when no wait is pending.
 */
export class FileWait implements Disposable {
  readonly #system: Syscalls;
  readonly #file: number;
  readonly #event: number;
  readonly #watch: number;
  readonly #opened: DisposableStack;
  #isWoken = false;

  /** `device` is the node whose removal ends the wait as well. Throws SystemError. */
  constructor(system: Syscalls, file: number, device: string) {
    using opened = new DisposableStack();
    const close = (opened: number) => system.close(opened);
    this.#system = system;
    this.#file = file;
    this.#event = opened.adopt(system.eventfd(), close);
    // Kernels before 6.6 do not wake a thread that waits for a line whose chip is removed.
    this.#watch = opened.adopt(system.watch(device, IN_ATTRIB | IN_DELETE_SELF), close);
    this.#opened = opened.move();
  }

  /**
   * Resolves to the state of the file when it is not quiet, or to "quiet" when woken. Throws
   * SystemError.
   */
  async ready(): Promise<FileState> {
    const polled = pollfds([this.#file, this.#watch, this.#event]);
    while (!this.#isWoken) {
      const succeeded = await this.#system.pollAside(polled);
      // After a signal it polls without waiting, which also reports any other error.
      if (!succeeded) this.#system.poll(polled);
      const state = stateAt(polled, 0);
      if (state !== "quiet") return state;
      if (stateAt(polled, 1) === "quiet") continue;
      // Afterwards only new events make it readable.
      this.#system.read(this.#watch, new Uint8Array(WATCH_BYTES));
      return "touched";
    }
    return "quiet";
  }

  /** Returns the present state of the file. Throws SystemError. */
  look(): FileState {
    const polled = pollfds([this.#file]);
    this.#system.poll(polled);
    return stateAt(polled, 0);
  }

  /** Ends the pending wait, and every later one. Throws SystemError. */
  wake(): void {
    if (this.#isWoken) return;
    this.#isWoken = true;
    wakeReaders(this.#system, this.#event);
  }

  [Symbol.dispose](): void {
    this.#opened.dispose();
  }
}

/** Makes the file of an eventfd readable, for good. Throws SystemError. */
export function wakeReaders(system: Syscalls, event: number): void {
  system.write(event, new Uint8Array(BigUint64Array.of(1n).buffer));
}

function pollfds(files: readonly number[]): Bytes {
  const bytes = new Uint8Array(files.length * POLLFD_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [index, file] of files.entries()) {
    view.setInt32(index * POLLFD_BYTES + POLLFD.fd, file, true);
    view.setInt16(index * POLLFD_BYTES + POLLFD.events, POLLIN, true);
  }
  return bytes;
}

function stateAt({ buffer }: Bytes, index: number): FileState {
  const found = new DataView(buffer).getInt16(index * POLLFD_BYTES + POLLFD.revents, true);
  if ((found & (POLLERR | POLLHUP | POLLNVAL)) !== 0) return "lost";
  return (found & POLLIN) !== 0 ? "readable" : "quiet";
}
