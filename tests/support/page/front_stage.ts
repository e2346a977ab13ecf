/** A front of the page on its own, with a handler in place of the hub's application. */

import { Buffer } from "node:buffer";
import { type PageBudget, pageBudget } from "../../../core/limits/connection_budget.ts";
import type { PageHandler } from "../../../hub/front/inner_server.ts";
import { PageFront } from "../../../hub/front/page_front.ts";

/** More than the system buffers for a connection that nobody reads. */
export const LARGE = 30 * 1024 * 1024;
export const HELLO = "GET /hello HTTP/1.1\r\nHost: hub\r\n\r\n";

export const UPGRADE = [
  "GET /ws HTTP/1.1",
  "Host: hub",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  `Sec-WebSocket-Key: ${Buffer.alloc(16).toString("base64")}`,
  "\r\n",
].join("\r\n");

/** The front, and the reasons for which it refused connections. */
export interface Stage extends AsyncDisposable {
  readonly url: string;
  readonly refused: string[];
  connect(): Promise<Deno.TcpConn>;
}

export function open(handler: PageHandler, budget: PageBudget = pageBudget()): Stage {
  const refused: string[] = [];
  const front = new PageFront({
    listen: { hostname: "127.0.0.1", port: 0 },
    budget,
    handler,
    trustedProxies: [],
    onRefused: (reason) => refused.push(reason),
  });
  const { hostname, port } = front.address;
  return {
    url: `http://${hostname}:${port}`,
    refused,
    connect: () => Deno.connect({ hostname, port }),
    [Symbol.asyncDispose]: () => front[Symbol.asyncDispose](),
  };
}

/** A connection to a page with TLS on this machine. */
export async function connectByTls(port: number, ca: string): Promise<Deno.TlsConn> {
  return await Deno.connectTls({ hostname: "127.0.0.1", port, caCerts: [ca] });
}

export async function say(connection: Deno.Conn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

/** Reads until the text arrives, or else until the end of the connection. */
export async function hear(connection: Deno.Conn, text?: string): Promise<string> {
  const buffer = new Uint8Array(4096);
  let heard = "";
  while (text === undefined || !heard.includes(text)) {
    const count = await connection.read(buffer).catch(() => null);
    if (count === null) break;
    heard += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return heard;
}

/** Answers a request for a WebSocket, and closes it at the first message. */
export function upgraded(request: Request): Response {
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.onmessage = () => socket.close(1008);
  return response;
}
