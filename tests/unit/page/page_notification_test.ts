/** What the page says when nobody, or not every channel, would tell of a death. */

import assert from "node:assert/strict";
import type { NotificationView } from "../../../core/alerting/notification.ts";
import { ntfySettings, ntfyTopic } from "../../../web/alarm_page/ntfy_settings.ts";
import { notificationNote } from "../../../web/status/notification_note.ts";
import { speak } from "../../../web/texts/texts.ts";
import { NOTIFYING } from "../../support/page/page_views.ts";

const DOWN = { name: "twilio", state: "down" } as const;
const FAILING = { name: "webhook", state: "failing" } as const;

function said(view: NotificationView): [string, string] | undefined {
  const note = notificationNote(view);
  return note && [note.sentences.join(" "), note.advice];
}

Deno.test("nothing is said while every channel works", () => {
  assert.equal(said(NOTIFYING), undefined);
  const print = { name: "print", state: "printed" } as const;
  assert.equal(said({ state: "works", channels: [...NOTIFYING.channels, print] }), undefined);
});

Deno.test("nobody is notified: said with the reason, and what to do", () => {
  const nobody = "Nobody is notified when a Pi dies.";
  assert.deepEqual(said({ state: "none", channels: [] }), [nobody, "setUp"]);
  assert.deepEqual(said({ state: "printed", channels: [{ name: "print", state: "printed" }] }), [
    `${nobody} Messages are only printed to the log.`,
    "setUp",
  ]);
  assert.deepEqual(said({ state: "failing", channels: [DOWN, FAILING] }), [
    `${nobody} Twilio takes no messages. The webhook delivered none of the last three messages.`,
    "test",
  ]);
  // A guest is told of no channel.
  assert.deepEqual(said({ state: "failing", channels: [] }), [nobody, "test"]);
});

Deno.test("a channel that fails is told though another one works, in German as well", () => {
  const view = { state: "works", channels: [...NOTIFYING.channels, FAILING] } as const;
  assert.deepEqual(said(view), ["The webhook delivered none of the last three messages.", "test"]);
  speak("de");
  try {
    assert.deepEqual(said(view), [
      "Der Webhook hat die letzten drei Nachrichten nicht zugestellt.",
      "test",
    ]);
    assert.deepEqual(said({ state: "none", channels: [] }), [
      "Niemand wird benachrichtigt, wenn ein Pi ausfällt.",
      "setUp",
    ]);
  } finally {
    speak("en");
  }
});

Deno.test("the settings of a first message name a topic that nobody guesses", () => {
  const topics = new Set(Array.from({ length: 100 }, ntfyTopic));
  assert.equal(topics.size, 100);
  for (const topic of topics) assert.match(topic, /^pis-[a-z2-9]{16}$/);
  assert.equal(ntfySettings("pis-x"), "[webhook]\npreset = ntfy\nurl = https://ntfy.sh/pis-x\n");
});
