/** Reads a stream of Node.js as Deno reads: only when somebody asks. */

import type { Readable } from "node:stream";
import { asDenoError } from "./errors.ts";

/** After each of these there are bytes, or there will be no more. */
const EVENTS = ["readable", "end", "error", "close"] as const;

/**
 * Reads a stream, whose high-water mark should be low (`socket_options.ts`), because a stream fills
 * its buffer without being asked.
 */
export class ByteSource {
  readonly #stream: Readable;
  #rest: Uint8Array = new Uint8Array();
  #wake: () => void = () => {};

  constructor(stream: Readable) {
    this.#stream = stream;
    for (const event of EVENTS) stream.on(event, () => this.#wake());
  }

  /**
   * Fills a part of the buffer and returns how much; `null` at the end. One reader at a time. Throws
   * the stream's error.
   */
  async read(buffer: Uint8Array): Promise<number | null> {
    const stream = this.#stream;
    for (;;) {
      if (this.#rest.length === 0) this.#rest = stream.read() ?? this.#rest;
      const count = Math.min(this.#rest.length, buffer.length);
      if (count > 0) {
        buffer.set(this.#rest.subarray(0, count));
        this.#rest = this.#rest.subarray(count);
        return count;
      }
      if (stream.errored) throw asDenoError(stream.errored);
      if (stream.readableEnded || stream.destroyed) return null;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  /** The same bytes as a stream of the web, which can also be read into one's own buffer. */
  toStream(chunkBytes: number): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream({
      type: "bytes",
      autoAllocateChunkSize: chunkBytes,
      pull: async (controller) => {
        const request = controller.byobRequest;
        const view = request?.view;
        if (request === null || view === undefined || view === null) return;
        const buffer = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
        const count = await this.read(buffer);
        if (count === null) controller.close();
        request.respond(count ?? 0);
      },
      cancel: () => {
        this.#stream.destroy();
      },
    });
  }
}
