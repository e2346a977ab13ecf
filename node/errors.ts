/** The errors of Deno, and the errors of Node.js as Deno would report them. */

import { getSystemErrorName } from "node:util";

class NotFound extends Error {
  override readonly name = "NotFound";
}
class PermissionDenied extends Error {
  override readonly name = "PermissionDenied";
}
/** Node.js has no permissions of its own, so nothing throws it. */
class NotCapable extends Error {
  override readonly name = "NotCapable";
}
class ConnectionRefused extends Error {
  override readonly name = "ConnectionRefused";
}
class BadResource extends Error {
  override readonly name = "BadResource";
}
class BrokenPipe extends Error {
  override readonly name = "BrokenPipe";
}
class WouldBlock extends Error {
  override readonly name = "WouldBlock";
}

export const errors = {
  NotFound,
  PermissionDenied,
  NotCapable,
  ConnectionRefused,
  BadResource,
  BrokenPipe,
  WouldBlock,
} satisfies Partial<typeof Deno.errors>;

type ErrorKind = new (message: string, options: ErrorOptions) => Error;

/** Error numbers by which Deno chooses a class, and the C library's words, which it shows. */
const KNOWN: Readonly<Record<string, { readonly words: string; readonly Kind?: ErrorKind }>> = {
  EACCES: { words: "Permission denied", Kind: PermissionDenied },
  EADDRINUSE: { words: "Address already in use" },
  EADDRNOTAVAIL: { words: "Cannot assign requested address" },
  EAGAIN: { words: "Resource temporarily unavailable", Kind: WouldBlock },
  EBUSY: { words: "Device or resource busy" },
  ECONNABORTED: { words: "Software caused connection abort" },
  ECONNREFUSED: { words: "Connection refused", Kind: ConnectionRefused },
  ECONNRESET: { words: "Connection reset by peer" },
  EEXIST: { words: "File exists" },
  EHOSTDOWN: { words: "Host is down" },
  EHOSTUNREACH: { words: "No route to host" },
  EINVAL: { words: "Invalid argument" },
  EIO: { words: "Input/output error" },
  EISDIR: { words: "Is a directory" },
  ELOOP: { words: "Too many levels of symbolic links" },
  EMFILE: { words: "Too many open files" },
  ENAMETOOLONG: { words: "File name too long" },
  ENETDOWN: { words: "Network is down" },
  ENETUNREACH: { words: "Network is unreachable" },
  ENFILE: { words: "Too many open files in system" },
  ENODEV: { words: "No such device" },
  ENOENT: { words: "No such file or directory", Kind: NotFound },
  ENOMEM: { words: "Cannot allocate memory" },
  ENOSPC: { words: "No space left on device" },
  ENOTCONN: { words: "Transport endpoint is not connected" },
  ENOTDIR: { words: "Not a directory" },
  EPERM: { words: "Operation not permitted", Kind: PermissionDenied },
  EPIPE: { words: "Broken pipe", Kind: BrokenPipe },
  EROFS: { words: "Read-only file system" },
  ETIMEDOUT: { words: "Connection timed out" },
};

/** The fields that Node.js adds to the error of a system call. */
interface SystemFields {
  readonly code: string;
  /** The negative error number. */
  readonly errno: number;
  readonly syscall: string | undefined;
  readonly path: string | undefined;
  readonly dest: string | undefined;
}

/**
 * Returns the error in Deno's class and words, with its code: `No such file or directory (os error
 * 2): open '/x'`. Any other error is returned unchanged.
 */
export function asDenoError(error: unknown): unknown {
  const fields = systemFieldsOf(error);
  if (fields === undefined) return error;
  const { code, errno } = fields;
  const { words = code, Kind = Error } = KNOWN[code] ?? {};
  const message = `${words} (os error ${-errno})${placeOf(fields)}`;
  return Object.assign(new Kind(message, { cause: error }), { code });
}

/** Calls `act`. What it throws is thrown as Deno would. */
export function asDeno<Result>(act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw asDenoError(error);
  }
}

/** The same for a promise. */
export async function asDenoLater<Result>(pending: Promise<Result>): Promise<Result> {
  try {
    return await pending;
  } catch (error) {
    throw asDenoError(error);
  }
}

function systemFieldsOf(error: unknown): SystemFields | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, errno, syscall, path, dest }: NodeJS.ErrnoException & { dest?: string } = error;
  if (typeof errno !== "number" || errno >= 0) return undefined;
  return { code: code ?? getSystemErrorName(errno), errno, syscall, path, dest };
}

/** Deno names files, but not addresses. */
function placeOf({ syscall, path, dest }: SystemFields): string {
  if (path === undefined || syscall === "connect") return "";
  const to = dest === undefined ? "" : ` -> '${dest}'`;
  return `: ${syscall ?? "use"} '${path}'${to}`;
}
