import assert from "node:assert/strict";
import { notificationOf, targetsOf } from "../../../hub/delivery/channels.ts";
import { quietForMsOf } from "../../../hub/delivery/recipients.ts";
import { configOf } from "../../support/program/config_texts.ts";

const SMS = [
  "sms.provider=twilio",
  "sms.account_sid=AC0123456789abcdef0123456789abcdef",
  "sms.auth_token=token",
  "sms.from=+15005550006",
  "sms.to=+4915112345678, +4915112345679",
];
const PRINT = "sms.provider=print";
const NTFY = ["webhook.preset=ntfy", "webhook.url=https://ntfy.sh/topic"];

function notification(...texts: readonly string[]) {
  return notificationOf(configOf(...texts), () => {});
}

/** Routes as lines: name, then for each channel its name and people. */
function routesOf(...texts: readonly string[]): readonly string[] {
  const { routes, recipients } = notification(...texts);
  return routes.map(({ name, channels }) =>
    [
      `${name}:`,
      ...channels.map((channel) => {
        const people = recipients.recipients(name, channel.name);
        assert.equal(channel.recipients, people.length);
        return `${channel.name} ${people.join("+")}`;
      }),
    ].join(" ")
  );
}

Deno.test("where no channel is set up there is nobody to tell", () => {
  const { channels, routes, recipients } = notification();
  assert.deepEqual([channels, routes], [[], []]);
  assert.deepEqual(recipients.recipients("sms", "twilio"), []);
});

Deno.test("without a word about channels each that is set up has a route of its own", () => {
  assert.deepEqual(routesOf(...NTFY, ...SMS), [
    "sms: twilio +4915112345678++4915112345679",
    "webhook: webhook ntfy",
  ]);
  assert.deepEqual(routesOf(PRINT), ["sms: print nobody"]);
  assert.deepEqual(routesOf(...NTFY), ["webhook: webhook ntfy"]);
});

Deno.test("only the named channels are used, in their order", () => {
  assert.deepEqual(routesOf(...NTFY, ...SMS, "alerts.channels=webhook"), [
    "webhook: webhook ntfy",
  ]);
  assert.deepEqual(
    notification(...NTFY, ...SMS, "alerts.channels=webhook").channels.map(({ name }) => name),
    ["webhook"],
  );
  assert.deepEqual(routesOf(...NTFY, PRINT, "alerts.channels=webhook,sms"), [
    "webhook: webhook ntfy",
    "sms: print nobody",
  ]);
});

Deno.test("in order there is one route that has the channels", () => {
  assert.deepEqual(
    routesOf(...NTFY, PRINT, "alerts.channels=webhook,sms", "alerts.send=in_order"),
    ["people: webhook ntfy print nobody"],
  );
  assert.deepEqual(routesOf(...NTFY, "alerts.send=in_order"), ["people: webhook ntfy"]);
  assert.deepEqual(routesOf("alerts.send=in_order"), []);
});

Deno.test("channels in order stand in for each other, round and round; a single one has nobody", () => {
  const { recipients } = notification(...NTFY, PRINT, "alerts.send=in_order");
  const next = (channel: string) => recipients.next("people", channel)?.channel;
  assert.deepEqual([next("print"), next("webhook"), next("twilio")], [
    "webhook",
    "print",
    undefined,
  ]);
  assert.equal(notification(...NTFY, PRINT).recipients.next("webhook", "webhook"), undefined);
});

Deno.test("a channel says how long its quiet hours still last", () => {
  const { recipients: { next } } = notification(
    ...NTFY,
    PRINT,
    "alerts.send=in_order",
    "sms.quiet=22:00-07:00",
  );
  const atMs = (hour: number) => new Date(2026, 6, 1, hour).getTime();
  assert.equal(next("people", "webhook")?.quietForMs(atMs(23)), 8 * 3_600_000);
  assert.equal(next("people", "webhook")?.quietForMs(atMs(12)), 0);
  assert.equal(next("people", "print")?.quietForMs(atMs(23)), 0);
  assert.equal(quietForMsOf(next, { route: "people", channel: "print" }, atMs(23)), 8 * 3_600_000);
});

Deno.test("an escalation is a route of its own, later than the others", () => {
  const texts = [...SMS, ...NTFY, "alerts.hold=20s", "escalation.to=+4915100000000"];
  assert.deepEqual(routesOf(...texts), [
    "sms: twilio +4915112345678++4915112345679",
    "webhook: webhook ntfy",
    "escalation: twilio +4915100000000",
  ]);
  const { channels, routes } = notification(...texts, "alerts.channels=webhook");
  assert.deepEqual(channels.map(({ name }) => name), ["webhook", "twilio"]);
  assert.deepEqual(
    routes.map(({ name, holdMs, skipsAcknowledged }) => [name, holdMs, skipsAcknowledged]),
    [["webhook", 20_000, false], ["escalation", 920_000, true]],
  );
});

Deno.test("what costs something has the hour's budget, and each channel its quiet hours", () => {
  const texts = [PRINT, ...NTFY, "alerts.per_hour=7", "sms.quiet=22:00-07:00"];
  const channels = notification(...texts).routes.flatMap((route) => route.channels);
  assert.deepEqual(channels, [
    {
      name: "print",
      recipients: 1,
      perHourMax: 7,
      quiet: { fromMinute: 1320, toMinute: 420 },
    },
    { name: "webhook", recipients: 1, perHourMax: Infinity, quiet: undefined },
  ]);
  const d7 = notification(
    "webhook.preset=d7",
    "webhook.token=t",
    "webhook.to=+4915112345678",
    "webhook.from=Cluster",
  );
  assert.deepEqual(d7.routes.flatMap(({ channels }) => channels.map((one) => one.perHourMax)), [
    20,
  ]);
});

Deno.test("reminders are never sent unless somebody wants them", () => {
  const remindMs = (...texts: readonly string[]) =>
    notification(PRINT, ...texts).routes.map((route) => route.remindMs);
  assert.deepEqual(remindMs(), [Infinity]);
  assert.deepEqual(remindMs("alerts.remind=6h"), [21_600_000]);
});

Deno.test("everybody who is ever told is a target, once for each channel", () => {
  const targets = targetsOf(notification(
    ...SMS,
    "webhook.preset=telegram",
    "webhook.token=1:x",
    "webhook.to=1,-2",
    "escalation.to=+4915112345679,+4915100000000",
  ));
  assert.deepEqual(targets.map(({ channel, recipient }) => `${channel.name} ${recipient}`), [
    "twilio +4915112345678",
    "twilio +4915112345679",
    "twilio +4915100000000",
    "webhook 1",
    "webhook -2",
  ]);
});

Deno.test("channels with names of their own come after the others, or where they are named", () => {
  const named = [
    "channel ops.kind=twilio",
    "channel ops.account_sid=AC0123456789abcdef0123456789abcdef",
    "channel ops.auth_token=t",
    "channel ops.messaging_service_sid=MG0123456789abcdef0123456789abcdef",
    "channel ops.to=+4915100000001",
    "channel family.kind=ntfy",
    "channel family.url=https://ntfy.sh/family",
  ];
  assert.deepEqual(routesOf(...named, ...NTFY, PRINT), [
    "sms: print nobody",
    "webhook: webhook ntfy",
    "ops: ops +4915100000001",
    "family: family ntfy",
  ]);
  assert.deepEqual(
    routesOf(...named, ...SMS, "alerts.channels=family, sms, ops", "alerts.send=in_order"),
    ["people: family ntfy twilio +4915112345678++4915112345679 ops +4915100000001"],
  );
  const paid = notification(...named, "alerts.per_hour=7").routes.flatMap((one) => one.channels);
  assert.deepEqual(paid.map(({ perHourMax }) => perHourMax), [7, Infinity]);
});
