/**
 * Reports a service's state to systemd: started, working, stopping, and in one line how it is.
 *
 * The messages are datagrams to `$NOTIFY_SOCKET`, see sd_notify(3). Deno can send one only from a
 * socket with a path of its own, which is in the unit's `RuntimeDirectory=`.
 */

import { getLog } from "../log/log.ts";

/** How many reports fit into systemd's time limit, so that a single late report does no harm. */
const TIMES = 3;
const MICROSECONDS_PER_MS = 1000;
const OWN_SOCKET = "notify";
/** How often the line is looked at where systemd wants no watchdog reports. */
const STATUS_EVERY_MS = 5000;
/** systemd would cut a longer line somewhere. */
const STATUS_LENGTH_MAX = 300;

const log = getLog("systemd");

export type EnvironmentLookup = (name: string) => string | undefined;

/** The service's connection to systemd. It sends nothing when systemd does not ask for it. */
export class Systemd implements AsyncDisposable {
  /** `undefined` when systemd wants no watchdog reports. */
  readonly #everyMs: number | undefined;
  readonly #path: string | undefined;
  readonly #socket: Deno.DatagramConn | undefined;
  #isReady = false;
  /** The last line that systemd was told. */
  #status = "";
  #reportedMs = -Infinity;
  /** The messages that are being sent, in order. */
  #sending: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(environment: EnvironmentLookup = (name) => Deno.env.get(name)) {
    const path = environment("NOTIFY_SOCKET");
    if (!path) return;
    this.#path = path;
    this.#everyMs = watchdogMs(environment, TIMES);
    this.#socket = openSocket(environment);
  }

  /** Whether `works` is due. The caller can skip expensive checks until then. */
  isDue(nowMs: number): boolean {
    if (this.#socket === undefined) return false;
    if (!this.#isReady) return true;
    return nowMs - this.#reportedMs >= (this.#everyMs ?? STATUS_EVERY_MS);
  }

  /**
   * Call this when the program's own loop has completed a turn and all its parts are checked, never
   * from a separate timer. The first call reports the end of the start. `status` says in one line
   * how the program is. It is called when a report is due, and is sent with one, only if it has
   * changed, because each datagram costs CPU. Never throws.
   */
  works(nowMs: number, status: () => string): void {
    if (!this.isDue(nowMs)) return;
    this.#reportedMs = nowMs;
    const text = oneLine(status());
    const states = [
      ...this.#isReady ? [] : ["READY=1"],
      ...this.#isReady && this.#everyMs !== undefined ? ["WATCHDOG=1"] : [],
      ...text === this.#status ? [] : [`STATUS=${text}`],
    ];
    this.#isReady = true;
    this.#status = text;
    if (states.length > 0) this.#notify(states.join("\n"));
  }

  /**
   * Tells why the program ends, which `systemctl status` shows until the next start. Resolves when
   * systemd has it. Never rejects.
   */
  static async tellEnd(reason: string): Promise<void> {
    await using systemd = new Systemd();
    systemd.#notify(`STATUS=${oneLine(reason)}`);
  }

  /** Reports that the program is stopping. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#notify("STOPPING=1");
    await this.#sending;
    this.#socket?.close();
  }

  #notify(state: string): void {
    const socket = this.#socket;
    const path = this.#path;
    // The queue must not grow when systemd does not read.
    if (socket === undefined || path === undefined || this.#waiting >= TIMES) return;
    this.#waiting++;
    this.#sending = this.#sending.then(async () => {
      try {
        await socket.send(new TextEncoder().encode(state), { transport: "unixpacket", path });
      } catch (error) {
        log.warning("cannot notify systemd", { state, reason: String(error) });
      } finally {
        this.#waiting--;
      }
    });
  }
}

/** Foreign text in it must not become a line of its own, which would be a command to systemd. */
function oneLine(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").slice(0, STATUS_LENGTH_MAX);
}

/** Returns the interval of the watchdog reports, or `undefined` when this process needs none. */
function watchdogMs(environment: EnvironmentLookup, times: number): number | undefined {
  const pid = environment("WATCHDOG_PID");
  if (pid && Number(pid) !== Deno.pid) return undefined;
  const us = Number(environment("WATCHDOG_USEC"));
  return Number.isSafeInteger(us) && us > 0 ? us / MICROSECONDS_PER_MS / times : undefined;
}

/**
 * Without the socket, systemd ends the service when its start times out, so the log gives the
 * reason.
 */
function openSocket(environment: EnvironmentLookup): Deno.DatagramConn | undefined {
  const [folder] = (environment("RUNTIME_DIRECTORY") ?? "").split(":");
  if (!folder) {
    log.error("cannot notify systemd: the unit needs RuntimeDirectory=");
    return undefined;
  }
  const path = `${folder}/${OWN_SOCKET}`;
  try {
    removeOld(path);
    return Deno.listenDatagram({ transport: "unixpacket", path });
  } catch (error) {
    log.error("cannot notify systemd", { socket: path, reason: String(error) });
    return undefined;
  }
}

/** A killed run leaves its socket behind. */
function removeOld(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
