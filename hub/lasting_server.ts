/** An HTTP server that opens anew when the process ran out of files. */

import type { Endpoint } from "../core/config.ts";
import { reachedLocally } from "../core/host.ts";
import { HourlyLimit } from "../core/hourly_limit.ts";
import { getLog } from "../io/log.ts";
import type { Listening } from "./dual_stack.ts";

/** From one look at the listener to the next one. */
const LOOK_MS = 2000;
/** Refused so often in a row it does not listen any more. */
const REFUSALS_MAX = 2;

export type PageHandler = (
  request: Request,
  info: Deno.ServeHandlerInfo,
) => Response | Promise<Response>;

const log = getLog("hub");

/**
 * Deno's server closes its listener for good when it cannot accept a connection for want of files,
 * and tells nobody until the last of its connections has ended. This one looks whether it can be
 * reached. Where it cannot, it ends all connections, which gives their files back, and listens anew;
 * browsers connect again by themselves.
 */
export class LastingServer implements Listening {
  readonly port: number;
  /** Resolves after `close`, when all connections have ended. */
  readonly finished: Promise<void>;
  readonly #at: Endpoint;
  readonly #handler: PageHandler;
  readonly #closed = Promise.withResolvers<void>();
  readonly #told = new HourlyLimit(1);
  #isClosed = false;
  #server: RunningServer | undefined;

  /** Listens at once. Throws when it cannot. */
  constructor(at: Endpoint, handler: PageHandler) {
    this.#handler = handler;
    this.#server = new RunningServer(at, handler);
    this.port = this.#server.port;
    this.#at = { hostname: at.hostname, port: this.port };
    this.finished = this.#keep();
  }

  close(): void {
    this.#isClosed = true;
    this.#closed.resolve();
  }

  async #keep(): Promise<void> {
    let refusals = 0;
    // A firewall that keeps even this machine out is no reason to end anything.
    let wasReachable = false;
    while (!this.#isClosed) {
      await this.#pause();
      if (this.#isClosed) break;
      const isReachable = await this.#isReachable();
      wasReachable ||= isReachable;
      refusals = isReachable ? 0 : refusals + 1;
      if (wasReachable && refusals >= REFUSALS_MAX) await this.#openAnew();
    }
    await this.#server?.end();
  }

  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LOOK_MS);
    await Promise.race([promise, this.#closed.promise]);
    clearTimeout(timer);
  }

  /** Only what proves that nothing listens, or that files are short, counts as no. */
  async #isReachable(): Promise<boolean> {
    const hostname = reachedLocally(this.#at.hostname);
    const timeout = AbortSignal.timeout(LOOK_MS);
    try {
      (await Deno.connect({ hostname, port: this.port, signal: timeout })).close();
      return true;
    } catch (error) {
      return !(error instanceof Deno.errors.ConnectionRefused || isOutOfFiles(error));
    }
  }

  async #openAnew(): Promise<void> {
    const { isTold, hidden } = this.#told.count(performance.now());
    if (isTold || hidden > 0) {
      const more = hidden > 0 ? { more: hidden } : {};
      log.warning(
        "the page ended all of its connections, for the hub ran out of files; it opens anew",
        more,
      );
    }
    // A connection whose end takes long must not keep the others out.
    await Promise.race([this.#server?.end(), this.#pause()]);
    this.#server = undefined;
    try {
      this.#server = new RunningServer(this.#at, this.#handler);
    } catch {
      // It is tried again after the next look, which finds nobody who listens.
    }
  }
}

/** One listener with its connections. */
class RunningServer {
  readonly port: number;
  readonly #stop = new AbortController();
  readonly #finished: Promise<void>;

  constructor({ hostname, port }: Endpoint, handler: PageHandler) {
    const options = { hostname, port, signal: this.#stop.signal, onListen: () => {} };
    const { addr, finished } = Deno.serve(options, handler);
    this.port = addr.port;
    // It fails when no file was left for a connection, which is seen from outside long before.
    this.#finished = finished.catch(() => {});
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.#finished;
  }
}

function isOutOfFiles(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EMFILE";
}
