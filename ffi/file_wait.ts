/** Waiting for a file descriptor to become readable, without looking again and again. */
import type { Libc } from "./libc.ts";

// poll.h: struct pollfd is { int fd; short events; short revents; }.
const POLLFD_BYTES = 8;
const POLLFD = { fd: 0, events: 4, revents: 6 } as const;
const POLLIN = 0x01;
const POLLERR = 0x08;
const POLLHUP = 0x10;
const POLLNVAL = 0x20;

/** `lost`: what stood behind the file is gone. */
export type FileState = "readable" | "lost" | "quiet";

/**
 * Waits for one file, until woken. A waiting thread sleeps in the kernel, so that it costs nothing.
 * To be disposed only when no wait is pending.
 */
export class FileWait implements Disposable {
  readonly #libc: Libc;
  readonly #file: number;
  readonly #event: number;
  #isWoken = false;

  /** Throws SystemError. */
  constructor(libc: Libc, file: number) {
    this.#libc = libc;
    this.#file = file;
    this.#event = libc.openEvent();
  }

  /** How the file is, as soon as it is not quiet; "quiet" when woken. Throws SystemError. */
  async ready(): Promise<FileState> {
    const polled = pollfds([this.#file, this.#event]);
    while (!this.#isWoken) {
      const succeeded = await this.#libc.pollAside(polled, 2);
      // After a signal it is looked without waiting, which also tells of any other error.
      if (!succeeded) this.#libc.poll(polled, 2);
      const state = stateAt(polled, 0);
      if (state !== "quiet") return state;
    }
    return "quiet";
  }

  /** How the file is right now. Throws SystemError. */
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
    this.#libc.close(this.#event);
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
