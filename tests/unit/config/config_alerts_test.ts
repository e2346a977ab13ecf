import assert from "node:assert/strict";
import { configOf, fileEntries, issueOf, issuesOf } from "../../support/program/config_texts.ts";

/** A valid SMS provider, so that issues are about other keys. */
const SMS = "sms.provider=print";
const WEBHOOK = "webhook.url=https://ntfy.sh/topic";

Deno.test("groups have names and ids", () => {
  assert.deepEqual(configOf("cluster.groups=Attic: a, b-2; switch 3 : c").cluster.groups, [
    { name: "Attic", nodes: ["a", "b-2"] },
    { name: "switch 3", nodes: ["c"] },
  ]);
  assert.deepEqual(configOf("cluster.groups=").cluster.groups, []);
  for (const groups of ["attic", "attic = a", ": a", "attic: a;", "a: b: c", "attic: A"]) {
    assert.match(issueOf(`cluster.groups=${groups}`), /groups: expected groups such as/, groups);
  }
  assert.match(issueOf("cluster.groups=attic:"), /expected at least one id in the group "attic"/);
});

Deno.test("a node belongs to one group, and a group's name is unique", () => {
  assert.match(
    issueOf("cluster.groups=attic: a, b; cellar: c, a"),
    /expected each id in one group, but a is in attic and cellar/,
  );
  assert.match(
    issueOf("cluster.groups=attic: a; Attic: b"),
    /expected each group once, but "Attic" is there twice/,
  );
});

Deno.test("quiet hours are two times of the day, also across midnight", () => {
  assert.deepEqual(configOf("sms.quiet=22:00-07:00").sms.quiet, {
    fromMinute: 1320,
    toMinute: 420,
  });
  assert.deepEqual(configOf("webhook.quiet=0:30 - 6:05").webhook.quiet, {
    fromMinute: 30,
    toMinute: 365,
  });
  assert.equal(configOf("sms.quiet=None").sms.quiet, undefined);
  for (const quiet of ["", "22-7", "24:00-07:00", "22:60-07:00", "22:00", "22:00-07:00-08:00"]) {
    assert.match(issueOf(`sms.quiet=${quiet}`), /expected two times of the day such as/, quiet);
  }
});

Deno.test("quiet hours with equal begin and end are refused, because they could mean always", () => {
  assert.match(
    issueOf("webhook.quiet=07:00-7:00"),
    /\[webhook\] quiet: expected a window that ends at another time/,
  );
});

Deno.test("the weekly self-test has a day and a time", () => {
  assert.deepEqual(configOf("alerts.self_test=Mon 09:00").alerts.selfTest, {
    weekday: 1,
    minute: 540,
  });
  assert.deepEqual(configOf("alerts.self_test=sun 0:00").alerts.selfTest, {
    weekday: 0,
    minute: 0,
  });
  assert.equal(configOf("alerts.self_test=off").alerts.selfTest, undefined);
  for (const time of ["", "09:00", "mon", "monday 09:00", "mon 9", "mon 24:00"]) {
    assert.match(issueOf(`alerts.self_test=${time}`), /expected a day and time such as/, time);
  }
});

Deno.test("reminders are a duration or off", () => {
  assert.equal(configOf("alerts.remind=6h").alerts.remindMs, 21_600_000);
  assert.equal(configOf("alerts.remind=OFF").alerts.remindMs, undefined);
  assert.match(issueOf("alerts.remind=0"), /expected a duration from 10s to 24h, or off, found/);
});

Deno.test("flapping needs at least two deaths, and can be off", () => {
  assert.equal(configOf("alerts.flap=0").alerts.flapDeaths, 0);
  assert.equal(configOf("alerts.flap=20").alerts.flapDeaths, 20);
  for (const flap of ["1", "21", "off"]) {
    assert.match(
      issueOf(`alerts.flap=${flap}`),
      /expected a whole number from 2 to 20, or 0 for never/,
      flap,
    );
  }
});

Deno.test("channels have names and an order, and must be set up", () => {
  const { channels, send } = configOf(
    "alerts.channels=Webhook, sms",
    "alerts.send=in_order",
    SMS,
    WEBHOOK,
  ).alerts;
  assert.deepEqual(channels, ["webhook", "sms"]);
  assert.equal(send, "in_order");
  assert.equal(
    configOf("alerts.channels=sms", "alerts.send=in_order", SMS).alerts.send,
    "in_order",
  );
  assert.match(issueOf("alerts.channels=email"), /set up, found email without \[channel email\]$/);
  assert.match(issueOf("alerts.channels=e mail"), /expected names of channels, separated by/);
  assert.match(issueOf("alerts.channels=sms"), /set up, found sms without \[sms\] provider$/);
  assert.match(
    issueOf("alerts.channels=webhook"),
    /set up, found webhook without \[webhook\] url$/,
  );
});

Deno.test("an error of a channel is reported once, and not again where alerts name the channel", () => {
  assert.match(
    issuesOf(fileEntries("alerts.channels=sms", "sms.provider=carrier")).join("\n"),
    /^config.ini:2: \[sms\] provider: expected one of none, twilio, print, found "carrier"$/,
  );
  assert.match(
    issuesOf(fileEntries("alerts.channels=webhook", "webhook.url=ftp://a")).join("\n"),
    /^config.ini:2: \[webhook\] url: expected a URL[^\n]*$/,
  );
});

Deno.test("an escalation needs an SMS provider", () => {
  const { escalation } = configOf(SMS, "escalation.to=+4915112345678", "escalation.after=5m");
  assert.deepEqual(escalation, { to: ["+4915112345678"], afterMs: 300_000 });
  assert.match(
    issueOf("escalation.to=+4915112345678"),
    /^config.ini:1: \[escalation\] to: expected an SMS provider beside it, found no/,
  );
  assert.match(issueOf("escalation.to=15112345678"), /expected E.164 numbers/);
});

Deno.test("a webhook's address keeps its query", () => {
  for (
    const url of [
      "https://ntfy.sh/topic",
      "http://127.0.0.1:8000",
      "HTTPS://example.org?key=a@b",
      "http://[::1]:1/hook/",
    ]
  ) {
    assert.equal(configOf(`webhook.url=${url}`).webhook.url, url);
  }
  for (
    const url of [
      "ntfy.sh/topic",
      "ftp://a",
      "https://",
      "https://a:0/",
      "https://a:b@c/",
      "http://a b",
    ]
  ) {
    assert.match(
      issueOf(`webhook.url=${url}`),
      /\[webhook\] url: expected a URL that begins with https:\/\/ or .*, found something else$/,
      url,
    );
  }
  assert.deepEqual(configOf("webhook.url=").webhook, { preset: "json", to: [], quiet: undefined });
});

Deno.test("a webhook with any key needs its address", () => {
  assert.match(
    issueOf("webhook.preset=slack"),
    /^config.ini:1: \[webhook\] url: expected an address, because the preset is slack, found none$/,
  );
  assert.match(
    issueOf("webhook.token=secret"),
    /url: expected an address, because the preset is json/,
  );
});

Deno.test("ntfy's address ends with a topic", () => {
  for (const url of ["https://ntfy.sh/topic", "http://pi:80/ntfy/a_B-1?auth=x"]) {
    assert.equal(configOf(`webhook.url=${url}`, "webhook.preset=ntfy").webhook.url, url);
  }
  for (
    const url of ["https://ntfy.sh", "https://ntfy.sh/", "https://ntfy.sh/a/", "https://a?b/c"]
  ) {
    assert.deepEqual(issuesOf(fileEntries(`webhook.url=${url}`, "webhook.preset=ntfy")), [
      "config.ini:1: [webhook] url: expected the topic at the end of ntfy's address, found none",
    ]);
  }
});

Deno.test("telegram and d7 need a token and recipients, and have a default address", () => {
  const keys = (...texts: string[]) =>
    issuesOf(fileEntries(...texts)).map((issue) => issue.split(": expected ")[0]);
  assert.deepEqual(keys("webhook.preset=telegram"), [
    "config.ini:1: [webhook] token",
    "config.ini:1: [webhook] to",
  ]);
  assert.deepEqual(keys("webhook.preset=d7"), [
    "config.ini:1: [webhook] token",
    "config.ini:1: [webhook] to",
    "config.ini:1: [webhook] from",
  ]);
  const telegram = ["webhook.preset=telegram", "webhook.token=12:Ab_-c"];
  assert.deepEqual(configOf(...telegram, "webhook.to=17, -100123, @my_channel").webhook, {
    preset: "telegram",
    url: "https://api.telegram.org",
    token: "12:Ab_-c",
    to: ["17", "-100123", "@my_channel"],
    quiet: undefined,
  });
  const d7 = ["webhook.preset=D7", "webhook.token=ey.j", "webhook.to=+49 151 12345678"];
  assert.deepEqual(configOf(...d7, "webhook.from=Cluster", "webhook.url=http://a").webhook, {
    preset: "d7",
    url: "http://a",
    token: "ey.j",
    to: ["+4915112345678"],
    from: "Cluster",
    quiet: undefined,
  });
  assert.deepEqual(keys(...telegram, "webhook.to=John"), ["config.ini:3: [webhook] to"]);
  assert.deepEqual(keys("webhook.preset=telegram", "webhook.token=x/../y", "webhook.to=1"), [
    "config.ini:2: [webhook] token",
  ]);
});

Deno.test("a key without meaning for a receiver is an issue", () => {
  assert.deepEqual(
    issuesOf(fileEntries(
      "webhook.url=https://hooks.slack.com/services/T/B/x",
      "webhook.preset=slack",
      "webhook.token=secret",
      "webhook.to=#alerts",
      "webhook.from=me",
    )),
    [
      "config.ini:3: [webhook] token: expected none, because it has no meaning for slack, found one",
      "config.ini:4: [webhook] to: expected none, because it has no meaning for slack, found one",
      "config.ini:5: [webhook] from: expected none, because it has no meaning for slack, found one",
    ],
  );
});
