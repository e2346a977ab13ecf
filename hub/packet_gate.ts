/** Stops oversized MQTT packets by their announced length, before a byte of them is collected. */

/** MQTT 3.1.1 section 2.2.3: the remaining length has at most four digits of seven bits. */
const LENGTH_DIGITS_MAX = 4;

/**
 * Follows one connection's stream of MQTT packets.
 *
 * The broker's parser waits until a packet is complete, and a packet may announce 256 MB: without
 * this gate any stranger could fill the memory.
 */
export class PacketGate {
  readonly #bytesMax: number;
  /** What is still to come of the current packet's body. */
  #left = 0;
  #length = 0;
  /** Digits of the remaining length read so far; -1: the packet's first byte comes next. */
  #digits = -1;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Throws when the bytes announce a packet whose body is longer than allowed, or no packet at all. */
  inspect(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, bytes.length - at);
        this.#left -= skipped;
        at += skipped;
      } else {
        this.#header(bytes[at] ?? 0);
        at += 1;
      }
    }
  }

  #header(byte: number): void {
    if (this.#digits === -1) {
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
