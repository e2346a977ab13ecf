/** Strangers' names, vitals and history in the words of the page. */

import assert from "node:assert/strict";
import type { NodeView } from "../../../core/api/node_view.ts";
import { FURTHER_AREAS } from "../../../web/texts/further/further.ts";
import { learn, speak } from "../../../web/texts/texts.ts";
import { farewellText } from "../../../web/words/farewell_text.ts";
import {
  attemptsText,
  deliveryText,
  incidentLength,
  routeText,
  subjectText,
} from "../../../web/words/history_text.ts";
import { causeText } from "../../../web/words/cause_text.ts";
import { cut, firstCharacters, shownName } from "../../../web/words/shown_name.ts";
import { vitalLabel, vitalNames, vitalShare, vitalText } from "../../../web/words/vital_text.ts";
import { AT, delivery, incident } from "../../support/page/page_views.ts";

Deno.test("a name is one line of bounded text that cannot turn the text around it", () => {
  const shown = (name: string) => shownName({ id: "pi-1", name });
  assert.equal(shown("John Snow"), "John Snow");
  assert.equal(shown("a\r\nb\u2028c\u0000d"), "a  b c d");
  assert.equal(shown("\u202Eevil\u2066"), "evil");
  assert.equal(shown("W".repeat(65_536)), `${"W".repeat(80)}…`);
  assert.equal(shown("<script>"), "<script>");
});

Deno.test("a name that nobody could see gives way to the id", () => {
  for (const name of ["", "  ", "\u200B\u2060", "\u202E", "\u3164"]) {
    assert.equal(shownName({ id: "pi-1", name }), "pi-1", JSON.stringify(name));
  }
});

Deno.test("a text is never cut through a character", () => {
  const family = "👨‍👩‍👧‍👦";
  assert.equal(cut("ab😀", 3), "ab😀");
  assert.equal(cut(`a${family}b`, 2), `a${family}…`);
  assert.equal(cut(family.repeat(64), 64), family.repeat(64));
  assert.equal(firstCharacters(family.repeat(65), 64), family.repeat(64));
  const piled = `a${"\u0301".repeat(65_536)}`;
  assert.ok(cut(piled, 80).length < 2000);
});

Deno.test("a name that is taken keeps its id, however long it is", () => {
  const id = "pi-1";
  const shown = (display_name: string) => shownName({ id, name: "John Snow", display_name });
  assert.equal(shown("John Snow"), "John Snow");
  assert.equal(shown("John Snow (pi-1)"), "John Snow (pi-1)");
  assert.equal(shown(`${"W".repeat(100)} (pi-1)`), `${"W".repeat(80)}… (pi-1)`);
  assert.equal(shown("\u200b (pi-1)"), "pi-1");
});

Deno.test("a node that is stopped says why, and no other one does", () => {
  learn(FURTHER_AREAS);
  const saying = (farewell: NodeView["farewell"]) => farewellText({ liveness: "left", farewell });
  assert.equal(saying("stop"), "its agent was stopped");
  assert.equal(saying("restart"), "its agent restarts");
  assert.equal(saying("reboot"), "it reboots");
  assert.equal(saying("poweroff"), "it was shut down");
  assert.equal(saying("unknown"), "it said farewell, without a reason");
  assert.equal(saying(null), undefined);
  assert.equal(farewellText({ liveness: "dead", farewell: "reboot" }), undefined);
});

Deno.test("vitals have a label, a unit, and a share of the whole where there is one", () => {
  assert.equal(vitalText("temperature", { value: 48.2, level: "ok" }), "48.2 °C");
  assert.equal(vitalText("third", { value: 1 / 3, level: "ok" }), "0.333333");
  assert.equal(vitalText("under_voltage", { value: true, level: "critical" }), "yes");
  assert.equal(vitalText("disk", { value: null, level: "not_supported" }), "not supported");
  assert.equal(vitalText("fan_speed", { value: 1200, level: "ok" }), "1200");
  assert.equal(vitalLabel("under_voltage"), "Under-voltage");
  assert.equal(vitalLabel("fan_speed"), "Fan speed");
  assert.equal(vitalShare("cpu", { value: 140, level: "ok" }), 100);
  assert.equal(vitalShare("temperature", { value: 48, level: "ok" }), undefined);
});

Deno.test("vitals keep their order, those of a newer agent follow", () => {
  const ok = { value: 1, level: "ok" } as const;
  const vitals = { zebra: ok, disk: ok, apple: ok, temperature: ok };
  assert.deepEqual(vitalNames(vitals), ["temperature", "disk", "apple", "zebra"]);
});

Deno.test("an incident has a length: its own, or the one so far", () => {
  const nowMs = Date.parse(AT) + 125_000;
  assert.equal(incidentLength(incident(1), nowMs), "2 min 5 s");
  const over = incident(1, { recovered_at: "2026-03-01T13:02:20.000Z" });
  assert.equal(incidentLength(over, nowMs), "9 s");
});

Deno.test("what became of a message is told in plain words", () => {
  assert.equal(deliveryText(delivery(1)), "waiting to be sent");
  assert.equal(deliveryText(delivery(1, { attempts: 2 })), "not sent yet, will be tried again");
  assert.equal(deliveryText(delivery(1, { state: "accepted" })), "accepted by the provider");
  assert.equal(deliveryText(delivery(1, { state: "accepted", channel: "print" })), "printed");
  assert.equal(deliveryText(delivery(1, { state: "refused" })), "refused");
  const undelivered = delivery(1, { state: "refused", reference: "SM1" });
  assert.equal(deliveryText(undelivered), "not delivered");
  assert.equal(deliveryText(delivery(1, { state: "merged" })), "part of another message");
  const expired = deliveryText(delivery(1, { state: "expired" }));
  assert.equal(expired, "sent, but nobody knows whether it arrived");
});

Deno.test("attempts are worth a word when there was more than the one that went well", () => {
  assert.equal(attemptsText(delivery(1)), undefined);
  assert.equal(attemptsText(delivery(1, { state: "accepted", attempts: 1 })), undefined);
  assert.equal(attemptsText(delivery(1, { state: "accepted", attempts: 3 })), "3 attempts");
  assert.equal(attemptsText(delivery(1, { state: "refused", attempts: 1 })), "1 attempt");
});

Deno.test("causes of an older hub are quoted, and channels of a newer one shown as they are", () => {
  assert.equal(causeText({ kind: "node", reason: "last_will" }), "the broker lost its connection");
  const meteor = { kind: "other", text: "meteor" } as const;
  assert.equal(causeText({ kind: "node", reason: meteor }), "meteor");
  assert.equal(routeText("twilio", "+49170"), "SMS to +49170");
  assert.equal(routeText("print", "+49170"), "Printed to the log for +49170");
  assert.equal(routeText("pigeon", ""), "pigeon");
});

Deno.test("a broker that drops messages is told with what to set, in each language", () => {
  const fault = incident(1, {
    kind: "hub",
    name: "messages_dropped",
    reason: "dropped_by_broker",
    cause: "dropped_by_broker",
  });
  assert.equal(subjectText(fault), "The broker's queue");
  assert.match(causeText(fault), /^the broker's queue is full: .*max_queued_messages/);
  speak("de");
  try {
    assert.equal(subjectText(fault), "Die Warteschlange des Brokers");
    assert.match(
      causeText(fault),
      /^die Warteschlange des Brokers ist voll: .*max_queued_messages/,
    );
  } finally {
    speak("en");
  }
});
