/** Makes the connection to the broker, with or without TLS. */

import type { Config } from "../core/config.ts";
import type { Clock } from "./clock.ts";

/** A broker's machine that does not answer at all is left alone after this long. */
const DIAL_MS = 1500;

export interface DialOptions {
  readonly mqtt: Pick<Config["mqtt"], "host" | "port" | "tls">;
  /** Authorities beside the public ones, as PEM texts. */
  readonly caCerts?: readonly string[];
  readonly clock: Clock;
}

/**
 * A TCP connection to the broker, or a TLS one whose certificate was accepted. Throws what hindered
 * it, in words for the log.
 */
export async function dial(options: DialOptions, stop: AbortSignal): Promise<Deno.Conn> {
  const { mqtt: { host: hostname, port, tls }, caCerts, clock } = options;
  const tooLong = new AbortController();
  using _alarm = clock.callAt(clock.nowMs() + DIAL_MS, () => tooLong.abort());
  const signal = AbortSignal.any([stop, tooLong.signal]);
  const connection = await Deno.connect({ hostname, port, transport: "tcp", signal })
    .catch((error) => {
      throw tooLong.signal.aborted ? new Error(`no answer within ${DIAL_MS} ms`) : error;
    });
  connection.setNoDelay(true);
  if (!tls) return connection;
  return await shakeHands(
    await Deno.startTls(connection, { hostname, caCerts: [...(caCerts ?? [])] }),
    stop,
  );
}

/** Without this a refused certificate would show as a connection that closes without a reason. */
async function shakeHands(connection: Deno.TlsConn, stop: AbortSignal): Promise<Deno.TlsConn> {
  // A handshake that never ends is ended by closing what it goes through.
  const close = () => connection.close();
  stop.addEventListener("abort", close, { once: true });
  try {
    await connection.handshake();
    return connection;
  } catch (error) {
    if (!stop.aborted) close();
    throw error;
  } finally {
    stop.removeEventListener("abort", close);
  }
}
