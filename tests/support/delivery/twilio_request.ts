/** A request to Twilio's double, as it comes in. */

import { headersOf } from "./provider_server.ts";

const REQUEST_BYTES_MAX = 64 * 1024;

/** What a request asks for: to send or list messages, what became of one, or about the account. */
export type TwilioTopic = "messages" | "status" | "account";

/** A request as it arrived. */
export interface TwilioRequest {
  /** Method and path, without the query. */
  readonly path: string;
  /** On the test's monotonic clock. */
  readonly atMs: number;
  readonly authorized: boolean;
  /** The fields of a POST's form, or of a GET's query. */
  readonly form: Readonly<Record<string, string>>;
}

/** Reads a request piece by piece: its first line alone, then the rest. */
export class RequestReader {
  text = "";
  readonly #connection: Deno.TcpConn;
  readonly #decoder = new TextDecoder();

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** The request line, and not a byte more; `undefined` when none comes. */
  async line(): Promise<string | undefined> {
    while (!this.text.endsWith("\r\n")) if (!await this.more(1)) return undefined;
    return this.text;
  }

  /** False at the end, or when the request is longer than any. */
  async more(bytesMax = 8192): Promise<boolean> {
    const chunk = new Uint8Array(bytesMax);
    const count = await this.#connection.read(chunk);
    if (count === null || this.text.length >= REQUEST_BYTES_MAX) return false;
    this.text += this.#decoder.decode(chunk.subarray(0, count), { stream: true });
    return true;
  }

  /** The whole request; `credential` is what an authorized one has. */
  async request(credential: string): Promise<TwilioRequest | undefined> {
    do {
      const request = parse(this.text, credential);
      if (request !== undefined) return request;
    } while (await this.more());
    return undefined;
  }
}

/** By a request's method and path. */
export function topicOf(line: string): TwilioTopic {
  const [method, target = ""] = line.split(" ");
  if (method === "POST" || /\/Messages\.json/.test(target)) return "messages";
  return /\/Messages\//.test(target) ? "status" : "account";
}

/** The request when it is whole; its form is ASCII, so that characters are bytes. */
function parse(text: string, credential: string): TwilioRequest | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const [requestLine = "", ...lines] = text.slice(0, headEnd).split("\r\n");
  const headers = headersOf(lines);
  const body = text.slice(headEnd + 4);
  if (body.length < Number(headers.get("content-length") ?? 0)) return undefined;
  const [method = "", target = ""] = requestLine.split(" ");
  const [path = "", query = ""] = target.split("?");
  return {
    path: `${method} ${path}`,
    atMs: performance.now(),
    authorized: headers.get("authorization") === `Basic ${btoa(credential)}`,
    form: Object.fromEntries(new URLSearchParams(method === "GET" ? query : body)),
  };
}
