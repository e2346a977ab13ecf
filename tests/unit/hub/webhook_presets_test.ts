import assert from "node:assert/strict";
import type { ChannelValues } from "../../../core/config/needs.ts";
import type { WebhookPreset } from "../../../core/config/settings.ts";
import { RECEIVERS_BY_PRESET } from "../../support/delivery/webhook_receivers.ts";

const AT_MS = Date.UTC(2026, 2, 1, 4, 5, 6);
const TEXT = "Jörg & <@everyone> *is* down";

interface WebhookSettings extends ChannelValues {
  readonly preset: WebhookPreset;
}

function sent(settings: WebhookSettings, recipient: string = settings.preset, text = TEXT) {
  const { preset, ...values } = settings;
  const to = preset === recipient ? {} : { to: recipient };
  const receiver = RECEIVERS_BY_PRESET[preset];
  const { url, headers, body } = receiver.requestFor(
    { ...values, ...to },
    { recipient, text },
    AT_MS,
  );
  assert.ok(body !== undefined, "a message is posted");
  return { url, headers, body };
}

function jsonSent(settings: WebhookSettings, recipient?: string, text = TEXT): unknown {
  return JSON.parse(sent(settings, recipient, text).body);
}

Deno.test("json is the text, for whom it is, and when it was sent", () => {
  const settings: WebhookSettings = { preset: "json", url: "https://a/hook?key=1" };
  const { url, headers } = sent(settings, "john");
  assert.equal(url, "https://a/hook?key=1");
  assert.deepEqual(headers, { "Content-Type": "application/json", "Accept": "application/json" });
  assert.deepEqual(jsonSent(settings, "john"), {
    text: TEXT,
    recipient: "john",
    sent_at: "2026-03-01T04:05:06.000Z",
  });
  assert.deepEqual(jsonSent(settings), {
    text: TEXT,
    recipient: null,
    sent_at: "2026-03-01T04:05:06.000Z",
  });
  assert.equal(sent({ ...settings, token: "t" }).headers["Authorization"], "Bearer t");
});

Deno.test("ntfy gets the text itself, title and priority in headers", () => {
  const settings: WebhookSettings = { preset: "ntfy", url: "https://ntfy.sh/topic" };
  assert.deepEqual(sent({ ...settings, token: "tk_1" }), {
    url: "https://ntfy.sh/topic",
    headers: {
      "Content-Type": "text/plain; charset=utf-8",
      "Title": "RPi Cluster Alert",
      "Priority": "high",
      "Authorization": "Bearer tk_1",
    },
    body: TEXT,
  });
  assert.equal(sent(settings).headers["Authorization"], undefined);
});

Deno.test("ntfy's text stays below what would become an attachment, in whole characters", () => {
  const settings: WebhookSettings = { preset: "ntfy", url: "https://ntfy.sh/topic" };
  const size = (text: string) => new TextEncoder().encode(text).length;
  for (const text of ["ö".repeat(3000), "a" + "ö".repeat(3000), "😀".repeat(2000)]) {
    const { body } = sent(settings, "ntfy", text);
    assert.ok(size(body) <= 4096 && size(body) > 4088, `${size(body)}`);
    assert.ok(text.startsWith(body.slice(0, -1)));
    assert.ok(body.endsWith("…") && body.isWellFormed());
  }
  assert.equal(sent(settings, "ntfy", "x".repeat(4096)).body, "x".repeat(4096));
});

Deno.test("slack shows the text as it stands", () => {
  const settings: WebhookSettings = { preset: "slack", url: "https://hooks.slack.com/services/x" };
  assert.deepEqual(jsonSent(settings), {
    text: "Jörg &amp; &lt;@everyone&gt; *is* down",
    mrkdwn: false,
  });
});

Deno.test("discord shows the text as it stands, calls nobody, and tells the message's id", () => {
  const settings: WebhookSettings = {
    preset: "discord",
    url: "https://discord.com/api/webhooks/1/x?thread_id=7",
  };
  assert.equal(
    sent(settings).url,
    "https://discord.com/api/webhooks/1/x?thread_id=7&wait=true",
  );
  assert.deepEqual(jsonSent(settings), {
    content: "Jörg & <@everyone\\> \\*is\\* down",
    allowed_mentions: { parse: [] },
  });
});

Deno.test("discord's and telegram's texts keep to their lengths", () => {
  const discord: WebhookSettings = { preset: "discord", url: "https://discord.com/api" };
  const { content } = jsonSent(discord, "discord", `${"x".repeat(1998)}😀😀`) as {
    content: string;
  };
  assert.equal(content, `${"x".repeat(1998)}…`);
  const telegram: WebhookSettings = { preset: "telegram", url: "https://a", token: "1:x" };
  const { text } = jsonSent(telegram, "1", "y".repeat(5000)) as { text: string };
  assert.equal(text, `${"y".repeat(4095)}…`);
});

Deno.test("telegram's bot writes plain text to a chat", () => {
  const settings: WebhookSettings = {
    preset: "telegram",
    url: "https://api.telegram.org/",
    token: "12:Ab_-c",
  };
  assert.equal(sent(settings, "-100123").url, "https://api.telegram.org/bot12:Ab_-c/sendMessage");
  assert.deepEqual(jsonSent(settings, "-100123"), {
    chat_id: "-100123",
    text: TEXT,
    link_preview_options: { is_disabled: true },
  });
});

Deno.test("d7 gets one SMS from the originator", () => {
  const settings: WebhookSettings = {
    preset: "d7",
    url: "https://api.d7networks.com",
    token: "ey.j",
    from: "Cluster",
  };
  const { url, headers } = sent(settings, "+4915112345678");
  assert.equal(url, "https://api.d7networks.com/messages/v1/send");
  assert.equal(headers["Authorization"], "Bearer ey.j");
  assert.deepEqual(jsonSent(settings, "+4915112345678"), {
    messages: [{
      channel: "sms",
      originator: "Cluster",
      recipients: ["+4915112345678"],
      content: TEXT,
      msg_type: "text",
      data_coding: "auto",
    }],
  });
});
