import assert from "node:assert/strict";
import { decodeConfig } from "../../../core/config/config.ts";
import { credentialName, environmentName } from "../../../core/config/keys.ts";
import { configOf, fileEntries, issueOf, issuesOf } from "../../support/program/config_texts.ts";

const NTFY = ["channel family.kind=ntfy", "channel family.url=https://ntfy.sh/topic"];

Deno.test("any number of channels stand in sections of their own, in their order", () => {
  const { channels } = configOf(
    "channel ops-2.kind=Telegram",
    "channel ops-2.token=1:x",
    "channel ops-2.to=17, -100",
    "channel ops-2.quiet=22:00-07:00",
    "CHANNEL  Family.kind=ntfy",
    "channel family.url=https://ntfy.sh/topic",
  );
  assert.deepEqual(channels, [
    {
      name: "ops-2",
      section: "channel ops-2",
      kind: "telegram",
      values: { token: "1:x", to: "17, -100" },
      quiet: { fromMinute: 1320, toMinute: 420 },
    },
    {
      name: "family",
      section: "channel family",
      kind: "ntfy",
      values: { url: "https://ntfy.sh/topic" },
      quiet: undefined,
    },
  ]);
});

Deno.test("a channel's name is one word that nothing else has", () => {
  for (const name of ["a", "family", "ops-2", "x".repeat(32)]) {
    const texts = [`channel ${name}.kind=slack`, `channel ${name}.url=https://a`];
    assert.equal(configOf(...texts).channels[0]?.name, name);
  }
  for (const name of ["", " ", " -a", " a-", " a_b", " ä", " a b", ` ${"x".repeat(33)}`]) {
    assert.match(
      issueOf(`channel${name}.`),
      /expected a name of up to 32 lower-case letters/,
      name,
    );
  }
  for (const name of ["sms", "webhook", "twilio", "print", "people", "escalation"]) {
    assert.match(issueOf(`channel ${name}.`), /that is none of sms, webhook, twilio/);
  }
});

Deno.test("a misspelt section, key, kind or name says what was meant", () => {
  assert.match(issueOf("chanel ops."), /\(did you mean \[channel ops\]\?\)/);
  const texts = [...NTFY, "channel family.tokn=x"];
  assert.match(issuesOf(fileEntries(...texts))[0] ?? "", /\[channel family\] tokn: .*mean token\?/);
  assert.match(issueOf("channel ops.kind=telegramm"), /\(did you mean telegram\?\)/);
  const named = issuesOf(fileEntries(...NTFY, "alerts.channels=familly"));
  assert.match(named[0] ?? "", /familly without \[channel familly\] \(did you mean family\?\)$/);
});

Deno.test("each kind says what it needs, and what means nothing to it", () => {
  assert.match(
    issueOf("channel ops.quiet=none"),
    /^config.ini:1: \[channel ops\] kind: expected one of twilio, json, ntfy, .*, found none$/,
  );
  assert.deepEqual(issuesOf(fileEntries("channel ops.kind=d7", "channel ops.account_sid=x")), [
    "config.ini:1: [channel ops] token: expected a value, because the kind is d7, found none",
    "config.ini:1: [channel ops] to: expected a value, because the kind is d7, found none",
    "config.ini:1: [channel ops] from: expected a value, because the kind is d7, found none",
    "config.ini:2: [channel ops] account_sid: expected none, because it has no meaning for d7, found one",
  ]);
  const twilio = [
    "channel ops.kind=twilio",
    "channel ops.account_sid=AC0123456789abcdef0123456789abcdef",
    "channel ops.auth_token=t",
    "channel ops.to=+4915112345678",
  ];
  assert.deepEqual(issuesOf(fileEntries(...twilio)), [
    "config.ini:1: [channel ops] from: expected a sender, or a messaging_service_sid, " +
    "because the kind is twilio, found none",
  ]);
  assert.equal(configOf(...twilio, "channel ops.from=Cluster").channels[0]?.kind, "twilio");
});

Deno.test("a channel's secrets are not shown when they are bad", () => {
  assert.match(
    issuesOf(fileEntries("channel ops.kind=slack", "channel ops.url=ftp://s3cret"))[0] ?? "",
    /^config.ini:2: \[channel ops\] url: expected a URL .*, found something else$/,
  );
});

Deno.test("more channels than anybody looks after are an issue", () => {
  const texts = Array.from({ length: 21 }, (_, index) => [
    `channel a${index}.kind=slack`,
    `channel a${index}.url=https://a/${index}`,
  ]);
  assert.match(issuesOf(fileEntries(...texts.flat()))[0] ?? "", /at most 20 channels, found 21$/);
});

Deno.test("a program that sends no messages does not mind what channels understand", () => {
  const entries = fileEntries("channel ops.kind=a kind to come", "alerts.channels=webhook, ops");
  const result = decodeConfig(entries, { hostname: "pi" });
  assert.ok(result.ok, JSON.stringify(result));
  assert.deepEqual(result.config.channels, []);
});

Deno.test("variables and credentials of a channel have its name", () => {
  assert.equal(environmentName("channel ops-2", "token"), "RPI_CLUSTER_CHANNEL_OPS_2_TOKEN");
  assert.equal(credentialName("channel ops-2", "token"), "channel.ops-2.token");
  assert.equal(credentialName("sms", "auth_token"), "sms.auth_token");
});

Deno.test("a mail server has a login whole or not at all, and mail goes to addresses", () => {
  const mail = (...texts: readonly string[]) => [
    "channel mail.kind=email",
    "channel mail.host=smtp.example.org",
    "channel mail.from=alerts@example.org",
    "channel mail.to=jon@example.org, arya@example.org",
    ...texts,
  ];
  assert.equal(configOf(...mail()).channels[0]?.kind, "email");
  assert.deepEqual(issuesOf(fileEntries(...mail("channel mail.username=jon"))), [
    "configuration: [channel mail] password: expected a value beside username, found none",
  ]);
  const bad = mail("channel mail.security=ssl", "channel mail.to=Jon <jon@example.org>");
  assert.deepEqual(issuesOf(fileEntries(...bad.filter((_, index) => index !== 3))), [
    'config.ini:4: [channel mail] security: expected one of starttls, tls, none, found "ssl"',
    "config.ini:5: [channel mail] to: expected an address such as alerts@example.org, " +
    'separated by commas, found "Jon <jon@example.org>"',
  ]);
});
