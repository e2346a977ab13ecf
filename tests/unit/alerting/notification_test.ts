import assert from "node:assert/strict";
import {
  type ChannelFacts,
  type NotificationView,
  notificationView,
} from "../../../core/alerting/notification.ts";

/** A channel of which nothing bad is known. */
function channel(name: string, facts: Partial<ChannelFacts> = {}): ChannelFacts {
  return { name, isPrinted: false, isDown: false, failures: 0, ...facts };
}

const PRINTED = channel("print", { isPrinted: true });
const DOWN = channel("twilio", { isDown: true });
const FAILING = channel("webhook", { failures: 3 });

function viewOf(facts: readonly ChannelFacts[], isInOrder = false): NotificationView {
  return notificationView(facts, { isInOrder });
}

Deno.test("people are told while one channel works, whatever the others do", () => {
  const works = channel("twilio");
  for (const others of [[], [PRINTED], [FAILING], [channel("webhook", { failures: 2 })]]) {
    assert.equal(viewOf([works, ...others]).state, "works");
  }
});

Deno.test("nobody is told without a channel, by the log, or by channels that do not deliver", () => {
  assert.equal(viewOf([]).state, "none");
  assert.equal(viewOf([PRINTED]).state, "printed");
  for (const some of [[DOWN], [FAILING], [DOWN, FAILING], [PRINTED, DOWN]]) {
    assert.equal(viewOf(some).state, "failing");
  }
});

Deno.test("each channel has its state, and two failures are no state", () => {
  const some = [PRINTED, DOWN, FAILING, channel("other", { failures: 2 })];
  assert.deepEqual(viewOf(some).channels, [
    { name: "print", state: "printed" },
    { name: "twilio", state: "down" },
    { name: "webhook", state: "failing" },
    { name: "other", state: "works" },
  ]);
});

Deno.test("in order nothing goes on to a channel behind the log, which takes all", () => {
  const works = channel("webhook");
  assert.equal(viewOf([PRINTED, works], true).state, "printed");
  assert.equal(viewOf([PRINTED, works], false).state, "works");
  assert.equal(viewOf([works, PRINTED], true).state, "works");
});
