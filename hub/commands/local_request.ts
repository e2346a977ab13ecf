/** Sends one request to the hub of this machine. */

import { request as requestPlainly } from "node:http";
import { request as requestByTls } from "node:https";
import type { Endpoint } from "../../core/config/settings.ts";
import { reasonOf } from "../../io/program/user_error.ts";

/** Even a busy hub answers within this time. */
const ANSWER_MS = 10_000;
/** Larger than the status of 20,000 nodes. */
const ANSWER_BYTES_MAX = 32 * 1024 * 1024;

export interface LocalRequest {
  /** The page's address. With `socketPath` it only serves Deno's permission check. */
  readonly endpoint: Endpoint;
  readonly socketPath?: string;
  /** The certificate of the hub's authority, as PEM text. Absent: without TLS. */
  readonly ca?: string;
  readonly password?: string;
  readonly path: string;
  /** `undefined` means a GET request. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

export interface LocalAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Uses `node:http`, because `fetch` would use a proxy from the environment even for this machine.
 */
export async function send(call: LocalRequest): Promise<LocalAnswer> {
  const { endpoint: { hostname, port }, socketPath, ca, password, path, body } = call;
  const request = ca === undefined ? requestPlainly : requestByTls;
  const { promise, resolve, reject } = Promise.withResolvers<LocalAnswer>();
  const sent = request({
    host: hostname,
    port,
    ...(socketPath === undefined ? {} : { socketPath }),
    ...(ca === undefined ? {} : { ca }),
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
      if (text.length > ANSWER_BYTES_MAX) response.destroy(new Error("its answer is too long"));
    });
    response.on("error", reject);
    response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
  });
  sent.on("error", reject);
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  return await promise;
}

/** Returns why nobody answers at a socket; `undefined` when somebody listens there. */
export async function hindranceAt(socketPath: string): Promise<string | undefined> {
  try {
    (await Deno.connect({ transport: "unix", path: socketPath })).close();
    return undefined;
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? "there is none" : reasonOf(error);
  }
}
