/** The ways in which Twilio's double answers a request. */

import { untilClosed, writeAll } from "./provider_server.ts";

/** The answer to one request of any kind. */
export type TwilioBehaviour =
  /** 201 with the message's sid; 200 with the list, the message or the account. */
  | { readonly kind: "created" }
  /** A refusal or a delay in Twilio's JSON. */
  | {
    readonly kind: "error";
    readonly status: number;
    readonly code: number;
    readonly message: string;
    readonly retryAfter?: string;
  }
  /** Any answer at all, e.g. a 500 with HTML or a redirect. */
  | {
    readonly kind: "raw";
    readonly status: number;
    readonly body: string;
    readonly headers?: Readonly<Record<string, string>>;
  }
  /** No answer, and the connection stays open. */
  | { readonly kind: "hang" }
  /** The connection is reset before the request is read. */
  | { readonly kind: "reset" }
  /** The status comes, the body never ends. */
  | { readonly kind: "slow_body"; readonly status: number }
  /** The message is sent to the phone, but no answer comes: the time to kill whoever waits for it. */
  | { readonly kind: "created_then_hang" }
  /** The message is sent to the phone, but the connection is closed without an answer. */
  | { readonly kind: "created_then_close" };

/** Answers a request; `last`: the newest message that was sent. Ends when the answer is complete. */
export async function writeAnswer(
  connection: Deno.TcpConn,
  behaviour: TwilioBehaviour,
  last: { readonly sid: string; readonly to: string } | undefined,
): Promise<void> {
  switch (behaviour.kind) {
    case "created": {
      const body = { sid: last?.sid, status: "queued", to: last?.to, error_code: null };
      return await respond(connection, 201, JSON.stringify(body));
    }
    case "error": {
      const { status, code, message, retryAfter } = behaviour;
      const more_info = `https://www.twilio.com/docs/errors/${code}`;
      const headers = retryAfter === undefined ? {} : { "Retry-After": retryAfter };
      const body = JSON.stringify({ code, message, more_info, status });
      return await respond(connection, status, body, headers);
    }
    case "raw":
      return await respond(connection, behaviour.status, behaviour.body, behaviour.headers);
    case "slow_body":
      await writeAll(
        connection,
        head(behaviour.status, { "Content-Length": "4096" }) + '{"sid":',
      );
      return await untilClosed(connection);
    case "hang":
    case "created_then_hang":
      return await untilClosed(connection);
    case "reset":
    case "created_then_close":
      return;
  }
}

async function respond(
  connection: Deno.TcpConn,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const length = String(new TextEncoder().encode(body).length);
  const all = { "Content-Type": "application/json", "Content-Length": length, ...headers };
  await writeAll(connection, head(status, all) + body);
}

function head(status: number, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ ...headers, Connection: "close" }).map(([k, v]) =>
    `${k}: ${v}\r\n`
  );
  return `HTTP/1.1 ${status} Answer\r\n${lines.join("")}\r\n`;
}
