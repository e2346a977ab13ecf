/** A clock on which time flies: minutes of waiting pass in a test's blink. */

import type { Clock } from "../../../io/time/clock.ts";
import { slowness } from "./patience.ts";

/** On a quiet machine a thousand times as fast as the world: 2 s take 2 ms. A pause grows with it. */
export const SPEED = 1000 / slowness();

/** The project's clock, sped up. Starts at the present calendar time. */
export class FastClock implements Clock {
  #beganMs = performance.now();
  #wallMs = Date.now();

  nowMs(): number {
    return (performance.now() - this.#beganMs) * SPEED;
  }

  wallMs(atMs: number): number {
    return this.#wallMs + atMs;
  }

  /** So much time passes at once; what waits for an instant in it is late. */
  pass(ms: number): void {
    this.#beganMs -= ms / SPEED;
  }

  /** Moves the calendar alone, as NTP does. */
  leap(ms: number): void {
    this.#wallMs += ms;
  }

  callAt(atMs: number, callback: () => void): Disposable {
    if (atMs === Infinity) return { [Symbol.dispose]: () => {} };
    const timer = setTimeout(callback, Math.max(0, (atMs - this.nowMs()) / SPEED));
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  }
}
