/** Reads a small file and explains in plain words when that fails. */

/** `found` completes a sentence that begins with "expected a readable file, found". */
export type SmallFile =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "missing"; readonly found: string }
  | { readonly kind: "unreadable"; readonly found: string };

/**
 * Returns the text without its byte order mark: UTF-8, or UTF-16 as written by PowerShell's `>`.
 * Never reads more than the limit, even from a device.
 */
export function readSmallFile(path: string, bytesMax: number): SmallFile {
  try {
    using file = Deno.openSync(path, { read: true });
    const bytes = new Uint8Array(bytesMax + 1);
    let length = 0;
    while (length < bytes.length) {
      const count = file.readSync(bytes.subarray(length));
      if (count === null) break;
      length += count;
    }
    if (length > bytesMax) {
      return { kind: "unreadable", found: `one of more than ${bytesMax} bytes` };
    }
    return decode(bytes.subarray(0, length));
  } catch (error) {
    return explain(error);
  }
}

function decode(bytes: Uint8Array): SmallFile {
  const encoding = encodingOf(bytes);
  try {
    const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: false }).decode(bytes);
    if (!text.includes("\0")) return { kind: "text", text };
    return { kind: "unreadable", found: "bytes that are not text" };
  } catch {
    return { kind: "unreadable", found: `bytes that are not ${encoding.toUpperCase()}` };
  }
}

/**
 * Uses the byte order mark, or else the position of the zero byte next to the first character,
 * which is ASCII.
 */
function encodingOf([first, second]: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (first === 0 && second !== undefined && second !== 0) return "utf-16be";
  if (second === 0 && first !== 0) return "utf-16le";
  return "utf-8";
}

function explain(error: unknown): SmallFile {
  if (error instanceof Deno.errors.NotFound) return { kind: "missing", found: "no such file" };
  if (error instanceof Deno.errors.PermissionDenied) {
    const found = "one that this user may not read (permission denied; in a terminal, try sudo)";
    return { kind: "unreadable", found };
  }
  if (error instanceof Deno.errors.NotCapable) {
    return { kind: "unreadable", found: "one outside what this program was built to read" };
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "EISDIR") return { kind: "unreadable", found: "a directory" };
  return { kind: "unreadable", found: `one that cannot be read${code === "" ? "" : ` (${code})`}` };
}
