import assert from "node:assert/strict";
import { durationText } from "../../../core/alerting/message/duration_text.ts";
import { alertText } from "../../../core/alerting/message/message.ts";
import { smsParts } from "../../../core/alerting/sms.ts";
import {
  alertOf,
  back,
  clock,
  down,
  flapping,
  HEARD_MS,
  rebooted,
  stable,
  stillDown,
  textOf,
} from "../../support/alerting/alert_items.ts";

const NAMES = ["John Snow", "Khal Drogo", "Arya Stark"];
const TWENTY = Array.from({ length: 20 }, (_, index) => `${NAMES[index % 3]} ${index + 1}`);
const FIVE_MIN_3_S = 303_000;
const SIX_MIN_9_S = 369_000;
const FOUR_H_2_MIN = 14_520_000;
const NOT_BACK = "not_back";

Deno.test("one death tells who, last heard when, and silent for how long", () => {
  assert.equal(
    textOf([down("John Snow")]),
    "John Snow is down. Last heard 14:02:11, silent for 14 s.",
  );
});

Deno.test("a death without any sign of life says so", () => {
  assert.equal(
    textOf([{ ...down("John Snow"), lastHeardMs: undefined }]),
    "John Snow is down. Not heard since the hub started watching.",
  );
});

Deno.test("several deaths share one text", () => {
  assert.equal(
    textOf(NAMES.map((name, index) => down(name, index * 1000))),
    "3 Pis are down: John Snow, Khal Drogo, Arya Stark. Last heard 14:02:11 to 14:02:13.",
  );
});

Deno.test("several deaths at one moment name it once, and count who was never heard", () => {
  const unheard = { ...down("Arya Stark"), lastHeardMs: undefined };
  assert.equal(
    textOf([down("John Snow"), down("Khal Drogo"), unheard]),
    "3 Pis are down: John Snow, Khal Drogo, Arya Stark. Last heard 14:02:11, 1 of them never.",
  );
});

Deno.test("who did not come back from a reboot is told as such, apart from who is just silent", () => {
  const [snow, drogo, arya] = NAMES.map((name) => ({ ...down(name), cause: NOT_BACK } as const));
  assert.ok(snow !== undefined && drogo !== undefined && arya !== undefined);
  assert.equal(
    textOf([snow]),
    "John Snow did not come back from a reboot. Last heard 14:02:11, silent for 14 s.",
  );
  assert.equal(
    textOf([snow, drogo, down("Arya Stark")]),
    "Arya Stark is down. Last heard 14:02:11, silent for 14 s. " +
      "2 Pis did not come back from a reboot: John Snow, Khal Drogo. Last heard 14:02:11.",
  );
});

Deno.test("who did not come back after a farewell of another reason is told in its own words", () => {
  const [snow, drogo] = NAMES.map((name) => ({ ...down(name), cause: "not_started" } as const));
  assert.ok(snow !== undefined && drogo !== undefined);
  assert.equal(
    textOf([snow]),
    "John Snow did not come back from a restart of its agent. " +
      "Last heard 14:02:11, silent for 14 s.",
  );
  assert.equal(
    textOf([snow, drogo]),
    "2 Pis did not come back from a restart of their agents: John Snow, Khal Drogo. " +
      "Last heard 14:02:11.",
  );
  assert.equal(
    textOf([{ ...snow, cause: "not_returned" }]),
    "John Snow did not come back after it stopped. Last heard 14:02:11, silent for 14 s.",
  );
});

Deno.test("a group that dies as a whole is one incident that names the group", () => {
  const names = ["A", "B", "C", "D"];
  const items = names.map((name, index) => down(name, index === 0 ? -1000 : 0));
  const common = { group: "attic", nodes: ["a", "b", "c", "d"], of: 4 };
  assert.equal(
    textOf(items, { common }),
    "All 4 Pis of attic are down at once: A, B, C, D. Last heard 14:02:10 to 14:02:11.",
  );
  assert.equal(
    textOf(items.slice(0, 3), { common }),
    "3 of 4 Pis of attic are down at once: A, B, C. Last heard 14:02:10 to 14:02:11.",
  );
});

Deno.test("most of the cluster down at once is one incident, and who else died is told after it", () => {
  const nodes = Array.from({ length: 8 }, (_, index) => `pi-${index + 1}`);
  const items = [...nodes.map((name) => down(name)), down("Arya Stark", -60_000)];
  assert.equal(
    textOf(items, { common: { group: undefined, nodes, of: 10 } }),
    "8 of 10 Pis are down at once: pi-1, pi-2, pi-3, pi-4, pi-5, pi-6, pi-7, pi-8. " +
      "Last heard 14:02:11. Arya Stark is down, last heard 14:01:11.",
  );
});

Deno.test("a common cause of which one death is left is told as a death", () => {
  const common = { group: "attic", nodes: ["john-snow", "khal-drogo"], of: 2 };
  assert.equal(
    textOf([down("John Snow")], { common }),
    "John Snow is down. Last heard 14:02:11, silent for 14 s.",
  );
});

Deno.test("a reminder tells since when", () => {
  const later = { atMs: HEARD_MS + FOUR_H_2_MIN };
  assert.equal(
    textOf([stillDown("John Snow")], later),
    "John Snow is still down, since 14:02:11 (4 h 2 min).",
  );
  assert.equal(
    textOf([stillDown("John Snow"), stillDown("Khal Drogo", 1000)], later),
    "2 Pis are still down, the first since 14:02:11 (4 h 2 min): John Snow, Khal Drogo.",
  );
  assert.equal(
    textOf([stillDown("John Snow"), stillDown("Khal Drogo")], later),
    "2 Pis are still down, since 14:02:11 (4 h 2 min): John Snow, Khal Drogo.",
  );
});

Deno.test("a recovery tells how long it took, from the last sign of life on", () => {
  assert.equal(
    textOf([back("John Snow", FIVE_MIN_3_S)]),
    "John Snow is up again after 5 min 3 s. It was down from 14:02:11 to 14:07:14.",
  );
});

Deno.test("a node that came back only to be stopped is not called up", () => {
  const now = "left";
  assert.equal(
    textOf([back("John Snow", FIVE_MIN_3_S, { now })]),
    "John Snow is now stopped, after 5 min 3 s down. It was down from 14:02:11 to 14:07:14.",
  );
  assert.equal(
    textOf([back("John Snow", SIX_MIN_9_S, { now, wasTold: false, rebooted: true })]),
    "John Snow was down from 14:02:11 to 14:08:20 (6 min 9 s) and is now stopped.",
  );
});

Deno.test("several recoveries share one text", () => {
  assert.equal(
    textOf(NAMES.map((name, index) => back(name, FIVE_MIN_3_S - index * 1000))),
    "3 Pis are up again: John Snow, Khal Drogo, Arya Stark. " +
      "They were down for up to 5 min 3 s, from 14:02:11 to 14:07:14.",
  );
});

Deno.test("a death that is over before anybody was told is one sentence", () => {
  const facts = { wasTold: false };
  assert.equal(
    textOf([back("John Snow", SIX_MIN_9_S, facts)]),
    "John Snow was down from 14:02:11 to 14:08:20 (6 min 9 s) and is up again.",
  );
  assert.equal(
    textOf([back("John Snow", SIX_MIN_9_S, facts), back("Khal Drogo", 1000, facts)]),
    "2 Pis were down and are up again: John Snow, Khal Drogo. " +
      "They were down for up to 6 min 9 s, from 14:02:11 to 14:08:20.",
  );
});

Deno.test("a recovery says that it was an unexpected reboot where there is room", () => {
  const facts = { rebooted: true };
  assert.equal(
    textOf([back("John Snow", FIVE_MIN_3_S, facts)]),
    "John Snow is up again after 5 min 3 s. It was down from 14:02:11 to 14:07:14. " +
      "It came back after an unexpected reboot.",
  );
  const two = [back("A", 1000, facts), back("B", 1000, facts)];
  assert.match(textOf(two), / 14:02:12\. They came back after unexpected reboots\.$/);
  const one = textOf([...two.slice(1), back("C", 1000)]);
  assert.match(one, / 14:02:12\. 1 of them came back after an unexpected reboot\.$/);
  assert.doesNotMatch(textOf(TWENTY.map((name) => back(name, 1000, facts))), /reboot/);
});

Deno.test("an unexpected reboot is told though the node never counted as down", () => {
  assert.equal(
    textOf([rebooted("John Snow")]),
    "John Snow came back after an unexpected reboot at 14:02:51. It was silent for 40 s.",
  );
  assert.equal(
    textOf([{ ...rebooted("John Snow"), lastHeardMs: undefined }]),
    "John Snow came back after an unexpected reboot at 14:02:51.",
  );
  assert.equal(
    textOf(["A", "B", "C", "D"].map((name) => rebooted(name))),
    "4 Pis came back after unexpected reboots: A, B, C, D.",
  );
});

Deno.test("flapping is told once, with what follows from it", () => {
  assert.equal(
    textOf([flapping("John Snow")]),
    "John Snow is flapping: 6 changes since 14:02:11. No more messages about it until it is stable.",
  );
  assert.equal(
    textOf([flapping("John Snow"), flapping("Khal Drogo")]),
    "2 Pis are flapping: John Snow, Khal Drogo. No more messages about them until they are stable.",
  );
});

Deno.test("the end of flapping tells how the node is now", () => {
  assert.equal(
    textOf([stable("John Snow")]),
    "John Snow is stable again: up since 14:30:00, after 20 changes.",
  );
  assert.equal(
    textOf([stable("John Snow", "left")]),
    "John Snow is stable again: stopped since 14:30:00, after 20 changes.",
  );
  assert.equal(
    textOf([stable("John Snow", "dead")]),
    "John Snow stopped flapping and is down since 14:30:00, after 20 changes.",
  );
  const six = (["alive", "left", "dead"] as const).flatMap((now) => [
    stable(`${now} 1`, now),
    stable(`${now} 2`, now),
  ]);
  assert.equal(
    textOf(six),
    "2 Pis stopped flapping and are down: dead 1, dead 2. " +
      "2 Pis are stable again and up: alive 1, alive 2. " +
      "2 Pis are stable again and stopped: left 1, left 2.",
  );
});

Deno.test("deaths and recoveries share one text, deaths first", () => {
  assert.equal(
    textOf([back("Khal Drogo", FIVE_MIN_3_S), down("John Snow")]),
    "John Snow is down. Last heard 14:02:11, silent for 14 s. " +
      "Khal Drogo is up again after 5 min 3 s. It was down from 14:02:11 to 14:07:14.",
  );
});

Deno.test("a late message says so, and does not claim to know how long it lasts by now", () => {
  const late = { sentAtMs: HEARD_MS + 14_000 + 60_001 };
  assert.equal(
    alertText(alertOf([down("John Snow")]), clock, late),
    "John Snow is down. Last heard 14:02:11. Delivered late.",
  );
  assert.equal(
    alertText(alertOf([stillDown("John Snow")]), clock, late),
    "John Snow is still down, since 14:02:11. Delivered late.",
  );
  assert.equal(
    alertText(alertOf([back("John Snow", SIX_MIN_9_S, { wasTold: false })]), clock, late),
    "John Snow was down from 14:02:11 to 14:08:20 (6 min 9 s) and is up again. Delivered late.",
  );
  const full = alertText(alertOf(TWENTY.map((name) => down(name))), clock, late);
  assert.match(full, /and \d+ more\. Last heard 14:02:11\. Delivered late\.$/);
  assert.equal(smsParts(full).parts, 1);
});

Deno.test("a message that is only in the hub's memory says so, within one SMS", () => {
  const unsaved = { isUnsaved: true };
  assert.equal(
    alertText(alertOf([down("John Snow")]), clock, unsaved),
    "John Snow is down. Last heard 14:02:11, silent for 14 s. " +
      "Not saved yet: the hub's disk does not answer.",
  );
  const full = alertText(alertOf(TWENTY.map((name) => down(name))), clock, unsaved);
  assert.match(full, /and \d+ more\..* Not saved yet: the hub's disk does not answer\.$/);
  assert.equal(smsParts(full).parts, 1);
});

Deno.test("a message that was sent within a minute is not late", () => {
  const found = alertText(alertOf([down("John Snow")]), clock, {
    sentAtMs: HEARD_MS + 14_000 + 60_000,
  });
  assert.equal(found, "John Snow is down. Last heard 14:02:11, silent for 14 s.");
});

Deno.test("a name cannot forge a second message", () => {
  const found = textOf([down("Pi\r\n\u2028\u202eAll is well\u0000\u0007")]);
  assert.equal(found, "Pi All is well is down. Last heard 14:02:11, silent for 14 s.");
});

Deno.test("a name in which there is nothing to see gives way to the id", () => {
  for (const name of ["", "\u0000\n", "\u200b\u2060", "\u3164"]) {
    assert.match(textOf([{ ...down("pi-7"), name }]), /^pi-7 is down\./);
  }
});

Deno.test("lengths of time are told by their two largest units", () => {
  const seconds: readonly (readonly [number, string])[] = [
    [-5, "0 s"],
    [0, "0 s"],
    [14, "14 s"],
    [59.6, "1 min"],
    [303, "5 min 3 s"],
    [3600, "1 h"],
    [7500, "2 h 5 min"],
    [86_400 * 3 + 3600 * 4 + 59, "3 d 4 h"],
  ];
  for (const [length, words] of seconds) assert.equal(durationText(length * 1000), words);
});
