/** The system calls of this project, however the program reaches the kernel. */

export type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Files are file descriptors. Every call that the kernel refuses throws a SystemError. Dispose it
 * after the last file.
 */
export interface Syscalls extends Disposable {
  /** The flags are those of fcntl.h; the mode counts only for a file that is created. */
  open(path: string, flags: number, mode?: number): number;
  close(file: number): void;
  /** Returns how many bytes it read; 0 at the end of the file. */
  read(file: number, into: Bytes): number;
  /** Returns how many bytes it wrote. */
  write(file: number, from: Bytes): number;
  /** Passes a struct to a device, which may change it. */
  ioctl(file: number, request: number, struct: Bytes): void;
  /** Returns a file that becomes readable when a number of eight bytes is written to it. */
  eventfd(): number;
  /** Returns a file that becomes readable when one of these events (inotify.h) happens at a path. */
  watch(path: string, events: number): number;
  /** Calls poll(2) with an array of `struct pollfd`, without waiting. */
  poll(polled: Bytes): void;
  /**
   * Calls poll(2) on another thread and waits, while the event loop continues. Resolves to false
   * when it failed, possibly only because of a signal.
   */
  pollAside(polled: Bytes): Promise<boolean>;
  /** Reads the kernel's monotonic clock. */
  monotonicNs(): bigint;
}

// fcntl.h, eventfd.h, inotify.h and time.h, the same on x86-64, arm64 and 32-bit ARM.
export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
export const O_CREAT = 0o100;
export const O_TRUNC = 0o1000;
export const O_CLOEXEC = 0o2000000;
export const EFD_CLOEXEC = O_CLOEXEC;
export const IN_CLOEXEC = O_CLOEXEC;
export const IN_NONBLOCK = 0o4000;
export const CLOCK_MONOTONIC = 1;

/** poll.h: `struct pollfd` is { int fd; short events; short revents; }. */
export const POLLFD_BYTES = 8;
export const WAIT_FOR_EVER = -1;
export const DO_NOT_WAIT = 0;

const NS_PER_SECOND = 1_000_000_000n;

/** The instant in a `struct timespec`, whose two numbers have as many bits as a `long`. */
export function timespecNs(timespec: BigInt64Array | Int32Array): bigint {
  const [seconds = 0, nanoseconds = 0] = timespec;
  return BigInt(seconds) * NS_PER_SECOND + BigInt(nanoseconds);
}

/** Converts a text to a C string. The callee may keep the pointer only during the call. */
export function cString(text: string): Bytes {
  return new TextEncoder().encode(text + "\0");
}
