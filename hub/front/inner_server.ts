/** Deno's HTTP server, which only accepts connections from the hub's own front. */

/** The client for which the front opens a connection. */
export interface Caller {
  /** The client's real address. */
  readonly remoteAddr: Deno.NetAddr;
  /** It has come by TLS to the hub itself. */
  readonly isSecure: boolean;
  /** Resolves when the client has received everything that was answered. */
  taken(): Promise<void>;
  /** The connection is a WebSocket from now on. */
  views(): void;
  /** The client is logged in. */
  loggedIn(): void;
}

/** The connection details that the application receives with a request. */
export type CallInfo = Deno.ServeHandlerInfo & Pick<Caller, "isSecure" | "loggedIn">;

export type PageHandler = (request: Request, info: CallInfo) => Response | Promise<Response>;

const HOSTNAME = "127.0.0.1";
const SWITCHING_PROTOCOLS = 101;

/**
 * Listens on a free port of the loopback interface. It refuses requests on connections that the
 * front did not make, because another program on this machine could fake any address through them.
 */
export class InnerServer implements AsyncDisposable {
  readonly #handler: PageHandler;
  /** By the local port of the front's connection. */
  readonly #callers = new Map<number, Caller>();
  readonly #running = new Set<Running>();
  #newest: Running;

  constructor(handler: PageHandler) {
    this.#handler = handler;
    this.#newest = this.#open();
  }

  /**
   * Opens a connection for a caller. Throws when that fails, for example when there are no free
   * files.
   */
  async connect(caller: Caller): Promise<Joint> {
    const connection = await this.#dial();
    const { port } = connection.localAddr;
    this.#callers.set(port, caller);
    return { connection, forget: () => this.#callers.delete(port) };
  }

  /** Ends idle connections, and waits for the answers that are being made. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running].map(({ stop, finished }) => {
      stop.abort();
      return finished;
    }));
  }

  async #dial(): Promise<Deno.TcpConn> {
    const server = this.#newest;
    try {
      return await Deno.connect({ hostname: HOSTNAME, port: server.port });
    } catch (error) {
      // Deno closes its listener for good when it cannot accept a connection because files ran out.
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      if (this.#newest === server) this.#newest = this.#open();
      return await Deno.connect({ hostname: HOSTNAME, port: this.#newest.port });
    }
  }

  #open(): Running {
    const stop = new AbortController();
    const server = Deno.serve(
      { hostname: HOSTNAME, port: 0, signal: stop.signal, onListen: () => {} },
      (request, info) => this.#answer(request, info),
    );
    // This fails when there was no free file for a connection, but other connections continue.
    const finished = server.finished.catch(() => {}).then(() => void this.#running.delete(running));
    const running: Running = { port: server.addr.port, stop, finished };
    this.#running.add(running);
    return running;
  }

  async #answer(
    request: Request,
    info: Deno.ServeHandlerInfo<Deno.NetAddr>,
  ): Promise<Response> {
    const caller = this.#callers.get(info.remoteAddr.port);
    if (caller === undefined) return new Response(null, { status: 403 });
    // When a client pipelines requests, the next one waits until the answer was read. Otherwise
    // unread answers would accumulate.
    await caller.taken();
    const { completed } = info;
    // It rejects when the client hangs up before the end of an answer, which would end the hub.
    completed.catch(() => {});
    const response = await this.#handler(request, {
      remoteAddr: caller.remoteAddr,
      completed,
      isSecure: caller.isSecure,
      loggedIn: () => caller.loggedIn(),
    });
    if (response.status === SWITCHING_PROTOCOLS) caller.views();
    return response;
  }
}

/** The front's end of a connection. */
export interface Joint {
  readonly connection: Deno.TcpConn;
  /** The connection does not belong to a caller any more. */
  forget(): void;
}

interface Running {
  readonly port: number;
  readonly stop: AbortController;
  readonly finished: Promise<void>;
}
