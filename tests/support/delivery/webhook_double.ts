/** Stands for the receivers of webhooks on loopback: takes messages, and fails as it is told to. */

import type { WebhookPreset } from "../../../core/config/settings.ts";
import { headersOf, ProviderServer, untilClosed, writeAll } from "./provider_server.ts";

/** How one request is answered. */
export type WebhookBehaviour =
  /** As the receiver of the double's preset answers when it takes a message. */
  | { readonly kind: "taken" }
  /** Any answer at all, e.g. a refusal, a redirect or a page. */
  | {
    readonly kind: "raw";
    readonly status: number;
    readonly body?: string;
    readonly headers?: Readonly<Record<string, string>>;
  }
  /** No answer, and the connection stays open. */
  | { readonly kind: "hang" }
  /** The connection is reset before the request is read. */
  | { readonly kind: "reset" }
  /** The whole request is read, and the connection closed without an answer. */
  | { readonly kind: "close" }
  /** The status comes, the body never ends. */
  | { readonly kind: "slow_body"; readonly status: number }
  /** The status comes, and a body of this many bytes. */
  | { readonly kind: "huge_body"; readonly status: number; readonly bytes: number };

/** A request as it arrived. */
export interface WebhookDoubleRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
  /** On the test's monotonic clock. */
  readonly atMs: number;
}

/** What a receiver with rules of its own answers to a request, in JSON. */
export type Respond = (
  request: WebhookDoubleRequest,
) => { readonly status: number; readonly json: unknown };

const REQUEST_BYTES_MAX = 256 * 1024;

/** Answers as their makers document them. */
const TAKEN: Readonly<Record<WebhookPreset, string>> = {
  json: "",
  ntfy: '{"id":"wZ8kRBLcNH9t","time":1,"event":"message","topic":"topic","message":"hi"}',
  slack: "ok",
  discord: '{"id":"1234567890123456789","type":0,"content":"hi","channel_id":"2"}',
  telegram: '{"ok":true,"result":{"message_id":42,"date":1,"text":"hi"}}',
  d7: '{"request_id":"d9835609-a4e0-10ea","status":"accepted","created_at":"2026-01-01T00:00:00Z"}',
};

/** Answers to questions, by what their path holds. */
const QUESTIONS: readonly (readonly [string, string])[] = [
  ["/v1/health", '{"healthy":true}'],
  ["/getMe", '{"ok":true,"result":{"id":17,"is_bot":true,"first_name":"bot"}}'],
  ["/webhooks/", '{"id":"1","type":1,"name":"pis"}'],
  ["/balance", '{"balance":9.99}'],
  ["/message-log/", '{"request_id":"d9","messages":[{"msg_id":"1","status":"delivered"}]}'],
];

/** A real HTTP server; `await using` ends it with all connections. */
export class WebhookDouble implements AsyncDisposable {
  readonly requests: WebhookDoubleRequest[] = [];
  /** Those of them whose message reached people. */
  readonly taken: WebhookDoubleRequest[] = [];
  readonly #receiver: WebhookPreset | Respond;
  readonly #server = new ProviderServer((connection) => this.#exchange(connection));
  readonly #script: WebhookBehaviour[] = [];
  #otherwise: WebhookBehaviour = { kind: "taken" };

  constructor(receiver: WebhookPreset | Respond) {
    this.#receiver = receiver;
  }

  /** Of the server, without a path. */
  get url(): string {
    return this.#server.url;
  }

  /** How the next messages are answered, one each, before it is as `otherwise` again. */
  script(...behaviours: readonly WebhookBehaviour[]): void {
    this.#script.push(...behaviours);
  }

  /** How messages are answered for which nothing is scripted, and questions; `taken` at first. */
  otherwise(behaviour: WebhookBehaviour): void {
    this.#otherwise = behaviour;
  }

  /** Waits until so many requests came, or messages reached people. */
  async waitFor(what: "requests" | "taken", count: number, withinMs: number): Promise<void> {
    await this.#server.waitFor(this[what], { what, count, withinMs });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }

  /** One request a connection: every answer ends it. */
  async #exchange(connection: Deno.TcpConn): Promise<void> {
    // To close with unread bytes makes the kernel send a reset, so the script is asked before reading.
    if ((this.#script[0] ?? this.#otherwise).kind === "reset") {
      await connection.read(new Uint8Array(1));
      this.#script.shift();
      return;
    }
    const request = await readRequest(connection);
    if (request === undefined) return;
    const isMessage = request.method === "POST";
    const behaviour = (isMessage ? this.#script.shift() : undefined) ?? this.#otherwise;
    this.requests.push(request);
    if (isMessage && behaviour.kind === "taken") this.taken.push(request);
    this.#server.notice();
    await this.#answer(connection, request, behaviour);
  }

  async #answer(
    connection: Deno.TcpConn,
    request: WebhookDoubleRequest,
    behaviour: WebhookBehaviour,
  ): Promise<void> {
    switch (behaviour.kind) {
      case "taken": {
        const { method, path } = request;
        if (typeof this.#receiver !== "string") {
          const { status, json } = this.#receiver(request);
          return await writeAll(connection, answerText(status, JSON.stringify(json)));
        }
        if (method === "POST") {
          return await writeAll(connection, answerText(200, TAKEN[this.#receiver]));
        }
        const answer = QUESTIONS.find(([part]) => path.includes(part))?.[1];
        return await writeAll(
          connection,
          answerText(answer === undefined ? 404 : 200, answer ?? ""),
        );
      }
      case "raw":
        return await writeAll(
          connection,
          answerText(behaviour.status, behaviour.body ?? "", behaviour.headers),
        );
      case "slow_body":
        await writeAll(
          connection,
          `HTTP/1.1 ${behaviour.status} x\r\nContent-Length: 1000\r\n\r\n{`,
        );
        return await untilClosed(connection);
      case "huge_body":
        return await writeAll(
          connection,
          answerText(behaviour.status, "x".repeat(behaviour.bytes)),
        );
      case "hang":
        return await untilClosed(connection);
      case "reset":
      case "close":
        return;
    }
  }
}

function answerText(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const length = new TextEncoder().encode(body).length;
  return `HTTP/1.1 ${status} x\r\n${lines}Content-Length: ${length}\r\nConnection: close\r\n\r\n` +
    body;
}

async function readRequest(connection: Deno.TcpConn): Promise<WebhookDoubleRequest | undefined> {
  const chunk = new Uint8Array(8192);
  let bytes = new Uint8Array();
  while (bytes.length < REQUEST_BYTES_MAX) {
    const count = await connection.read(chunk);
    if (count === null) return undefined;
    bytes = Uint8Array.of(...bytes, ...chunk.subarray(0, count));
    const request = parse(bytes);
    if (request !== undefined) return request;
  }
  return undefined;
}

/** The request when it is whole. */
function parse(bytes: Uint8Array): WebhookDoubleRequest | undefined {
  // Each byte as one character, so that places in the text are places in the bytes.
  const text = String.fromCharCode(...bytes);
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const [requestLine = "", ...lines] = text.slice(0, headEnd).split("\r\n");
  const headers = headersOf(lines);
  const body = bytes.subarray(headEnd + 4);
  if (body.length < Number(headers.get("content-length") ?? 0)) return undefined;
  const [method = "", path = ""] = requestLine.split(" ");
  return { method, path, headers, body: new TextDecoder().decode(body), atMs: performance.now() };
}
