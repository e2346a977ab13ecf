/** Error numbers of system calls (Linux, the same on x86-64 and arm64) by name and in words. */

const ERRNOS = {
  1: ["EPERM", "operation not permitted"],
  2: ["ENOENT", "no such file or directory"],
  4: ["EINTR", "interrupted system call"],
  5: ["EIO", "input/output error"],
  6: ["ENXIO", "no such device or address"],
  9: ["EBADF", "bad file descriptor"],
  11: ["EAGAIN", "resource temporarily unavailable"],
  12: ["ENOMEM", "cannot allocate memory"],
  13: ["EACCES", "permission denied"],
  16: ["EBUSY", "device or resource busy"],
  19: ["ENODEV", "no such device"],
  21: ["EISDIR", "is a directory"],
  22: ["EINVAL", "invalid argument"],
  24: ["EMFILE", "too many open files"],
  25: ["ENOTTY", "inappropriate ioctl for device"],
  30: ["EROFS", "read-only file system"],
  95: ["EOPNOTSUPP", "operation not supported"],
  110: ["ETIMEDOUT", "connection timed out"],
  121: ["EREMOTEIO", "remote I/O error"],
  // An internal number of the kernel, which some drivers return.
  524: ["ENOTSUPP", "operation not supported by the driver"],
} as const satisfies Readonly<Record<number, readonly [name: string, words: string]>>;

/** An error of a system call by name ("EBUSY") and in words. */
export class SystemError extends Error {
  override readonly name = "SystemError";
  /** The error's name, or "errno 71" for one without a name here. */
  readonly errno: string;

  constructor(number: number) {
    const [errno, words] = describeErrno(number);
    super(words);
    this.errno = errno;
  }
}

function describeErrno(number: number): readonly [name: string, words: string] {
  for (const [key, entry] of Object.entries(ERRNOS)) {
    if (Number(key) === number) return entry;
  }
  return [`errno ${number}`, "system error"];
}
