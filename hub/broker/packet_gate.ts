/** Follows MQTT packets, and stops an oversized packet before any byte of its body is buffered. */

/** MQTT 3.1.1 section 2.2.3: the remaining length has at most four digits of seven bits. */
const LENGTH_DIGITS_MAX = 4;

/** Bytes up to the end of a packet, or as many as are available. */
export interface PacketPart {
  readonly length: number;
  /** The packet's type, section 2.2.1, if this part completes the packet. */
  readonly wholeOf?: number;
}

/**
 * Follows one connection's stream of MQTT packets.
 *
 * The broker's parser waits until a packet is complete, and a packet may announce 256 MB. Without
 * this gate any unknown client could fill the memory.
 */
export class PacketGate {
  readonly #bytesMax: number;
  #type = 0;
  /** The remaining bytes of the current packet's body. */
  #left = 0;
  #length = 0;
  /** The number of length digits read so far; -1 means that the packet's first byte comes next. */
  #digits = -1;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /**
   * Follows the bytes from `from`, to the end of the current packet at most. Throws when the body
   * is longer than allowed or the length is malformed.
   */
  next(bytes: Uint8Array, from = 0): PacketPart {
    let at = from;
    while (at < bytes.length) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, bytes.length - at);
        this.#left -= skipped;
        at += skipped;
      } else {
        this.#header(bytes[at] ?? 0);
        at += 1;
      }
      if (this.#left === 0 && this.#digits === -1) {
        return { length: at - from, wholeOf: this.#type };
      }
    }
    return { length: at - from };
  }

  #header(byte: number): void {
    if (this.#digits === -1) {
      this.#type = byte >> 4;
      this.#digits = 0;
      this.#length = 0;
      return;
    }
    this.#length += (byte & 0x7f) * 128 ** this.#digits;
    this.#digits += 1;
    if (this.#length > this.#bytesMax) {
      throw new Error(`packet of at least ${this.#length} bytes, ${this.#bytesMax} are allowed`);
    }
    const isLast = (byte & 0x80) === 0;
    if (!isLast && this.#digits === LENGTH_DIGITS_MAX) throw new Error("malformed packet length");
    if (isLast) {
      this.#left = this.#length;
      this.#digits = -1;
    }
  }
}
