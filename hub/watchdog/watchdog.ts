/** Pings the watcher outside of the house for as long as the hub works. */

import type { WatchdogFaultView, WatchdogView } from "../../core/api/watchdog_view.ts";
import type { Config } from "../../core/config/settings.ts";
import { formatRfc3339 } from "../../core/protocol/rfc3339.ts";
import { faultsText, pingErrorText } from "../../core/watchdog/fault_text.ts";
import {
  newWatchdog,
  type PingError,
  type SendPing,
  type WatchdogFault,
  type WatchdogInput,
  watchdogMachine,
  type WatchdogOptions,
  type WatchdogState,
} from "../../core/watchdog/watchdog.ts";
import { drive, Inbox, type Step, stepsOf } from "../../io/drive.ts";
import { getLog } from "../../io/log/log.ts";
import { type Clock, sleepUntil } from "../../io/time/clock.ts";
import { Cleaner } from "../notify/http/reason.ts";
import { ping } from "./ping.ts";
import { failureRequest, successRequest, type WatchdogUrls } from "./ping_request.ts";

/** The interval at which the hub looks at itself. */
const LOOK_EVERY_MS = 2000;

export interface WatchdogParts {
  readonly urls: WatchdogUrls;
  readonly everyMs: number;
  /** A shorter fault is not reported. */
  readonly holdMs: number;
  readonly clock: Clock;
  /** What keeps the hub from its work at this instant. */
  readonly observe: (nowMs: number) => readonly WatchdogFault[];
  /** The view may have changed. */
  readonly onChange: () => void;
  /** The time limit of one ping. Default: that of `ping`. */
  readonly timeoutMs?: number;
}

const log = getLog("watchdog");

export class Watchdog {
  readonly #parts: WatchdogParts;
  readonly #options: WatchdogOptions;
  readonly #state: WatchdogState = newWatchdog();
  readonly #inbox = new Inbox<WatchdogInput>();
  readonly #cleaner: Cleaner;
  /** What was logged last: an error's code and status, or a statement. */
  #logged = "";

  constructor(parts: WatchdogParts) {
    this.#parts = parts;
    const { urls, everyMs, holdMs } = parts;
    this.#options = { everyMs, holdMs, saysFaults: failureRequest(urls, "") !== undefined };
    this.#cleaner = new Cleaner([urls.url, urls.failUrl ?? ""]);
  }

  get view(): WatchdogView {
    const { accepted, error, faults = [] } = this.#state;
    return {
      last_ping_at: accepted === undefined ? null : this.#rfc3339(accepted.atMs),
      said: accepted?.said ?? null,
      faults: faults.map((fault) => this.#faultView(fault)),
      error: error ?? null,
    };
  }

  /** Runs until `stop` aborts. A ping that hangs delays nothing. */
  async run(stop: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const machine = watchdogMachine(this.#options);
    const turns = drive({ machine, initial: this.#state, inbox: this.#inbox, clock, stop });
    await Promise.all([this.#look(stop), this.#follow(stepsOf(turns), stop)]);
  }

  async #follow(
    steps: AsyncIterable<Step<WatchdogState, WatchdogInput, SendPing>>,
    stop: AbortSignal,
  ): Promise<void> {
    for await (const { outputs } of steps) {
      for (const output of outputs) void this.#send(output, stop);
    }
  }

  async #look(stop: AbortSignal): Promise<void> {
    const { clock, observe, onChange } = this.#parts;
    let shown = "";
    while (!stop.aborted) {
      const nowMs = clock.nowMs();
      const faults = observe(nowMs);
      this.#inbox.put({ kind: "observed", faults });
      const kinds = faults.map(({ kind }) => kind).join(" ");
      if (kinds !== shown) onChange();
      shown = kinds;
      await sleepUntil(clock, nowMs + LOOK_EVERY_MS, stop);
    }
  }

  async #send({ number, faults }: SendPing, stop: AbortSignal): Promise<void> {
    const { urls, clock, timeoutMs, onChange } = this.#parts;
    const request = faults.length === 0
      ? successRequest(urls)
      : failureRequest(urls, faultsText(faults, clock.nowMs()));
    if (request === undefined) return;
    const limit = timeoutMs === undefined ? {} : { timeoutMs };
    const error = await ping(request, { stop, cleaner: this.#cleaner, ...limit });
    if (stop.aborted) return;
    this.#log(faults, error);
    this.#inbox.put({ kind: "ping_ended", number, error });
    onChange();
  }

  /** Logs changes only, because a ping is sent each minute. */
  #log(faults: readonly WatchdogFault[], error: PingError | undefined): void {
    const kinds = faults.map(({ kind }) => kind).join(" ");
    const what = error === undefined ? `said ${kinds}` : `${error.code} ${error.status}`;
    if (what === this.#logged) return;
    const isFirst = this.#logged === "";
    this.#logged = what;
    if (error !== undefined) {
      return log.warning("the watcher outside did not accept a ping", {
        reason: pingErrorText(error),
      });
    }
    if (faults.length > 0) {
      const reason = faultsText(faults, this.#parts.clock.nowMs());
      return log.warning("told the watcher outside that the hub does not work", { reason });
    }
    log.info(isFirst ? "pings the watcher outside" : "pings the watcher outside again");
  }

  #faultView(fault: WatchdogFault): WatchdogFaultView {
    return {
      kind: fault.kind,
      ..."cause" in fault ? { cause: fault.cause } : {},
      since: this.#rfc3339(fault.sinceMs),
    };
  }

  #rfc3339(atMs: number): string {
    return formatRfc3339(this.#parts.clock.wallMs(atMs));
  }
}

/** The running watchdog of a configuration; `undefined` if none is configured. */
export function watchdogOf(
  { watchdog: { url, failUrl, everyMs }, alerts }: Pick<Config, "watchdog" | "alerts">,
  parts: Pick<WatchdogParts, "clock" | "observe" | "onChange">,
): Watchdog | undefined {
  if (url === undefined) return undefined;
  const urls = failUrl === undefined ? { url } : { url, failUrl };
  return new Watchdog({ ...parts, urls, everyMs, holdMs: alerts.blindAfterMs });
}
