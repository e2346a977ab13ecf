/** The first message of a TLS client (RFC 8446, 4.1.2), as far as it matters before the handshake. */

/** The most bytes that a first record has: RFC 8446, 5.1. */
export const HELLO_BYTES_MAX = 5 + 16_384;

const RECORD_HEADER_BYTES = 5;
const HANDSHAKE_RECORD = 22;
const MAJOR_VERSION = 3;
const CLIENT_HELLO = 1;
const SERVER_NAME_EXTENSION = 0;
const HOST_NAME = 0;
/** Type and length of the message, legacy version, random. */
const FIXED_BYTES = 4 + 2 + 32;

/** `name` is the host that the client asks for; `undefined`: it gives none, as for an address. */
export type ClientHello =
  | { readonly kind: "incomplete" }
  | { readonly kind: "not_tls" }
  | { readonly kind: "whole"; readonly name: string | undefined };

/** Reads the bytes that a client has sent so far. */
export function decodeClientHello(bytes: Uint8Array): ClientHello {
  const [type, major] = bytes;
  if (type !== undefined && type !== HANDSHAKE_RECORD) return { kind: "not_tls" };
  if (major !== undefined && major !== MAJOR_VERSION) return { kind: "not_tls" };
  if (bytes.length < RECORD_HEADER_BYTES) return { kind: "incomplete" };
  const length = uint16(bytes, 3);
  if (length === 0 || length > HELLO_BYTES_MAX - RECORD_HEADER_BYTES) return { kind: "not_tls" };
  const record = bytes.subarray(RECORD_HEADER_BYTES, RECORD_HEADER_BYTES + length);
  if (record.length < length) return { kind: "incomplete" };
  return { kind: "whole", name: nameIn(record) };
}

/** The handshake itself refuses what is not well formed. */
function nameIn(message: Uint8Array): string | undefined {
  if (message[0] !== CLIENT_HELLO) return undefined;
  const reader = new Reader(message.subarray(FIXED_BYTES));
  reader.skip(reader.uint8()); // session id
  reader.skip(reader.uint16()); // cipher suites
  reader.skip(reader.uint8()); // compression methods
  const extensions = new Reader(reader.take(reader.uint16()));
  while (extensions.hasMore) {
    const type = extensions.uint16();
    const content = extensions.take(extensions.uint16());
    if (type === SERVER_NAME_EXTENSION) return hostIn(content);
  }
  return undefined;
}

function hostIn(content: Uint8Array): string | undefined {
  const list = new Reader(new Reader(content).afterLength());
  while (list.hasMore) {
    const type = list.uint8();
    const name = list.take(list.uint16());
    if (type !== HOST_NAME) continue;
    const text = String.fromCharCode(...name).toLowerCase();
    return /^[a-z0-9._-]{1,253}$/.test(text) ? text : undefined;
  }
  return undefined;
}

/** Reads zeros and nothing beyond the end. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get hasMore(): boolean {
    return this.#at < this.#bytes.length;
  }

  uint8(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  uint16(): number {
    return this.uint8() << 8 | this.uint8();
  }

  take(length: number): Uint8Array {
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  skip(length: number): void {
    this.#at += length;
  }

  /** Returns what follows a length of two bytes. */
  afterLength(): Uint8Array {
    return this.take(this.uint16());
  }
}

function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) << 8 | (bytes[at + 1] ?? 0);
}
