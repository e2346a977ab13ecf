/** Deno's HTTP server, where only the hub's own front reaches it. */

/** Whom a connection of the front stands for. */
export interface Caller {
  /** The address of whoever really asks. */
  readonly remoteAddr: Deno.NetAddr;
  /** Resolves when nothing that was answered is on its way to whoever asks. */
  taken(): Promise<void>;
  /** The connection is a WebSocket from now on. */
  views(): void;
  /** Whoever asks is logged in. */
  loggedIn(): void;
}

/** What the application is told of a request's connection. */
export type CallInfo = Deno.ServeHandlerInfo & Pick<Caller, "loggedIn">;

export type PageHandler = (request: Request, info: CallInfo) => Response | Promise<Response>;

const HOSTNAME = "127.0.0.1";
const SWITCHING_PROTOCOLS = 101;

/**
 * Listens on a free port of the loopback interface. A request on a connection that the front did not
 * make is refused: a program on this machine could pretend any address by it.
 */
export class InnerServer implements AsyncDisposable {
  readonly #handler: PageHandler;
  /** By the port of the front's end. */
  readonly #callers = new Map<number, Caller>();
  readonly #running = new Set<Running>();
  #newest: Running;

  constructor(handler: PageHandler) {
    this.#handler = handler;
    this.#newest = this.#open();
  }

  /** A connection for a caller. Throws when there is none to be had, as when files ran out. */
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
    const asked = this.#newest;
    try {
      return await Deno.connect({ hostname: HOSTNAME, port: asked.port });
    } catch (error) {
      // Deno closes its listener for good when it cannot accept a connection for want of files.
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      if (this.#newest === asked) this.#newest = this.#open();
      return await Deno.connect({ hostname: HOSTNAME, port: this.#newest.port });
    }
  }

  #open(): Running {
    const stop = new AbortController();
    const server = Deno.serve(
      { hostname: HOSTNAME, port: 0, signal: stop.signal, onListen: () => {} },
      (request, info) => this.#answer(request, info),
    );
    // It fails when no file was left for a connection, and others are answered all the same.
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
    // Of requests that come all at once the next one waits: what nobody takes would pile up.
    await caller.taken();
    const { completed } = info;
    const response = await this.#handler(request, {
      remoteAddr: caller.remoteAddr,
      completed,
      loggedIn: () => caller.loggedIn(),
    });
    if (response.status === SWITCHING_PROTOCOLS) caller.views();
    return response;
  }
}

/** The front's end of a connection. */
export interface Joint {
  readonly connection: Deno.TcpConn;
  /** It stands for nobody any more. */
  forget(): void;
}

interface Running {
  readonly port: number;
  readonly stop: AbortController;
  readonly finished: Promise<void>;
}
