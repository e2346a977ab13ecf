/** The edges that libgpiod 1.x writes into the memory of its caller, as `struct gpiod_line_event`. */
import type { DriverEdge } from "../gpio_driver.ts";
import type { Bytes } from "../syscalls.ts";

/**
 * `struct timespec`, `int event_type`. Its size is that of the library's `time_t`, which has 64 bits
 * on 64-bit systems and on some 32-bit ones (armhf of Ubuntu 24.04), and 32 bits on the others. Of 64
 * bits for the nanoseconds, the upper half is zero or padding.
 */
const WIDE = { bytes: 24, nanoseconds: 8, eventType: 16 } as const;
const NARROW = { bytes: 12, nanoseconds: 4, eventType: 8 } as const;

const RISING_EDGE = 1;
/** Memory full of these is no type of an event. */
const UNTOUCHED = 0xff;
const NS_PER_SECOND = 1_000_000_000n;

/** Memory for some events, which is used again and again. */
export class LineEvents {
  readonly #bytes: Bytes;
  readonly #view: DataView<ArrayBuffer>;

  constructor(count: number) {
    this.#bytes = new Uint8Array(WIDE.bytes * count);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Returns the memory for the library, which writes as many events as it reports. */
  emptied(): Bytes {
    return this.#bytes.fill(UNTOUCHED);
  }

  /** Returns the events that the library wrote. */
  edges(count: number): readonly DriverEdge[] {
    const isWide = count > 0 && !this.#isUntouched((count - 1) * WIDE.bytes + WIDE.eventType);
    return Array.from(
      { length: count },
      (_, index) => isWide ? this.#wideEdge(index) : this.#narrowEdge(index),
    );
  }

  #isUntouched(at: number): boolean {
    return this.#view.getInt32(at, true) === -1;
  }

  #wideEdge(index: number): DriverEdge {
    const start = index * WIDE.bytes;
    const seconds = this.#view.getBigInt64(start, true);
    return this.#edge(seconds, start + WIDE.nanoseconds, start + WIDE.eventType);
  }

  #narrowEdge(index: number): DriverEdge {
    const start = index * NARROW.bytes;
    const seconds = BigInt(this.#view.getInt32(start, true));
    return this.#edge(seconds, start + NARROW.nanoseconds, start + NARROW.eventType);
  }

  /** When both edges are requested, an edge is called rising if the line is active after it. */
  #edge(seconds: bigint, nanoseconds: number, eventType: number): DriverEdge {
    return {
      active: this.#view.getInt32(eventType, true) === RISING_EDGE,
      atNs: seconds * NS_PER_SECOND + BigInt(this.#view.getInt32(nanoseconds, true)),
    };
  }
}
