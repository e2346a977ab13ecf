/** The API over a Unix socket, for the commands of this machine. Who may open it is the owner. */

import type { Config } from "../../core/config/settings.ts";
import { giveToFolder } from "../../io/files/atomic_file.ts";
import { getLog } from "../../io/log/log.ts";
import { reasonOf } from "../../io/program/user_error.ts";
import { isTooLong, localSocketOf } from "../commands/local_socket.ts";

/** The mode of the socket is 0600: for its user, and for root. */
const UMASK = 0o177;
/** From the end of a server to the next try. */
const PAUSE_MS = 1000;

export type LocalHandler = (request: Request) => Response | Promise<Response>;

const log = getLog("hub");

/**
 * Listens at once, until disposed. The state folder must be locked: what lies at the socket's place is
 * left of a hub that was killed. A hub whose commands cannot use the socket is no reason to alarm
 * nobody: the log says why, and they ask the page.
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

  /** Deno's server ends when it cannot accept a connection for want of files. */
  async #keep(first: Deno.HttpServer): Promise<void> {
    for (let server: Deno.HttpServer | undefined = first;; server = this.#open(false)) {
      await server?.finished.catch(() => {});
      if (this.#stop.signal.aborted) return;
      await this.#pause();
      if (this.#stop.signal.aborted) return;
    }
  }

  #open(isTold: boolean): Deno.HttpServer | undefined {
    const former = Deno.umask(UMASK);
    try {
      if (isTooLong(this.#path)) {
        throw new Error("its path is too long for a socket: choose a shorter [hub] state");
      }
      removeOld(this.#path);
      const options = { path: this.#path, signal: this.#stop.signal, onListen: () => {} };
      const server = Deno.serve(options, (request) => this.#handler(request));
      // A hub that root has started answers the user of the state folder as well.
      giveToFolder(this.#path);
      return server;
    } catch (error) {
      if (isTold) {
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
