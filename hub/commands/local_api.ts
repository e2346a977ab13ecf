/** The API of the hub that runs on this machine with this configuration. */

import { apiErrorIn } from "../../core/api/error.ts";
import type { Config } from "../../core/config/settings.ts";
import { bracketed, reachedLocally } from "../../core/network/host.ts";
import { redact } from "../../io/log/redaction.ts";
import { reasonOf, UsageError, UserError } from "../../io/program/user_error.ts";
import { knownPagePassword } from "../host/state_folder.ts";
import { readTls } from "../tls/tls_folder.ts";
import { hindranceAt, type LocalAnswer, type LocalRequest, send } from "./local_request.ts";
import { localSockets } from "./local_socket.ts";

const BAD_REQUEST = 400;
const UNAUTHORIZED = 401;

type Body = Readonly<Record<string, unknown>> | undefined;

export class LocalApi {
  readonly #config: Config;

  constructor(config: Config) {
    this.#config = config;
  }

  /**
   * Returns the hub's answer as JSON. Throws a `UserError` with the reason when there is no valid
   * answer.
   */
  async ask(path: string, body: Body): Promise<unknown> {
    const { status, text } = await this.#bySocket(path, body);
    const json = parsed(text);
    if (status === 200 && json !== undefined) return json;
    if (status === UNAUTHORIZED) {
      throw new UserError(`The hub at ${this.#url} does not accept the password of [hub]`);
    }
    const { message } = apiErrorIn(json);
    if (message === undefined) throw new UserError(`The hub answers with status ${status}`);
    throw status === BAD_REQUEST ? new UsageError(message) : new UserError(message);
  }

  /**
   * Falls back to the page's port when there is no socket: older hubs and some file systems have
   * none.
   */
  async #bySocket(path: string, body: Body): Promise<LocalAnswer> {
    const tried: string[] = [];
    for (const socketPath of localSockets(this.#config.hub.stateDir)) {
      const hindrance = await hindranceAt(socketPath);
      if (hindrance !== undefined) {
        tried.push(`"${socketPath}" (${hindrance})`);
        continue;
      }
      try {
        return await send({ ...this.#request(path, body), socketPath });
      } catch (error) {
        throw noAnswer(`at its socket "${socketPath}": ${reasonOf(error)}`, error);
      }
    }
    return await this.#byPage(path, body, tried.join(" or "));
  }

  async #byPage(path: string, body: Body, tried: string): Promise<LocalAnswer> {
    let password: string;
    try {
      password = knownPagePassword(this.#config);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`${error.message}; no hub answers at its socket, ${tried}`, {
        cause: error,
      });
    }
    redact(password);
    try {
      return await send({ ...this.#request(path, body), ...this.#tls(), password });
    } catch (error) {
      throw noAnswer(
        `at ${this.#url} ([hub] listen): ${reasonOf(error)}; nor at its socket, ${tried}`,
        error,
      );
    }
  }

  /** Without plain HTTP the page has TLS alone. */
  #tls(): Pick<LocalRequest, "endpoint" | "ca"> | undefined {
    const { plain, httpsListen } = this.#config.hub;
    if (plain !== "no" || httpsListen === undefined) return undefined;
    const ca = readTls(this.#config)?.authority.certificate;
    return {
      endpoint: { hostname: reachedLocally(httpsListen.hostname), port: httpsListen.port },
      ...(ca === undefined ? {} : { ca }),
    };
  }

  #request(path: string, body: Body): LocalRequest {
    const { hostname, port } = this.#config.hub.listen;
    return { endpoint: { hostname: reachedLocally(hostname), port }, path, body };
  }

  get #url(): string {
    const tls = this.#tls();
    const { hostname, port } = tls?.endpoint ?? this.#config.hub.listen;
    return `http${tls === undefined ? "" : "s"}://${bracketed(reachedLocally(hostname))}:${port}`;
  }
}

function noAnswer(what: string, error: unknown): UserError {
  return new UserError(`No hub answers ${what}`, { cause: error });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
