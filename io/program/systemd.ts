/**
 * What a service tells systemd: that it has started, that it works, that it ends.
 *
 * By a datagram to `$NOTIFY_SOCKET`, as sd_notify(3) does it. Deno sends one only from a socket that
 * has a path of its own, which lies in the unit's `RuntimeDirectory=`.
 */

import { getLog } from "../log/log.ts";

/** How often within the time that systemd grants it is told: one word that comes late is not the end. */
const TIMES = 3;
const MICROSECONDS_PER_MS = 1000;
const OWN_SOCKET = "notify";

const log = getLog("systemd");

export type EnvironmentLookup = (name: string) => string | undefined;

/** A service as systemd sees it; silent where systemd does not ask for word of it. */
export class Systemd implements AsyncDisposable {
  /** Left out where systemd wants no proof. */
  readonly #everyMs: number | undefined;
  readonly #path: string | undefined;
  readonly #socket: Deno.DatagramConn | undefined;
  #isReady = false;
  #reportedMs = -Infinity;
  /** What is on its way, in order. */
  #sending: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(environment: EnvironmentLookup = (name) => Deno.env.get(name)) {
    const path = environment("NOTIFY_SOCKET");
    if (!path) return;
    this.#path = path;
    this.#everyMs = watchdogMs(environment, TIMES);
    this.#socket = openSocket(environment);
  }

  /** Whether `works` is due: what proves it may cost something. */
  isDue(nowMs: number): boolean {
    if (this.#socket === undefined) return false;
    if (!this.#isReady) return true;
    return this.#everyMs !== undefined && nowMs - this.#reportedMs >= this.#everyMs;
  }

  /**
   * The program's own loop has turned and all that it needs works, proven just now: the first time this
   * says that the start is over. Never call it from a timer of its own. Never throws.
   */
  works(nowMs: number): void {
    if (!this.isDue(nowMs)) return;
    this.#reportedMs = nowMs;
    this.#tell(this.#isReady ? "WATCHDOG=1" : "READY=1");
    this.#isReady = true;
  }

  /** Says that the program ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#tell("STOPPING=1");
    await this.#sending;
    this.#socket?.close();
  }

  #tell(state: string): void {
    const socket = this.#socket;
    const path = this.#path;
    // A systemd that does not read must not make this grow.
    if (socket === undefined || path === undefined || this.#waiting >= TIMES) return;
    this.#waiting++;
    this.#sending = this.#sending.then(async () => {
      try {
        await socket.send(new TextEncoder().encode(state), { transport: "unixpacket", path });
      } catch (error) {
        log.warning("cannot tell systemd", { state, reason: String(error) });
      } finally {
        this.#waiting--;
      }
    });
  }
}

/** How often systemd is told, or `undefined` where it wants no proof from this process. */
function watchdogMs(environment: EnvironmentLookup, times: number): number | undefined {
  const pid = environment("WATCHDOG_PID");
  if (pid && Number(pid) !== Deno.pid) return undefined;
  const us = Number(environment("WATCHDOG_USEC"));
  return Number.isSafeInteger(us) && us > 0 ? us / MICROSECONDS_PER_MS / times : undefined;
}

/** A service that cannot tell is ended by systemd after its time to start: the log says why. */
function openSocket(environment: EnvironmentLookup): Deno.DatagramConn | undefined {
  const [folder] = (environment("RUNTIME_DIRECTORY") ?? "").split(":");
  if (!folder) {
    log.error("cannot tell systemd: the unit needs RuntimeDirectory=");
    return undefined;
  }
  const path = `${folder}/${OWN_SOCKET}`;
  try {
    removeOld(path);
    return Deno.listenDatagram({ transport: "unixpacket", path });
  } catch (error) {
    log.error("cannot tell systemd", { socket: path, reason: String(error) });
    return undefined;
  }
}

/** A run that was killed leaves its socket. */
function removeOld(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
