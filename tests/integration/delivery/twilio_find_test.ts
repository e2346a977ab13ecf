import assert from "node:assert/strict";
import type { Finding } from "../../../hub/notify/channel/channel.ts";
import { TwilioChannel } from "../../../hub/notify/twilio/twilio_channel.ts";
import type { TwilioBehaviour } from "../../support/delivery/twilio_behaviour.ts";
import { type SentMessage, TwilioDouble } from "../../support/delivery/twilio_double.ts";
import { scaled } from "../../support/time/patience.ts";
import { inWords } from "../../support/delivery/in_words.ts";

const TO = "+4915112345678";
const TEXT = "John Snow is down. Last heard 14:02:11, silent for 14 s.";
const MINUTE_MS = 60_000;
const NEVER = new AbortController().signal;

/** The result of searching for `TEXT`, enqueued now, when the double has these messages. */
async function find(
  sent: readonly Partial<SentMessage>[],
  behaviour: TwilioBehaviour = { kind: "created" },
): Promise<Finding> {
  await using double = new TwilioDouble();
  for (const message of sent) double.add({ to: TO, text: TEXT, ...message });
  double.otherwise(behaviour);
  return await channelTo(double).find(
    { recipient: TO, text: TEXT, createdAtMs: Date.now() },
    NEVER,
  );
}

function channelTo({ accountSid, authToken, url: apiUrl }: TwilioDouble): TwilioChannel {
  const sender = { kind: "number", from: "+15005550006" } as const;
  return new TwilioChannel({ accountSid, authToken, sender, apiUrl, timeoutMs: scaled(200) });
}

Deno.test("twilio finds a message that it has, by one question for its recipient", async () => {
  await using double = new TwilioDouble();
  const channel = channelTo(double);
  const message = { recipient: TO, text: "Ünïcode & more", createdAtMs: Date.now() };
  await channel.send(message, NEVER);
  const reference = double.sent[0]?.sid;
  assert.deepEqual(await channel.find(message, NEVER), { kind: "accepted", reference });
  assert.equal(double.lists.length, 1);
  assert.deepEqual(double.lists[0]?.form, { To: TO, PageSize: "50" });
  assert.equal(double.sent.length, 1);
});

Deno.test("twilio finds nothing in an empty list, nor among other messages", async () => {
  const absent = { kind: "absent" };
  assert.deepEqual(inWords(await find([])), absent);
  assert.deepEqual(
    inWords(await find([{ text: `${TEXT} ` }, { text: "John Snow is up again." }])),
    absent,
  );
  assert.deepEqual(inWords(await find([{ to: "+4915187654321" }])), absent);
});

Deno.test("twilio's message that failed on its way is not found", async () => {
  for (const status of ["failed", "undelivered", "canceled"]) {
    assert.equal((await find([{ status }])).kind, "absent");
  }
  for (const status of ["accepted", "queued", "sending", "sent", "delivered"]) {
    assert.equal((await find([{ status }])).kind, "accepted");
  }
});

Deno.test("twilio's message from long before the promise is another one", async () => {
  const before = (ms: number) => ({ createdAtMs: Date.now() - ms });
  assert.equal((await find([before(6 * MINUTE_MS)])).kind, "absent");
  // The hub's clock may be ahead of Twilio's.
  assert.equal((await find([before(4 * MINUTE_MS)])).kind, "accepted");
});

Deno.test("twilio finds what an account on trial sent", async () => {
  const text = `Sent from your Twilio trial account - ${TEXT}`;
  assert.equal((await find([{ text }])).kind, "accepted");
});

Deno.test("twilio that cannot say now what it has is asked again", async () => {
  const deferrals: readonly (readonly [TwilioBehaviour, string])[] = [
    [{ kind: "hang" }, `Twilio did not answer within ${scaled(200) / 1000} s`],
    [{ kind: "reset" }, "cannot reach Twilio: connection closed before message completed"],
    [{ kind: "raw", status: 500, body: "<h1>Oops</h1>" }, "Twilio has a fault of its own (500)"],
    [{ kind: "slow_body", status: 200 }, "Twilio's list of messages could not be read to its end"],
  ];
  for (const [behaviour, why] of deferrals) {
    assert.deepEqual(inWords(await find([{}], behaviour)), { kind: "deferred", why });
  }
  const busy = { kind: "error", status: 429, code: 20429, message: "Slow down" } as const;
  assert.deepEqual(inWords(await find([{}], { ...busy, retryAfter: "3" })), {
    kind: "deferred",
    why: "Twilio asks to send less often (20429)",
    retryAfterMs: 3000,
    isBusy: true,
  });
});

Deno.test("a server that keeps no list has not got the message", async () => {
  const answers: readonly TwilioBehaviour[] = [
    { kind: "error", status: 401, code: 20003, message: "Authenticate" },
    { kind: "raw", status: 405, body: "" },
    { kind: "raw", status: 501, body: "Unsupported method" },
    { kind: "raw", status: 307, body: "" },
    { kind: "raw", status: 200, body: "<html>Please log in</html>" },
    { kind: "raw", status: 200, body: '{"messages":[null,7,"x"]}' },
    { kind: "raw", status: 200, body: "null" },
  ];
  for (const behaviour of answers) {
    assert.deepEqual(
      inWords(await find([{}], behaviour)),
      { kind: "absent" },
      JSON.stringify(behaviour),
    );
  }
});
