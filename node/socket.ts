/** A connection of Node.js with the methods of Deno's connections. */

import type { Socket } from "node:net";
import { ByteSource } from "./byte_source.ts";
import { asDenoError, errors } from "./errors.ts";

/** The bytes of one piece of a stream of the web. */
const CHUNK_BYTES = 16_384;

/** The part of Deno's connections that agent and tracker use. */
export type Connection =
  & Pick<
    Deno.TcpConn,
    "read" | "write" | "close" | "setNoDelay" | "localAddr" | "remoteAddr"
  >
  & Pick<Deno.TlsConn, "handshake">
  & Pick<Deno.UnixConn, "readable" | "writable">
  & Disposable;

export interface SocketEnds {
  readonly localAddr: Deno.NetAddr;
  readonly remoteAddr: Deno.NetAddr;
}

export class NodeConnection implements Connection {
  /** The connection below. Whoever takes it over must not use this object any more. */
  readonly socket: Socket;
  readonly localAddr: Deno.NetAddr;
  readonly remoteAddr: Deno.NetAddr;
  #source: ByteSource | undefined;
  readonly #handshake: () => Promise<void>;
  #isClosed = false;

  /** The socket must be connected. `handshake` is called at most once. */
  constructor(
    socket: Socket,
    ends: SocketEnds = endsOf(socket),
    handshake = () => Promise.resolve(),
  ) {
    this.socket = socket;
    this.localAddr = ends.localAddr;
    this.remoteAddr = ends.remoteAddr;
    this.#handshake = handshake;
    // Whoever reads or writes gets the error. Without a listener it would end the program.
    socket.on("error", () => {});
  }

  async handshake(): Promise<Deno.TlsHandshakeInfo> {
    await this.#handshake();
    return { alpnProtocol: null };
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    if (this.#isClosed) throw new errors.BadResource("Bad resource ID");
    return await this.#bytes().read(buffer);
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) =>
      this.socket.write(
        bytes,
        (error) => error ? reject(asDenoError(error)) : resolve(bytes.length),
      )
    );
  }

  close(): void {
    if (this.#isClosed) throw new errors.BadResource("Bad resource ID");
    this.#isClosed = true;
    this.socket.destroy();
  }

  setNoDelay(isOn = true): void {
    this.socket.setNoDelay(isOn);
  }

  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#bytes().toStream(CHUNK_BYTES);
  }

  get writable(): WritableStream<Uint8Array<ArrayBufferLike>> {
    return new WritableStream({
      write: async (bytes) => {
        await this.write(bytes);
      },
    });
  }

  [Symbol.dispose](): void {
    if (!this.#isClosed) this.close();
  }

  /** Not before the first read: TLS needs a connection that nobody has read. */
  #bytes(): ByteSource {
    this.#source ??= new ByteSource(this.socket);
    return this.#source;
  }
}

/** The addresses are unknown for a unix socket, and after the end. */
function endsOf(
  { localAddress = "", localPort = 0, remoteAddress = "", remotePort = 0 }: Socket,
): SocketEnds {
  return {
    localAddr: { transport: "tcp", hostname: localAddress, port: localPort },
    remoteAddr: { transport: "tcp", hostname: remoteAddress, port: remotePort },
  };
}
