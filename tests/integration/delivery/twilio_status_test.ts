import assert from "node:assert/strict";
import type { DeliveryStatus, Reach } from "../../../hub/notify/channel/channel.ts";
import { TwilioChannel } from "../../../hub/notify/twilio/twilio_channel.ts";
import type { TwilioBehaviour } from "../../support/delivery/twilio_behaviour.ts";
import { type SentStatus, TwilioDouble } from "../../support/delivery/twilio_double.ts";
import { scaled } from "../../support/time/patience.ts";
import { inWords } from "../../support/delivery/in_words.ts";

const TO = "+4915112345678";
const NEVER = new AbortController().signal;

function channelTo(
  { accountSid, authToken, url: apiUrl }: TwilioDouble,
  options: { readonly authToken?: string; readonly accountSid?: string } = {},
): TwilioChannel {
  const sender = { kind: "number", from: "+15005550006" } as const;
  return new TwilioChannel({
    accountSid,
    authToken,
    sender,
    apiUrl,
    timeoutMs: scaled(200),
    ...options,
  });
}

/** The status of a message in this state. */
async function statusWhen(sent: SentStatus): Promise<DeliveryStatus> {
  await using double = new TwilioDouble();
  double.statuses(TO, sent);
  const channel = channelTo(double);
  const delivery = await channel.send({ recipient: TO, text: "John Snow is down." }, NEVER);
  const reference = delivery.kind === "accepted" ? delivery.reference : "";
  return await channel.status({ recipient: TO, reference }, NEVER);
}

/** The status of a message, or of the account, from a server with this behaviour. */
async function answersOf(
  behaviour: TwilioBehaviour,
): Promise<{ readonly status: DeliveryStatus; readonly reach: Reach }> {
  await using double = new TwilioDouble();
  double.always(behaviour);
  double.add({ to: TO, text: "John Snow is down." });
  const channel = channelTo(double);
  const reference = double.sent[0]?.sid ?? "";
  const status = await channel.status({ recipient: TO, reference }, NEVER);
  return { status: inWords(status), reach: inWords(await channel.probe(NEVER)) };
}

Deno.test("twilio's status tells whether a message is on its way, arrived or failed", async () => {
  for (const status of ["accepted", "scheduled", "queued", "sending", "sent"]) {
    assert.deepEqual(inWords(await statusWhen({ status })), { kind: "waiting" }, status);
  }
  for (const status of ["delivered", "read"]) {
    assert.deepEqual(inWords(await statusWhen({ status })), { kind: "delivered" }, status);
  }
  for (const status of ["undelivered", "failed", "canceled"]) {
    assert.equal((await statusWhen({ status })).kind, "failed", status);
  }
});

Deno.test("twilio's codes of what was not delivered say in plain words what to do", async () => {
  const reasons: readonly (readonly [number, RegExp])[] = [
    [30003, /^the phone \+4915112345678 could not be reached: is it on.*\? \(30003\)$/],
    [30004, /blocks messages.* \(30004\)$/],
    [30005, /unknown or no longer in service: check the number \(30005\)$/],
    [30006, /landline.*use a mobile number \(30006\)$/],
    [30007, /spam.* \(30007\)$/],
    [30008, /unknown reason.* \(30008\)$/],
    [30034, /^the sender is not registered for messages to the USA: register it.* \(30034\)$/],
    [30035, /still being set up: wait.* \(30035\)$/],
    [21610, /has unsubscribed by STOP: send START from that phone \(21610\)$/],
  ];
  for (const [errorCode, words] of reasons) {
    const status = await statusWhen({ status: "undelivered", errorCode });
    assert.ok(status.kind === "failed");
    assert.match(status.why, words);
  }
  const unknown = { status: "failed", errorCode: 39999, errorMessage: "Something new." };
  assert.deepEqual(inWords(await statusWhen(unknown)), {
    kind: "failed",
    why: "Something new (39999)",
  });
  assert.deepEqual(inWords(await statusWhen({ status: "undelivered" })), {
    kind: "failed",
    why: "Twilio could not deliver the message",
  });
});

Deno.test("twilio that cannot answer now is no news of a message, and out of reach", async () => {
  const whys: readonly (readonly [TwilioBehaviour, string])[] = [
    [{ kind: "hang" }, `Twilio did not answer within ${scaled(200) / 1000} s`],
    [{ kind: "reset" }, "cannot reach Twilio: connection closed before message completed"],
    [{ kind: "raw", status: 503, body: "" }, "Twilio has a fault of its own (503)"],
    [
      { kind: "raw", status: 302, body: "" },
      "the server at sms.api_url did not answer as Twilio does (302)",
    ],
    [
      { kind: "raw", status: 200, body: "<html>Please log in</html>" },
      "the server at sms.api_url did not answer as Twilio does (200)",
    ],
    [
      { kind: "slow_body", status: 200 },
      "the server at sms.api_url did not answer as Twilio does (200)",
    ],
  ];
  for (const [behaviour, why] of whys) {
    const deferred = { kind: "deferred", why };
    assert.deepEqual(await answersOf(behaviour), { status: deferred, reach: deferred });
  }
});

Deno.test("twilio that asks for patience is there", async () => {
  const busy = { kind: "error", status: 429, code: 20429, message: "Slow down" } as const;
  const { status, reach } = await answersOf({ ...busy, retryAfter: "3" });
  for (const answer of [status, reach]) {
    assert.ok(answer.kind === "deferred");
    assert.deepEqual([answer.isBusy, answer.retryAfterMs], [true, 3000]);
  }
});

Deno.test("a server that shows neither messages nor accounts is reached, and never says", async () => {
  for (const status of [404, 405, 501]) {
    assert.deepEqual(await answersOf({ kind: "raw", status, body: "" }), {
      status: { kind: "unknown" },
      reach: { kind: "reached" },
    });
  }
});

Deno.test("twilio's account tells what would keep every message from going out", async () => {
  await using double = new TwilioDouble();
  assert.deepEqual(await channelTo(double).probe(NEVER), { kind: "reached" });
  assert.equal(
    double.accountRequests[0]?.path,
    `GET /2010-04-01/Accounts/${double.accountSid}.json`,
  );
  const wrong = await channelTo(double, { authToken: "s3cret" }).probe(NEVER);
  assert.deepEqual(inWords(wrong), {
    kind: "refused",
    why: "Twilio refused the credentials: check account_sid and auth_token (20003)",
  });
  const nonsense = await channelTo(double, { accountSid: "nonsense" }).probe(NEVER);
  assert.deepEqual(inWords(nonsense), {
    kind: "refused",
    why: "Twilio's package refused: accountSid must start with AC",
  });
  const suspended = { sid: double.accountSid, status: "suspended" };
  double.otherwise({ kind: "raw", status: 200, body: JSON.stringify(suspended) }, "account");
  assert.equal((await channelTo(double).probe(NEVER)).kind, "refused");
  assert.equal(double.requests.length, 0);
});
