/**
 * A browser that stops reading. It is a hand-written WebSocket, because a real one always reads.
 */

import type { ClusterView, FeedMessage } from "../../../core/api/feed.ts";
import { applyFeed } from "../../../core/api/feed_apply.ts";
import type { Hub } from "../program/programs.ts";
import { within } from "../time/until.ts";

const TEXT_FRAME = 0x81;
/** Much data is available at once, and each piece is appended to what was read before. */
const READ_BYTES = 4 * 1024 * 1024;

/** Reads only on command. */
export class SlowViewer implements Disposable {
  readonly #connection: Deno.TcpConn;
  #unread = new Uint8Array();
  #view: ClusterView | undefined;
  /** Bytes received so far. */
  bytes = 0;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Opens the feed; the snapshot is not read yet. */
  static async open(hub: Hub, cookie: string): Promise<SlowViewer> {
    const { hostname, port } = new URL(hub.url);
    const viewer = new SlowViewer(await Deno.connect({ hostname, port: Number(port) }));
    const lines = [
      "GET /ws HTTP/1.1",
      `Host: ${hostname}:${port}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      `Cookie: ${cookie}`,
    ];
    await viewer.#connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
    const text = () => new TextDecoder().decode(viewer.#unread);
    while (!text().includes("\r\n\r\n")) await viewer.#read();
    viewer.#take(new TextEncoder().encode(text().split("\r\n\r\n")[0]).length + 4);
    return viewer;
  }

  /**
   * Returns the next message, applied to the view of a page. `undefined` view: a message was
   * missing.
   */
  async next(): Promise<{ readonly message: FeedMessage; readonly view: ClusterView | undefined }> {
    for (;;) {
      const frame = await this.#frame();
      if (frame === undefined) continue;
      const message: FeedMessage = JSON.parse(new TextDecoder().decode(frame));
      this.#view = applyFeed(this.#view, message);
      return { message, view: this.#view };
    }
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }

  /**
   * Returns one text frame; `undefined` for other kinds, such as a ping. Frames of a server are not
   * masked.
   */
  async #frame(): Promise<Uint8Array | undefined> {
    const head = await this.#bytes(2);
    const short = (head[1] ?? 0) & 0x7f;
    const more = short === 126 ? 2 : short === 127 ? 8 : 0;
    let length = more === 0 ? short : 0;
    for (const byte of await this.#bytes(more)) length = length * 256 + byte;
    const body = await this.#bytes(length);
    return head[0] === TEXT_FRAME ? body : undefined;
  }

  async #bytes(count: number): Promise<Uint8Array> {
    while (this.#unread.length < count) await this.#read();
    return this.#take(count);
  }

  #take(count: number): Uint8Array {
    const taken = this.#unread.slice(0, count);
    this.#unread = this.#unread.slice(count);
    return taken;
  }

  async #read(): Promise<void> {
    const chunk = new Uint8Array(READ_BYTES);
    const count = await within("something to read", this.#connection.read(chunk));
    if (count === null) throw new Error("the hub hung up");
    const all = new Uint8Array(this.#unread.length + count);
    all.set(this.#unread);
    all.set(chunk.subarray(0, count), this.#unread.length);
    this.#unread = all;
    this.bytes += count;
  }
}
