/** A hub that is killed again and again, and started at once each time. */

import type { TwilioDouble } from "../delivery/twilio_double.ts";
import type { Hub } from "../program/programs.ts";
import { pass } from "../time/pass.ts";
import type { SeededRandom } from "../time/seeded_random.ts";

/** A run that is killed at random, from its start: some do not even open their database. */
const RUN_MS_MIN = 50;
const RUN_MS_MAX = 3000;
/** From something that happens to a kill in the act. */
const ACT_MS_MAX = 800;
/** Nothing may happen at all; a run that has not heard a node gives it 10 s. */
const HAPPENING_MS_MAX = 14_000;
/** Of such kills this share finds Twilio with the message, and the hub without the answer. */
const UNANSWERED_SHARE = 0.25;
/** What shows in the log: a verdict, a promise, an attempt. */
const HAPPENING = /a node (?:died|changed)|queued|\bmessage\b/;
const LOOK_MS = 20;

export interface KilledHubOptions {
  readonly hub: Hub;
  readonly phone: TwilioDouble;
  readonly random: SeededRandom;
  /** Of each kill. */
  readonly onKill: (how: string) => void;
}

export class KilledHub {
  kills = 0;
  readonly #options: KilledHubOptions;
  #starting: Promise<void> = Promise.resolve();

  constructor(options: KilledHubOptions) {
    this.#options = options;
  }

  /** About how long so many random kills take. */
  static durationMs(kills: number): number {
    return kills * (RUN_MS_MIN + RUN_MS_MAX) / 2;
  }

  /** At instants that have to do with nothing. */
  async killAtRandom(count: number): Promise<void> {
    for (let killed = 0; killed < count; killed++) {
      await pass(this.#options.random.between(RUN_MS_MIN, RUN_MS_MAX));
      await this.#kill("at random");
    }
  }

  /** Shortly after something has happened: a verdict, a promise, a request, an answer. */
  async killInTheAct(): Promise<void> {
    await this.untilReady();
    const { hub: { process }, phone, random } = this.#options;
    if (random.next() < UNANSWERED_SHARE) phone.script({ kind: "created_then_hang" });
    const [from, requests] = [process.lines.length, phone.requests.length];
    const happened = () =>
      phone.requests.length > requests ||
      process.lines.slice(from).some((line) => HAPPENING.test(line));
    const endMs = performance.now() + HAPPENING_MS_MAX;
    while (!happened() && performance.now() < endMs) await pass(LOOK_MS);
    await pass(random.between(0, ACT_MS_MAX));
    await this.#kill("in the act");
    // A request that this run did not send must not hang in a later run, which nobody kills.
    phone.endScript();
  }

  async untilReady(): Promise<void> {
    await this.#starting;
    this.throwIfEnded();
  }

  /** A hub that nobody kills goes on. */
  throwIfEnded(): void {
    if (this.#options.hub.process.hasEnded) throw new Error("the hub has ended by itself");
  }

  async #kill(how: string): Promise<void> {
    const { hub, onKill } = this.#options;
    this.throwIfEnded();
    await hub.kill();
    this.kills++;
    onKill(how);
    // The next kill need not wait until it is ready; that it ends by itself is seen by then.
    this.#starting = hub.start().catch(() => {});
  }
}
