import assert from "node:assert/strict";
import type { Delivery } from "../../../core/alerting/retry.ts";
import { TwilioChannel, type TwilioOptions } from "../../../hub/notify/twilio/twilio_channel.ts";
import type { TwilioBehaviour } from "../../support/delivery/twilio_behaviour.ts";
import { TwilioDouble } from "../../support/delivery/twilio_double.ts";
import { scaled } from "../../support/time/patience.ts";
import { inWords } from "../../support/delivery/in_words.ts";

const MESSAGE = { recipient: "+4915112345678", text: "John Snow is down. Ünïcode & more" };
const NEVER = new AbortController().signal;
/** The provider certainly has no message, and would accept no other one. */
const BLOCKED = { kind: "deferred", isUncertain: false, isBlocked: true } as const;

function channelTo(double: TwilioDouble, options: Partial<TwilioOptions> = {}): TwilioChannel {
  return new TwilioChannel({
    accountSid: double.accountSid,
    authToken: double.authToken,
    sender: { kind: "number", from: "+15005550006" },
    apiUrl: double.url,
    ...options,
  });
}

/** The delivery of one message with this behaviour of the double. */
async function deliver(
  behaviour: TwilioBehaviour,
  options: Partial<TwilioOptions> = {},
): Promise<Delivery> {
  await using double = new TwilioDouble();
  double.script(behaviour);
  return await channelTo(double, options).send(MESSAGE, NEVER);
}

Deno.test("twilio accepts a message and tells its sid", async () => {
  await using double = new TwilioDouble();
  const delivery = await channelTo(double).send(MESSAGE, NEVER);
  assert.deepEqual(inWords(delivery), { kind: "accepted", reference: `SM${"0".repeat(32)}` });
  assert.equal(double.requests.length, 1);
  assert.deepEqual(double.requests[0]?.form, {
    To: MESSAGE.recipient,
    From: "+15005550006",
    Body: MESSAGE.text,
  });
});

Deno.test("twilio sends by a messaging service, through a proxy's path", async () => {
  await using double = new TwilioDouble();
  const channel = channelTo(double, {
    apiUrl: `${double.url}/proxy/`,
    sender: { kind: "service", messagingServiceSid: "MG1" },
  });
  await channel.send(MESSAGE, NEVER);
  const [request] = double.requests;
  assert.equal(request?.path, `POST /proxy/2010-04-01/Accounts/${double.accountSid}/Messages.json`);
  assert.deepEqual(request?.form, {
    To: MESSAGE.recipient,
    MessagingServiceSid: "MG1",
    Body: MESSAGE.text,
  });
});

Deno.test("twilio's refusals are told in plain words with Twilio's code", async () => {
  const refusals: readonly (readonly [number, number, string, string])[] = [
    [400, 21211, "Invalid 'To' Phone Number", "+4915112345678 is not a valid phone number (21211)"],
    [
      400,
      21610,
      "Attempt to send to unsubscribed recipient",
      "+4915112345678 has unsubscribed by STOP: send START from that phone (21610)",
    ],
    [400, 29999, "Something new.", "Twilio refused: Something new (29999)"],
  ];
  for (const [status, code, message, why] of refusals) {
    const delivery = await deliver({ kind: "error", status, code, message });
    assert.deepEqual(inWords(delivery), { kind: "refused", why });
  }
});

Deno.test("what Twilio would answer to any message blocks the account, whatever the status", async () => {
  const answers: readonly (readonly [number, number, string])[] = [
    [429, 63038, "the daily limit is used up: raise it at Twilio, or wait up to 24 h (63038)"],
    [429, 30454, "the trial account's limit is used up: upgrade the account at Twilio (30454)"],
    [429, 21611, "too many messages wait at Twilio: use another sender as well (21611)"],
    [403, 20005, "this Twilio account is not active: see why in Twilio's console (20005)"],
    [401, 20003, "Twilio refused the credentials: check account_sid and auth_token (20003)"],
    [
      400,
      21659,
      "the number in sms.from is not one of this Twilio account that can send SMS (21659)",
    ],
  ];
  for (const [status, code, why] of answers) {
    const delivery = await deliver({ kind: "error", status, code, message: "No." });
    assert.deepEqual(inWords(delivery), { ...BLOCKED, why });
  }
});

Deno.test("twilio's refusal without JSON still says what to check", async () => {
  const refusal = async (status: number) =>
    await deliver({ kind: "raw", status, body: "<html>no</html>" });
  assert.deepEqual(inWords(await refusal(401)), {
    ...BLOCKED,
    why: "Twilio refused the credentials: check account_sid and auth_token (401)",
  });
  assert.deepEqual(inWords(await refusal(400)), {
    kind: "refused",
    why: "Twilio refused the message (400)",
  });
});

Deno.test("twilio refuses a wrong token, and the token is in no word of it", async () => {
  await using double = new TwilioDouble();
  const delivery = await channelTo(double, { authToken: "s3cret-t0ken" }).send(MESSAGE, NEVER);
  assert.ok(delivery.kind === "deferred" && delivery.isBlocked);
  assert.match(delivery.why, /^Twilio refused the credentials/);
  assert.doesNotMatch(JSON.stringify(delivery), /s3cret/);
});

Deno.test("twilio's 429 defers the message for as long as it asks", async () => {
  const delivery = await deliver({
    kind: "error",
    status: 429,
    code: 20429,
    message: "Too Many Requests",
    retryAfter: "7",
  });
  assert.deepEqual(inWords(delivery), {
    kind: "deferred",
    why: "Twilio asks to send less often (20429)",
    retryAfterMs: 7000,
    isBusy: true,
    isUncertain: false,
  });
});

Deno.test("twilio's own fault defers the message", async () => {
  const delivery = await deliver({ kind: "raw", status: 500, body: "<h1>Oops</h1>" });
  assert.deepEqual(inWords(delivery), {
    kind: "deferred",
    why: "Twilio has a fault of its own (500)",
    isUncertain: true,
  });
});

Deno.test("twilio that hangs defers the message after the time limit", async () => {
  const delivery = await deliver({ kind: "hang" }, { timeoutMs: scaled(200) });
  assert.deepEqual(inWords(delivery), {
    kind: "deferred",
    why: `Twilio did not answer within ${scaled(200) / 1000} s`,
    isUncertain: true,
  });
});

Deno.test("twilio's reset connection defers the message without a word of the credential", async () => {
  await using double = new TwilioDouble();
  double.otherwise({ kind: "reset" });
  const delivery = await channelTo(double).send(MESSAGE, NEVER);
  assert.deepEqual(inWords(delivery), {
    kind: "deferred",
    why: "cannot reach Twilio: connection closed before message completed",
    isUncertain: true,
  });
});

Deno.test("twilio that nobody listens for defers the message", async () => {
  const double = new TwilioDouble();
  await double[Symbol.asyncDispose]();
  const delivery = await channelTo(double).send(MESSAGE, NEVER);
  assert.deepEqual(inWords(delivery), {
    kind: "deferred",
    why: "cannot reach Twilio: tcp connect error: Connection refused (os error 111)",
    isUncertain: false,
  });
});

Deno.test("twilio's 201 counts though its body never ends, and no second SMS is sent", async () => {
  const delivery = await deliver({ kind: "slow_body", status: 201 }, { timeoutMs: scaled(200) });
  assert.deepEqual(inWords(delivery), { kind: "accepted", reference: "" });
});

Deno.test("twilio's 503 with a body that never ends defers the message", async () => {
  const delivery = await deliver({ kind: "slow_body", status: 503 }, { timeoutMs: scaled(200) });
  assert.deepEqual(inWords(delivery), {
    kind: "deferred",
    why: "Twilio has a fault of its own (503)",
    isUncertain: true,
  });
});

Deno.test("twilio's answer of a megabyte is not read to its end", async () => {
  const body = JSON.stringify({ code: 21211, message: "x".repeat(1 << 20) });
  const delivery = await deliver({ kind: "raw", status: 400, body });
  assert.deepEqual(inWords(delivery), { kind: "refused", why: "Twilio refused the message (400)" });
});

Deno.test("a page that is not twilio's accepts nothing", async () => {
  const why = (status: number) =>
    `the server at sms.api_url did not answer as Twilio does (${status})`;
  const portal = await deliver({ kind: "raw", status: 200, body: "<html>Please log in</html>" });
  assert.deepEqual(inWords(portal), { kind: "deferred", why: why(200), isUncertain: true });
});

Deno.test("twilio's redirect is not followed: the credential goes to nobody else", async () => {
  await using other = new TwilioDouble();
  const delivery = await deliver({
    kind: "raw",
    status: 307,
    body: "",
    headers: { Location: `${other.url}/2010-04-01/Accounts/AC1/Messages.json` },
  });
  assert.equal(delivery.kind, "deferred");
  assert.equal(other.requests.length, 0);
});

Deno.test("twilio's delivery is deferred when the hub stops while it waits", async () => {
  await using double = new TwilioDouble();
  double.script({ kind: "created_then_hang" });
  const stop = new AbortController();
  const sending = channelTo(double).send(MESSAGE, stop.signal);
  await double.waitFor("sent", 1, 5_000);
  stop.abort();
  assert.deepEqual(inWords(await sending), {
    kind: "deferred",
    why: "stopped while waiting for Twilio",
    isUncertain: true,
  });
});

Deno.test("an account sid that cannot be one is refused before anything is sent", async () => {
  await using double = new TwilioDouble();
  const delivery = await channelTo(double, { accountSid: "nonsense" }).send(MESSAGE, NEVER);
  assert.deepEqual(inWords(delivery), {
    ...BLOCKED,
    why: "Twilio's package refused: accountSid must start with AC",
  });
  assert.equal(double.requests.length, 0);
});

Deno.test("an api_url with a password in it is an error that does not repeat it", async () => {
  await using double = new TwilioDouble();
  assert.throws(
    () => channelTo(double, { apiUrl: "https://user:s3cret@example.org" }),
    (error) => error instanceof Error && !error.message.includes("s3cret"),
  );
});
