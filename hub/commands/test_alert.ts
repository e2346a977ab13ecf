/** `hub test-alert`: one message through every channel, and what became of it. */

import { type Clock, sleepUntil, systemClock } from "../../io/clock.ts";
import type { Subcommand } from "../../io/command_line.ts";
import type { Main } from "../../io/program.ts";
import { notificationOf, type Target, targetsOf } from "../channels.ts";

/** Most messages arrive by then; of others it is told that nobody knows yet. */
const FOLLOW_MS = 30_000;
const ASK_EVERY_MS = 2000;

const TEXT = "RPi Cluster Alert: this is a test message. Nothing is wrong.";

export const testAlert: Subcommand<Main> = {
  usage: "test-alert",
  description: "Sends one test message through every channel, and tells the outcome.",
  async main({ config, stop }) {
    const print = (line: string) => console.log(line);
    const targets = targetsOf(notificationOf(config, print));
    if (targets.length === 0) {
      console.error("No channel is configured: set [sms] provider or [webhook] url");
      return 1;
    }
    const trials = targets.map((target) => new Trial(target, { clock: systemClock, stop, print }));
    let failures = 0;
    // One after the other, as providers like it; what becomes of them is followed at the same time.
    for (const trial of trials) if (!await trial.send()) failures++;
    const followed = await Promise.all(trials.map((trial) => trial.follow()));
    failures += followed.filter((isGood) => !isGood).length;
    return failures === 0 ? 0 : 1;
  },
};

interface TrialOptions {
  readonly clock: Clock;
  readonly stop: AbortSignal;
  readonly print: (line: string) => void;
}

/** One message to one person. */
class Trial {
  readonly #target: Target;
  readonly #options: TrialOptions;
  #reference = "";

  constructor(target: Target, options: TrialOptions) {
    this.#target = target;
    this.#options = options;
  }

  /** Whether the provider took it. */
  async send(): Promise<boolean> {
    const { channel, recipient } = this.#target;
    const delivery = await channel.send({ recipient, text: TEXT }, this.#options.stop);
    if (delivery.kind === "accepted") {
      this.#reference = delivery.reference;
      this.#say("accepted", delivery.reference);
      return true;
    }
    this.#say(delivery.kind, delivery.why);
    return false;
  }

  /** Whether it arrived, as far as its provider tells; says so. True where it never tells, or not yet. */
  async follow(): Promise<boolean> {
    const { channel, recipient } = this.#target;
    const { clock, stop } = this.#options;
    const reference = this.#reference;
    if (reference === "" || channel.status === undefined) return true;
    const endMs = clock.nowMs() + FOLLOW_MS;
    let last = "the provider has not said yet whether it arrived";
    for (;;) {
      const status = await channel.status({ recipient, reference }, stop);
      switch (status.kind) {
        case "delivered":
          this.#say("delivered");
          return true;
        case "failed":
          this.#say("failed", status.why);
          return false;
        case "unknown":
          this.#say("unconfirmed", "the provider never says whether it arrives");
          return true;
        case "deferred":
          last = status.why;
          break;
        case "waiting":
          break;
      }
      const nextMs = clock.nowMs() + ASK_EVERY_MS;
      if (stop.aborted || nextMs > endMs) break;
      await sleepUntil(clock, nextMs, stop);
    }
    this.#say("unconfirmed", last);
    return true;
  }

  #say(outcome: string, detail = ""): void {
    const { channel, recipient } = this.#target;
    this.#options.print(`${channel.name} to ${recipient}: ${outcome} ${detail}`.trimEnd());
  }
}
