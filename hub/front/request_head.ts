/** The headers of a connection's first request, which the front buffers until they are complete. */

const FIRST_BYTES = 1024;
/** Browsers and proxies send less than a tenth of this. */
const HEAD_BYTES_MAX = 16 * 1024;
const LF = 10;
const CR = 13;
/** The start of HTTP/2, with which one connection could carry any number of requests. */
const HTTP2 = /^PRI \* HTTP\/2/;

export type Head =
  | { readonly kind: "whole"; readonly bytes: Uint8Array }
  | { readonly kind: "too_long" | "http2" | "hung_up" };

/** Reads until the headers are complete. The result may include bytes after them. */
export async function readHead(
  connection: Pick<Deno.Conn, "read">,
  onRead: (bytes: number) => void,
): Promise<Head> {
  let buffer = new Uint8Array(FIRST_BYTES);
  let length = 0;
  for (;;) {
    const count = await connection.read(buffer.subarray(length));
    if (count === null) return { kind: "hung_up" };
    onRead(count);
    const from = Math.max(0, length - 2);
    length += count;
    if (hasEnd(buffer.subarray(from, length))) {
      const bytes = buffer.subarray(0, length);
      const start = new TextDecoder().decode(bytes.subarray(0, 16));
      return HTTP2.test(start) ? { kind: "http2" } : { kind: "whole", bytes };
    }
    if (length < buffer.length) continue;
    if (length >= HEAD_BYTES_MAX) return { kind: "too_long" };
    const larger = new Uint8Array(length * 2);
    larger.set(buffer);
    buffer = larger;
  }
}

/** Returns whether there is an empty line, with or without CR. */
function hasEnd(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    const next = bytes[at + 1] === CR ? at + 2 : at + 1;
    if (bytes[next] === LF) return true;
  }
  return false;
}
