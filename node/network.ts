/** Connects as Deno does, by TCP and to a unix socket, and starts TLS. */

import * as net from "node:net";
import { asDenoError } from "./errors.ts";
import { type Connection, NodeConnection } from "./socket.ts";
import { ONE_PIECE } from "./socket_options.ts";
import { startHandshake } from "./tls.ts";

/** The part of Deno's options that agent and tracker use. */
export type ConnectOptions =
  & ({ readonly transport: "tcp"; readonly hostname: string; readonly port: number } | {
    readonly transport: "unix";
    readonly path: string;
  })
  & { readonly signal?: AbortSignal };

export async function connect(options: ConnectOptions): Promise<Connection> {
  const { signal } = options;
  signal?.throwIfAborted();
  const socket = net.connect({ ...placeOf(options), ...ONE_PIECE });
  const { promise, resolve, reject } = Promise.withResolvers<Connection>();
  const stop = () => {
    socket.destroy();
    reject(signal?.reason);
  };
  const fail = (error: Error) => reject(asDenoError(error));
  socket.once("error", fail);
  socket.once("connect", () => {
    socket.off("error", fail);
    resolve(new NodeConnection(socket));
  });
  signal?.addEventListener("abort", stop, { once: true });
  try {
    return await promise;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

function placeOf(options: ConnectOptions): net.NetConnectOpts {
  if (options.transport === "unix") return { path: options.path };
  // The caller decides the order of addresses.
  return { host: options.hostname, port: options.port, autoSelectFamily: false };
}

/** The part of Deno's options that agent and tracker use. */
export type StartTlsOptions = Required<Pick<Deno.StartTlsOptions, "hostname" | "caCerts">>;

/**
 * Takes over a connection. Like Deno's, it resolves at once, and `handshake` reports why TLS was
 * refused.
 */
export function startTls(connection: unknown, options: StartTlsOptions): Promise<Connection> {
  if (!(connection instanceof NodeConnection)) throw new TypeError("This is no TCP connection");
  const { socket, handshake } = startHandshake(connection.socket, options);
  return Promise.resolve(new NodeConnection(socket, connection, handshake));
}
