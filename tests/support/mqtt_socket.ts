/** Raw bytes to a broker, for what no MQTT library would send. */

/** Opens a plain connection to 127.0.0.1. */
export async function openSocket(port: number): Promise<Deno.TcpConn> {
  return await Deno.connect({ hostname: "127.0.0.1", port, transport: "tcp" });
}

/** Resolves when the other side has ended the connection, in whatever way. */
export async function untilEnd(socket: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(4096);
  try {
    while (await socket.read(buffer) !== null);
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  }
}

export interface ConnectFields {
  readonly clientId: string;
  readonly keepaliveS: number;
  readonly username?: string;
  readonly password?: string;
  readonly will?: { readonly topic: string; readonly payload: string };
}

/** A CONNECT packet of MQTT 3.1.1, section 3.1; the will has QoS 1. */
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

function field(text: string): number[] {
  const bytes = new TextEncoder().encode(text);
  return [bytes.length >> 8, bytes.length & 0xff, ...bytes];
}

function remainingLength(length: number): number[] {
  const digit = length & 0x7f;
  return length < 128 ? [digit] : [digit | 0x80, ...remainingLength(length >> 7)];
}
