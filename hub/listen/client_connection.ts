/** A client's connection, with TLS or without. */

export interface ClientConnection
  extends Pick<Deno.Conn, "read" | "write" | "close" | "closeWrite"> {
  readonly localAddr: Deno.NetAddr;
  readonly remoteAddr: Deno.NetAddr;
}

/** Begins TLS on a connection that was accepted. */
export type Secure = (connection: Deno.TcpConn) => ClientConnection;

/** Writes all bytes. */
export async function write(
  connection: Pick<Deno.Conn, "write">,
  bytes: Uint8Array,
): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

/** Closes a connection that may be closed already. */
export function closeNow(connection: Pick<Deno.Conn, "close">): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
