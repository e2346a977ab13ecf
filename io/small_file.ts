/** Reads a file that ought to be small, and says in plain words why it could not. */

/** `found` completes a sentence that begins with "expected a readable file, found". */
export type SmallFile =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "missing"; readonly found: string }
  | { readonly kind: "unreadable"; readonly found: string };

/** UTF-8 text without its byte order mark. Never reads more than the limit, even from a device. */
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
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
    return { kind: "text", text: decoder.decode(bytes.subarray(0, length)) };
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): SmallFile {
  if (error instanceof Deno.errors.NotFound) return { kind: "missing", found: "no such file" };
  if (error instanceof Deno.errors.PermissionDenied) {
    return { kind: "unreadable", found: "one that this user may not read (permission denied)" };
  }
  if (error instanceof Deno.errors.NotCapable) {
    return { kind: "unreadable", found: "one outside what this program was built to read" };
  }
  if (error instanceof TypeError) return { kind: "unreadable", found: "bytes that are not UTF-8" };
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "EISDIR") return { kind: "unreadable", found: "a directory" };
  return { kind: "unreadable", found: `one that cannot be read${code === "" ? "" : ` (${code})`}` };
}
