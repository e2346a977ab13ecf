/** One request to the hub of this machine. */

import { request } from "node:http";
import type { Endpoint } from "../../core/config/settings.ts";
import { reasonOf } from "../../io/program/user_error.ts";

/** A hub that is busy still answers by then. */
const ANSWER_MS = 10_000;
/** The status of 5,000 nodes is shorter. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

export interface LocalRequest {
  /** Where the page is; with `socketPath` only what Deno permits is judged by it. */
  readonly endpoint: Endpoint;
  readonly socketPath?: string;
  readonly password?: string;
  readonly path: string;
  /** Left out: a GET. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

export interface LocalAnswer {
  readonly status: number;
  readonly text: string;
}

/** By `node:http`, for `fetch` would ask a proxy of the environment for this very machine. */
export async function send(asked: LocalRequest): Promise<LocalAnswer> {
  const { endpoint: { hostname, port }, socketPath, password, path, body } = asked;
  const { promise, resolve, reject } = Promise.withResolvers<LocalAnswer>();
  const sent = request({
    host: hostname,
    port,
    ...(socketPath === undefined ? {} : { socketPath }),
    path,
    method: body === undefined ? "GET" : "POST",
    headers: {
      "Content-Type": "application/json",
      ...(password === undefined ? {} : { Authorization: `Bearer ${password}` }),
    },
    agent: false,
    signal: AbortSignal.timeout(ANSWER_MS),
  }, (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => {
      text += chunk;
      if (text.length > ANSWER_BYTES_MAX) response.destroy(new Error("it answers without end"));
    });
    response.on("error", reject);
    response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
  });
  sent.on("error", reject);
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  return await promise;
}

/** Why nobody can be asked at a socket; `undefined`: somebody listens there. */
export async function hindranceAt(socketPath: string): Promise<string | undefined> {
  try {
    (await Deno.connect({ transport: "unix", path: socketPath })).close();
    return undefined;
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? "there is none" : reasonOf(error);
  }
}
