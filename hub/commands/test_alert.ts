/** `hub test-alert`: one message through every channel, and what became of it. */

import { systemClock } from "../../io/clock.ts";
import type { Subcommand } from "../../io/command_line.ts";
import type { Main } from "../../io/program.ts";
import { notificationOf, targetsOf } from "../channels.ts";
import { TestMessage, type TestOutcome } from "../test_message.ts";

/** Most messages arrive by then; of others it is told that nobody knows yet. */
const FOLLOW_MS = 30_000;

export const testAlert: Subcommand<Main> = {
  usage: "test-alert",
  description: "Sends one test message through every channel, and tells the outcome.",
  async main({ config, stop }) {
    const targets = targetsOf(notificationOf(config, (line) => console.log(line)));
    if (targets.length === 0) {
      console.error("No channel is configured: set [sms] provider or [webhook] url");
      return 1;
    }
    const options = { clock: systemClock, stop, followMs: FOLLOW_MS, tell: print };
    const messages = targets.map((target) => new TestMessage(target, options));
    let failures = 0;
    // One after the other, as providers like it; what becomes of them is followed at the same time.
    for (const message of messages) if (!await message.send()) failures++;
    const followed = await Promise.all(messages.map((message) => message.follow()));
    failures += followed.filter((isGood) => !isGood).length;
    return failures === 0 ? 0 : 1;
  },
};

function print({ channel, recipient, state, detail }: TestOutcome): void {
  console.log(`${channel} to ${recipient}: ${state} ${detail}`.trimEnd());
}
