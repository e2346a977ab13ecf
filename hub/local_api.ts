/** The API of the hub that runs on this machine with this configuration. */

import { request } from "node:http";
import type { Config, Endpoint } from "../core/config.ts";
import { bracketed, reachedLocally } from "../core/host.ts";
import { redact } from "../io/redaction.ts";
import { reasonOf, UsageError, UserError } from "../io/user_error.ts";
import { knownPagePassword } from "./state_folder.ts";

/** A hub that is busy still answers by then. */
const ANSWER_MS = 10_000;
/** The status of 5,000 nodes is shorter. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
const BAD_REQUEST = 400;
const UNAUTHORIZED = 401;

export class LocalApi {
  readonly #endpoint: Endpoint;
  readonly #password: string;

  /** Throws a `UserError` when the password cannot be had. */
  constructor(config: Config) {
    const { hostname, port } = config.hub.listen;
    this.#endpoint = { hostname: reachedLocally(hostname), port };
    this.#password = knownPagePassword(config);
    redact(this.#password);
  }

  /** What the hub answers, as JSON. Throws a `UserError` that says why there is no good answer. */
  async ask(path: string, body: Readonly<Record<string, unknown>> | undefined): Promise<unknown> {
    const { status, text } = await this.#exchange(path, body);
    const json = parsed(text);
    if (status === 200 && json !== undefined) return json;
    if (status === UNAUTHORIZED) {
      throw new UserError(`The hub at ${this.#url} does not accept the password of [hub]`);
    }
    const message = messageOf(json);
    if (message === undefined) {
      throw new UserError(`The hub at ${this.#url} answers with status ${status}`);
    }
    throw status === BAD_REQUEST ? new UsageError(message) : new UserError(message);
  }

  get #url(): string {
    const { hostname, port } = this.#endpoint;
    return `http://${bracketed(hostname)}:${port}`;
  }

  /** By `node:http`, for `fetch` would ask a proxy of the environment for this very machine. */
  async #exchange(
    path: string,
    body: Readonly<Record<string, unknown>> | undefined,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const { hostname, port } = this.#endpoint;
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
    const sent = request({
      host: hostname,
      port,
      path,
      method: body === undefined ? "GET" : "POST",
      headers: { Authorization: `Bearer ${this.#password}`, "Content-Type": "application/json" },
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
    try {
      return await promise;
    } catch (error) {
      const what = `No hub answers at ${this.#url} ([hub] listen)`;
      throw new UserError(`${what}: ${reasonOf(error)}`, { cause: error });
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The words of an error as the API gives them. */
function messageOf(json: unknown): string | undefined {
  const error = property(json, "error");
  const message = property(error, "message");
  return typeof message === "string" ? message : undefined;
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(name)
    : undefined;
}
