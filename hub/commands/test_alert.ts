/** `hub test-alert`: sends one message through every channel, and prints the outcome. */

import type { Subcommand } from "../../io/program/command_line.ts";
import { red } from "../../io/program/paint.ts";
import type { Main } from "../../io/program/program.ts";
import { systemClock } from "../../io/time/clock.ts";
import { notificationOf, targetsOf } from "../delivery/channels.ts";
import { TestMessage, type TestOutcome } from "../delivery/test_message.ts";
import { PRINT } from "../notify/channel/channel.ts";

/** Most messages arrive within this time. The outcome of later ones is printed as unknown. */
const FOLLOW_MS = 30_000;

const SET_UP = "Set up [webhook] or [sms]";

/** The outcomes after which nobody has the message. */
const BAD: ReadonlySet<TestOutcome["state"]> = new Set(["refused", "deferred", "failed"]);

export const testAlert: Subcommand<Main> = {
  usage: "test-alert",
  description:
    "Sends one test message through every channel, and tells the outcome. Exit code 1: not everybody got it.",
  async main({ config, stop }) {
    const targets = targetsOf(notificationOf(config, (line) => console.log(line)));
    if (targets.length === 0) {
      complain(`Nobody is notified when a Pi dies: no channel is configured. ${SET_UP}`);
      return 1;
    }
    const options = { clock: systemClock, stop, followMs: FOLLOW_MS, tell: print };
    const messages = targets.map((target) => new TestMessage(target, options));
    let failures = 0;
    // Sends one message after the other, as providers prefer, and follows their outcomes at the
    // same time.
    for (const message of messages) if (!await message.send()) failures++;
    const followed = await Promise.all(messages.map((message) => message.follow()));
    failures += followed.filter((isGood) => !isGood).length;
    if (targets.every(({ channel }) => channel.name === PRINT)) {
      complain(`Nobody is notified when a Pi dies: messages are only printed. ${SET_UP}`);
    }
    return failures === 0 ? 0 : 1;
  },
};

function complain(text: string): void {
  console.error(red(text, Deno.stderr));
}

function print({ channel, recipient, state, detail }: TestOutcome): void {
  const line = `${channel} to ${recipient}: ${state} ${detail}`.trimEnd();
  console.log(BAD.has(state) ? red(line, Deno.stdout) : line);
}
