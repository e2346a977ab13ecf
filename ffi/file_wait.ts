/** Waits for a file descriptor to become readable, without polling in a loop. */
import type { Libc } from "./libc.ts";

// poll.h: struct pollfd is { int fd; short events; short revents; }.
const POLLFD_BYTES = 8;
const POLLFD = { fd: 0, events: 4, revents: 6 } as const;
const POLLIN = 0x01;
const POLLERR = 0x08;
const POLLHUP = 0x10;
const POLLNVAL = 0x20;

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
  readonly #libc: Libc;
  readonly #file: number;
  readonly #event: number;
  readonly #watch: number;
  readonly #opened: DisposableStack;
  #isWoken = false;

  /** `device` is the node whose removal ends the wait as well. Throws SystemError. */
  constructor(libc: Libc, file: number, device: string) {
    using opened = new DisposableStack();
    const close = (opened: number) => libc.close(opened);
    this.#libc = libc;
    this.#file = file;
    this.#event = opened.adopt(libc.openEvent(), close);
    // Kernels before 6.6 do not wake a thread that waits for a line whose chip is removed.
    this.#watch = opened.adopt(libc.openWatch(device), close);
    this.#opened = opened.move();
  }

  /**
   * Resolves to the state of the file when it is not quiet, or to "quiet" when woken. Throws
   * SystemError.
   */
  async ready(): Promise<FileState> {
    const files = [this.#file, this.#watch, this.#event];
    const polled = pollfds(files);
    while (!this.#isWoken) {
      const succeeded = await this.#libc.pollAside(polled, files.length);
      // After a signal it polls without waiting, which also reports any other error.
      if (!succeeded) this.#libc.poll(polled, files.length);
      const state = stateAt(polled, 0);
      if (state !== "quiet") return state;
      if (stateAt(polled, 1) === "quiet") continue;
      this.#libc.emptyWatch(this.#watch);
      return "touched";
    }
    return "quiet";
  }

  /** Returns the present state of the file. Throws SystemError. */
  look(): FileState {
    const polled = pollfds([this.#file]);
    this.#libc.poll(polled, 1);
    return stateAt(polled, 0);
  }

  /** Ends the pending wait, and every later one. Throws SystemError. */
  wake(): void {
    if (this.#isWoken) return;
    this.#isWoken = true;
    this.#libc.signalEvent(this.#event);
  }

  [Symbol.dispose](): void {
    this.#opened.dispose();
  }
}

function pollfds(files: readonly number[]): DataView<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(files.length * POLLFD_BYTES));
  for (const [index, file] of files.entries()) {
    view.setInt32(index * POLLFD_BYTES + POLLFD.fd, file, true);
    view.setInt16(index * POLLFD_BYTES + POLLFD.events, POLLIN, true);
  }
  return view;
}

function stateAt(polled: DataView, index: number): FileState {
  const found = polled.getInt16(index * POLLFD_BYTES + POLLFD.revents, true);
  if ((found & (POLLERR | POLLHUP | POLLNVAL)) !== 0) return "lost";
  return (found & POLLIN) !== 0 ? "readable" : "quiet";
}
