/** Sends raw bytes to a broker that no MQTT library would send. */

/** Opens a plain connection to 127.0.0.1. */
export async function openSocket(port: number): Promise<Deno.TcpConn> {
  return await Deno.connect({ hostname: "127.0.0.1", port, transport: "tcp" });
}

/** Reads until the other side ends the connection in any way. */
export async function readAll(socket: Deno.Conn): Promise<Uint8Array> {
  const bytes: number[] = [];
  const buffer = new Uint8Array(4096);
  try {
    for (let count; (count = await socket.read(buffer)) !== null;) {
      bytes.push(...buffer.subarray(0, count));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  }
  return new Uint8Array(bytes);
}

/** Resolves when the other side has ended the connection in any way. */
export async function untilEnd(socket: Deno.Conn): Promise<void> {
  await readAll(socket);
}

export interface ConnectFields {
  readonly clientId: string;
  readonly keepaliveS: number;
  readonly username?: string;
  readonly password?: string;
  readonly will?: { readonly topic: string; readonly payload: string };
}

/** Returns a CONNECT packet of MQTT 3.1.1, section 3.1; the will has QoS 1. */
export function connectPacket(fields: ConnectFields): Uint8Array {
  const { clientId, keepaliveS, username, password, will } = fields;
  const flags = 0x02 | (will === undefined ? 0 : 0x0c) | (username === undefined ? 0 : 0x80) |
    (password === undefined ? 0 : 0x40);
  const texts = [clientId, will?.topic, will?.payload, username, password];
  const body = [
    ...field("MQTT"),
    4,
    flags,
    keepaliveS >> 8,
    keepaliveS & 0xff,
    ...texts.flatMap((text) => text === undefined ? [] : field(text)),
  ];
  return new Uint8Array([0x10, ...remainingLength(body.length), ...body]);
}

/** Returns a SUBSCRIBE packet of MQTT 3.1.1, section 3.8, at QoS 0. */
export function subscribePacket(filter: string): Uint8Array {
  const body = [0, 1, ...field(filter), 0];
  return new Uint8Array([0x82, ...remainingLength(body.length), ...body]);
}

/** Returns a CONNECT packet of MQTT 5, section 3.1, without login, will or properties. */
export function connectPacketOf5(clientId: string): Uint8Array {
  const body = [...field("MQTT"), 5, 0x02, 0, 60, 0, ...field(clientId)];
  return new Uint8Array([0x10, ...remainingLength(body.length), ...body]);
}

function field(text: string): number[] {
  const bytes = new TextEncoder().encode(text);
  return [bytes.length >> 8, bytes.length & 0xff, ...bytes];
}

function remainingLength(length: number): number[] {
  const digit = length & 0x7f;
  return length < 128 ? [digit] : [digit | 0x80, ...remainingLength(length >> 7)];
}
