/**
 * The hub's clock. It detects steps of the wall clock, such as the first NTP answer on a Pi without
 * a battery.
 */

import type { Boot } from "../../io/boot.ts";
import { getLog } from "../../io/log/log.ts";
import type { Clock } from "../../io/time/clock.ts";
import type { Store } from "../store/store.ts";
import type { ClockReading } from "../store/wall_clock_rows.ts";

/** A smaller correction does no harm. */
const STEP_MS = 5000;
/** The time since the boot is accurate to a second, so a smaller difference is not sleep. */
const SLEEP_MS = 2500;
const LOOK_EVERY_MS = 1000;

export interface WallClockParts {
  readonly clock: Clock;
  readonly boot: Boot;
  readonly store: Pick<Store, "wallClock" | "transaction">;
}

const log = getLog("calendar");

/**
 * A clock that reads the machine's wall clock only in `look`: between two calls all instants use
 * the same wall clock. When the wall clock has stepped, this class first corrects the stored times
 * in the database and then calls the listeners. So every instant is corrected exactly once.
 */
export class WallClock implements Clock, Disposable {
  readonly #parts: WallClockParts;
  readonly #listeners: ((stepMs: number) => void)[] = [];
  /** The wall-clock time at monotonic instant 0. */
  #epochMs: number;
  /** The machine's uptime at monotonic instant 0; it grows while the machine sleeps. */
  #upMs: number;
  #timer: Disposable | undefined;

  /** Corrects what an earlier run of this boot wrote, if the wall clock stepped meanwhile. */
  constructor(parts: WallClockParts) {
    this.#parts = parts;
    this.#epochMs = parts.clock.wallMs(0);
    this.#upMs = this.#upAtZeroMs();
    const { store } = parts;
    const stepMs = store.transaction(() => store.wallClock.begin(this.#reading(), STEP_MS));
    if (stepMs !== 0) {
      log.warning("the wall clock stepped while no hub was running", { ms: stepMs });
    }
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
  }

  nowMs(): number {
    return this.#parts.clock.nowMs();
  }

  wallMs(atMs: number): number {
    return this.#epochMs + atMs;
  }

  callAt(atMs: number, callback: () => void): Disposable {
    return this.#parts.clock.callAt(atMs, callback);
  }

  /** Calls back at each step, with the wall clock's previous error in whole milliseconds. */
  onStep(listener: (stepMs: number) => void): void {
    this.#listeners.push(listener);
  }

  /** Also checks by itself each second until disposed. */
  run(): void {
    this.look();
    this.#timer = this.callAt(this.nowMs() + LOOK_EVERY_MS, () => this.run());
  }

  /** Must not be called within a transaction. */
  look(): void {
    const aheadMs = this.#parts.clock.wallMs(0) - this.#epochMs;
    if (aheadMs === 0) return;
    this.#epochMs += aheadMs;
    if (Math.abs(aheadMs) < STEP_MS) return;
    const stepMs = Math.round(aheadMs - this.#sleptMs());
    if (Math.abs(stepMs) < STEP_MS) return;
    log.warning("the wall clock stepped: times stored since the boot are corrected", {
      ms: stepMs,
    });
    const { store } = this.#parts;
    store.transaction(() => store.wallClock.step(stepMs, this.#reading()));
    for (const listener of this.#listeners) listener(stepMs);
  }

  /** Call this regularly, within a transaction of the caller. */
  stamp(): void {
    const { store, boot } = this.#parts;
    store.wallClock.stamp(boot.upMs());
  }

  /** The monotonic clock stops while the machine sleeps, but the wall clock stays right. */
  #sleptMs(): number {
    const upMs = this.#upAtZeroMs();
    const sleptMs = upMs - this.#upMs;
    if (sleptMs < SLEEP_MS) return 0;
    this.#upMs = upMs;
    return sleptMs;
  }

  #upAtZeroMs(): number {
    return this.#parts.boot.upMs() - this.nowMs();
  }

  #reading(): ClockReading {
    const { boot } = this.#parts;
    return { bootId: boot.id, upMs: boot.upMs(), wallMs: this.wallMs(this.nowMs()) };
  }
}
