/**
 * Removes floods of single nodes from a broker's bytes, before a library turns them into messages.
 */

import { Buffer } from "node:buffer";
import { FloodBudget } from "../../core/limits/flood_budget.ts";
import { NODE_ID_PATTERN } from "../../core/protocol/wire.ts";

/** MQTT 3.1.1, 2.2.1: the type of a packet that carries a message. */
const PUBLISH = 3;
/** MQTT 3.1.1, 2.2.3: the remaining length has at most four digits of seven bits. */
const LENGTH_DIGITS_MAX = 4;
const SLASH = 0x2f;

export interface FloodSieveOptions {
  /** The prefix of all node topics. The node's id and a slash follow. */
  readonly nodesPrefix: string;
  /** The only topic that all nodes may publish to. */
  readonly alarmTopic: string;
  /** `from` is the node, or the topic that all nodes share. */
  readonly onLeftOut: (from: string, count: number) => void;
  /** Acknowledges removed messages to the broker. */
  readonly acknowledge: (packets: Uint8Array) => void;
}

interface Head {
  /** The length of the whole packet. */
  readonly bytes: number;
  /** The sender; `undefined` for packets that are never removed. */
  readonly from?: string;
  /** The two bytes of the packet identifier, if the message needs an acknowledgement. */
  readonly identifier?: Uint8Array;
}

/**
 * Follows the packets of one connection. Malformed bytes pass, so that the library reports them.
 */
export class FloodSieve {
  readonly #options: FloodSieveOptions;
  readonly #prefix: Buffer;
  readonly #alarm: Buffer;
  readonly #budget = new FloodBudget();
  /** The beginning of a packet whose sender is not known yet. */
  #beginning: Uint8Array = new Uint8Array();
  /** The remaining bytes of the current packet. */
  #left = 0;
  #isKept = true;
  #isReadable = true;

  constructor(options: FloodSieveOptions) {
    this.#options = options;
    this.#prefix = Buffer.from(options.nodesPrefix);
    this.#alarm = Buffer.from(options.alarmTopic);
  }

  /**
   * Returns the bytes to pass on now, from this call and earlier ones. They may be a part of
   * `received`. `nowMs` is monotonic.
   */
  pass(received: Uint8Array, nowMs: number): Uint8Array {
    const bytes = this.#withBeginning(received);
    const kept: Uint8Array[] = [];
    let keptFrom = 0;
    const acknowledgements: Uint8Array[] = [];
    const leftOut = new Map<string, number>();
    let at = 0;
    while (at < bytes.length) {
      if (this.#left === 0) {
        const head = this.#isReadable ? this.#headAt(bytes, at) : { bytes: bytes.length - at };
        if (head === undefined) break;
        const { from, identifier } = head;
        this.#left = head.bytes;
        this.#isKept = from === undefined || this.#budget.takes(from, head.bytes, nowMs);
        if (!this.#isKept && from !== undefined) {
          leftOut.set(from, (leftOut.get(from) ?? 0) + 1);
          if (identifier !== undefined) acknowledgements.push(PUBACK, identifier);
        }
      }
      const next = Math.min(bytes.length, at + this.#left);
      if (!this.#isKept) {
        kept.push(bytes.subarray(keptFrom, at));
        keptFrom = next;
      }
      this.#left -= next - at;
      at = next;
    }
    const last = bytes.subarray(keptFrom, at);
    this.#beginning = Uint8Array.from(bytes.subarray(at));
    if (acknowledgements.length > 0) this.#options.acknowledge(Buffer.concat(acknowledgements));
    for (const [from, count] of leftOut) this.#options.onLeftOut(from, count);
    return kept.length === 0 ? last : Buffer.concat([...kept, last]);
  }

  #withBeginning(received: Uint8Array): Buffer {
    if (this.#beginning.length > 0) return Buffer.concat([this.#beginning, received]);
    return Buffer.from(received.buffer, received.byteOffset, received.length);
  }

  /** Returns `undefined` when more bytes are needed. */
  #headAt(bytes: Buffer, at: number): Head | undefined {
    const first = bytes[at] ?? 0;
    let length = 0;
    let digits = 0;
    for (let isLast = false; !isLast; digits++) {
      const digit = bytes[at + 1 + digits];
      if (digit === undefined) return undefined;
      length += (digit & 0x7f) * 128 ** digits;
      isLast = (digit & 0x80) === 0;
      if (!isLast && digits + 1 === LENGTH_DIGITS_MAX) {
        this.#isReadable = false;
        return { bytes: bytes.length - at };
      }
    }
    const bodyAt = at + 1 + digits;
    const whole = { bytes: bodyAt + length - at };
    if (first >> 4 !== PUBLISH || length < 2) return whole;
    if (bodyAt + 2 > bytes.length) return undefined;
    const topicAt = bodyAt + 2;
    const topicEnd = topicAt + bytes.readUInt16BE(bodyAt);
    const qos = (first >> 1) & 3;
    const headEnd = topicEnd + (qos === 0 ? 0 : 2);
    // A message of QoS 2 needs two acknowledgements. No observer subscribes with QoS 2.
    if (qos > 1 || headEnd > bodyAt + length) return whole;
    if (headEnd > bytes.length) return undefined;
    const from = this.#senderIn(bytes, topicAt, topicEnd);
    if (from === undefined) return whole;
    return qos === 0 ? { ...whole, from } : {
      ...whole,
      from,
      identifier: bytes.subarray(topicEnd, headEnd),
    };
  }

  #senderIn(bytes: Buffer, topicAt: number, topicEnd: number): string | undefined {
    if (this.#alarm.equals(bytes.subarray(topicAt, topicEnd))) return this.#options.alarmTopic;
    const idAt = topicAt + this.#prefix.length;
    if (!this.#prefix.equals(bytes.subarray(topicAt, Math.min(idAt, topicEnd)))) return undefined;
    const slashAt = bytes.indexOf(SLASH, idAt);
    if (slashAt === -1 || slashAt >= topicEnd) return undefined;
    const id = bytes.toString("latin1", idAt, slashAt);
    return NODE_ID_PATTERN.test(id) ? id : undefined;
  }
}

/** The first two bytes of a PUBACK. The packet identifier follows: MQTT 3.1.1, 3.4. */
const PUBACK = new Uint8Array([0x40, 2]);
