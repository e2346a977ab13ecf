import assert from "node:assert/strict";
import { type ChannelFacts, notificationView } from "../../core/notification.ts";

/** A channel of which nothing bad is known. */
function channel(name: string, facts: Partial<ChannelFacts> = {}): ChannelFacts {
  return { name, isPrinted: false, isDown: false, failures: 0, ...facts };
}

const PRINTED = channel("print", { isPrinted: true });
const DOWN = channel("twilio", { isDown: true });
const FAILING = channel("webhook", { failures: 3 });

Deno.test("people are told while one channel works, whatever the others do", () => {
  const works = channel("twilio");
  for (const others of [[], [PRINTED], [FAILING], [channel("webhook", { failures: 2 })]]) {
    assert.equal(notificationView([works, ...others]).state, "works");
  }
});

Deno.test("nobody is told without a channel, by the log, or by channels that do not deliver", () => {
  assert.equal(notificationView([]).state, "none");
  assert.equal(notificationView([PRINTED]).state, "printed");
  for (const some of [[DOWN], [FAILING], [DOWN, FAILING], [PRINTED, DOWN]]) {
    assert.equal(notificationView(some).state, "failing");
  }
});

Deno.test("each channel has its state, and two failures are no state", () => {
  const some = [PRINTED, DOWN, FAILING, channel("other", { failures: 2 })];
  assert.deepEqual(notificationView(some).channels, [
    { name: "print", state: "printed" },
    { name: "twilio", state: "down" },
    { name: "webhook", state: "failing" },
    { name: "other", state: "works" },
  ]);
});
