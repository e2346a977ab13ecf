/** A compiled tracker on a simulated Pi 4, and the light of its LED on the clock of all observations. */

import { nowMs } from "../support/page/observation.ts";
import { iniOf, type Sections, withSections } from "../support/program/programs.ts";
import { TemporaryFolder } from "../support/program/temporary_folder.ts";
import { provideProgram } from "./executable.ts";
import { Guest, type GuestProgram } from "./guest.ts";
import { LED } from "./indicate.ts";
import { edges, ONE_HERTZ, playsAtLast } from "./played.ts";
import { isDark } from "./tracker_scenario.ts";

const CHIP = 0;
/** The host's loopback interface, as a guest of QEMU's user network sees it. */
const HOST_SEEN_BY_GUEST = "10.0.2.2";
/** A blink for a suspect is 0.1 s long, or longer in a guest that was halted; one for a dead node 0.5 s. */
const DEAD_BLINK_MS_MIN = 400;
/** How often the guest is asked for its clock. */
const QUESTIONS = 20;

/** The LED was on for so long, from an instant as of `nowMs` on. */
export interface Blink {
  readonly atMs: number;
  readonly ms: number;
}

/** `await using led = await LedSight.start(brokerPort);` */
export class LedSight implements AsyncDisposable {
  readonly tracker: GuestProgram;
  readonly #parts: AsyncDisposableStack;
  readonly #guest: Guest;
  readonly #offsetMs: number;

  private constructor(
    parts: AsyncDisposableStack,
    { guest, tracker, offsetMs }: {
      readonly guest: Guest;
      readonly tracker: GuestProgram;
      readonly offsetMs: number;
    },
  ) {
    this.#parts = parts;
    this.#guest = guest;
    this.tracker = tracker;
    this.#offsetMs = offsetMs;
  }

  /** Resolves when the tracker sees the cluster and all is well. */
  static async start(brokerPort: number, config: Sections = {}): Promise<LedSight> {
    await using parts = new AsyncDisposableStack();
    const folder = parts.use(new TemporaryFolder());
    await provideProgram("tracker", folder.file("tracker"));
    const own = {
      mqtt: { url: `mqtt://${HOST_SEEN_BY_GUEST}:${brokerPort}` },
      node: { id: "watcher" },
      rpi: { led: String(LED), buzzer: "none" },
    };
    folder.write("config.ini", iniOf(withSections(own, config)));
    const guest = parts.use(await Guest.boot("bookworm", folder.path));
    await guest.plug("pi4", { persist: true });
    const tracker = parts.use(await guest.spawn(["./tracker", "--config", "config.ini"]));
    await tracker.said(/all is well/);
    const offsetMs = await offsetOf(guest);
    return new LedSight(parts.move(), { guest, tracker, offsetMs });
  }

  /** Those that began at or after `fromMs` and are over. */
  blinks(fromMs: number): readonly Blink[] {
    const seen = edges(this.#guest, LED, this.#guestS(fromMs));
    return seen.flatMap((edge, index) => {
      const next = seen[index + 1];
      if (!edge.level || next === undefined) return [];
      return [{ atMs: edge.t * 1000 + this.#offsetMs, ms: (next.t - edge.t) * 1000 }];
    });
  }

  /** When the LED's line was first set, by the kernel, at or after `fromMs`. */
  async litAt(fromMs: number): Promise<number> {
    const since = this.#guestS(fromMs);
    const find = () => edges(this.#guest, LED, since).find(({ level }) => level);
    return (await this.#guest.until(find, "light of the LED")).t * 1000 + this.#offsetMs;
  }

  /** When the LED first lit for a death, at or after `fromMs`. */
  async deathAt(fromMs: number): Promise<number> {
    const find = () => this.blinks(fromMs).find(isForDeath);
    return (await this.#guest.until(find, "blink of the LED for a death")).atMs;
  }

  /** Waits until the LED has blinked evenly, once a second, at or after `fromMs`. */
  async blinksOnceASecond(fromMs: number): Promise<void> {
    const since = this.#guestS(fromMs);
    await playsAtLast(this.#guest, { line: LED, since, pattern: ONE_HERTZ });
  }

  /** Waits until the tracker says that all is well, and the LED is off. */
  async isDark(): Promise<void> {
    await isDark({ guest: this.#guest, tracker: this.tracker, lines: [LED], chip: CHIP });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }

  #guestS(atMs: number): number {
    return (atMs - this.#offsetMs) / 1000;
  }
}

/** Whether a blink is one that a dead node makes. */
export function isForDeath({ ms }: Blink): boolean {
  return ms >= DEAD_BLINK_MS_MIN;
}

/** What the guest's clock lacks to `nowMs`. The quickest answer is the truest. */
async function offsetOf(guest: Guest): Promise<number> {
  let best = { tripMs: Infinity, offsetMs: 0 };
  for (let question = 0; question < QUESTIONS; question++) {
    const askedMs = nowMs();
    const guestMs = (await guest.now()) * 1000;
    const tripMs = nowMs() - askedMs;
    if (tripMs < best.tripMs) best = { tripMs, offsetMs: askedMs + tripMs / 2 - guestMs };
  }
  return best.offsetMs;
}
