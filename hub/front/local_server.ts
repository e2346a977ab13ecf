/**
 * Serves the API on a Unix socket for commands of this machine. A user that may open it counts as
 * the owner.
 */

import type { Config } from "../../core/config/settings.ts";
import { giveToFolder } from "../../io/files/atomic_file.ts";
import { getLog } from "../../io/log/log.ts";
import { reasonOf } from "../../io/program/user_error.ts";
import { isTooLong, localSocketOf } from "../commands/local_socket.ts";

/** The socket gets mode 0600: its user and root may open it. */
const UMASK = 0o177;
/** The delay before a server that ended is started again. */
const PAUSE_MS = 1000;

export type LocalHandler = (request: Request) => Response | Promise<Response>;

const log = getLog("hub");

/**
 * Listens at once, until it is disposed. The state folder must be locked, so that a file at the
 * socket's path is a remainder of a killed hub. A hub without a usable socket must still send
 * alerts: it logs the reason, and commands use the page's port.
 */
export function serveLocally({ hub }: Config, handler: LocalHandler): AsyncDisposable {
  const path = localSocketOf(hub.stateDir, Deno.env.get("RUNTIME_DIRECTORY"));
  return new LocalServer(path, handler);
}

class LocalServer implements AsyncDisposable {
  readonly #path: string;
  readonly #handler: LocalHandler;
  readonly #stop = new AbortController();
  readonly #finished: Promise<void>;

  constructor(path: string, handler: LocalHandler) {
    this.#path = path;
    this.#handler = handler;
    const server = this.#open(true);
    this.#finished = server === undefined ? Promise.resolve() : this.#keep(server);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#finished;
  }

  /** Deno's server ends when it cannot accept a connection because files ran out. */
  async #keep(first: Deno.HttpServer): Promise<void> {
    for (let server: Deno.HttpServer | undefined = first;; server = this.#open(false)) {
      await server?.finished.catch(() => {});
      if (this.#stop.signal.aborted) return;
      await this.#pause();
      if (this.#stop.signal.aborted) return;
    }
  }

  #open(isLogged: boolean): Deno.HttpServer | undefined {
    const former = Deno.umask(UMASK);
    try {
      if (isTooLong(this.#path)) {
        throw new Error("its path is too long for a socket: choose a shorter [hub] state");
      }
      removeOld(this.#path);
      const options = { path: this.#path, signal: this.#stop.signal, onListen: () => {} };
      const server = Deno.serve(options, (request) => this.#handler(request));
      // A hub that root started also serves the user who owns the state folder.
      giveToFolder(this.#path);
      return server;
    } catch (error) {
      if (isLogged) {
        log.warning("cannot listen for the commands of this machine, which ask the page instead", {
          socket: this.#path,
          reason: reasonOf(error),
        });
      }
      return undefined;
    } finally {
      Deno.umask(former);
    }
  }

  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { signal } = this.#stop;
    const timer = setTimeout(resolve, PAUSE_MS);
    signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
  }
}

function removeOld(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
