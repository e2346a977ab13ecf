/** The hub's clock. Notices when the calendar steps, as at NTP's first answer on a Pi without a battery. */

import type { Boot } from "../../io/boot.ts";
import { getLog } from "../../io/log/log.ts";
import type { Clock } from "../../io/time/clock.ts";
import type { Store } from "../store/store.ts";
import type { ClockReading } from "../store/wall_clock_rows.ts";

/** A calendar that is corrected by less does no harm. */
const STEP_MS = 5000;
/** The time since the boot is known to a second: less than this is no sleep. */
const SLEEP_MS = 2500;
const LOOK_EVERY_MS = 1000;

export interface WallClockParts {
  readonly clock: Clock;
  readonly boot: Boot;
  readonly store: Pick<Store, "wallClock" | "transaction">;
}

const log = getLog("calendar");

/**
 * A clock whose calendar changes only when the hub looks at the machine's: between two looks everybody
 * dates by the same calendar. When that stepped, what the database keeps is dated anew first, and then
 * the listeners hear of it; so no instant is ever left behind, or moved though the new calendar dated it.
 */
export class WallClock implements Clock, Disposable {
  readonly #parts: WallClockParts;
  readonly #listeners: ((stepMs: number) => void)[] = [];
  /** The calendar's time at the monotonic instant 0. */
  #epochMs: number;
  /** How long the machine was up at the monotonic instant 0; it grows while the machine sleeps. */
  #upMs: number;
  #timer: Disposable | undefined;

  /** Dates anew what an earlier run of this boot wrote, if the calendar stepped meanwhile. */
  constructor(parts: WallClockParts) {
    this.#parts = parts;
    this.#epochMs = parts.clock.wallMs(0);
    this.#upMs = this.#upAtZeroMs();
    const { store } = parts;
    const stepMs = store.transaction(() => store.wallClock.begin(this.#reading(), STEP_MS));
    if (stepMs !== 0) log.warning("the calendar stepped while no hub ran", { ms: stepMs });
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

  /** Calls back at each step, with whole milliseconds by which the calendar was wrong before. */
  onStep(listener: (stepMs: number) => void): void {
    this.#listeners.push(listener);
  }

  /** Looks by itself, too, each second until disposed. */
  run(): void {
    this.look();
    this.#timer = this.callAt(this.nowMs() + LOOK_EVERY_MS, () => this.run());
  }

  /** Not within a transaction. */
  look(): void {
    const aheadMs = this.#parts.clock.wallMs(0) - this.#epochMs;
    if (aheadMs === 0) return;
    this.#epochMs += aheadMs;
    if (Math.abs(aheadMs) < STEP_MS) return;
    const stepMs = Math.round(aheadMs - this.#sleptMs());
    if (Math.abs(stepMs) < STEP_MS) return;
    log.warning("the calendar stepped: what was dated since the boot is dated anew", {
      ms: stepMs,
    });
    const { store } = this.#parts;
    store.transaction(() => store.wallClock.step(stepMs, this.#reading()));
    for (const listener of this.#listeners) listener(stepMs);
  }

  /** In the caller's transaction, now and then. */
  stamp(): void {
    const { store, boot } = this.#parts;
    store.wallClock.stamp(boot.upMs());
  }

  /** The monotonic clock stands still while the machine sleeps, and the calendar is right all the same. */
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
