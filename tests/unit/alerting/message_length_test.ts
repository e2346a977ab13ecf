/** Messages fit one SMS: what gives way, and what never does. */

import assert from "node:assert/strict";
import { alertText } from "../../../core/alerting/message/message.ts";
import { smsParts } from "../../../core/alerting/sms.ts";
import {
  alertOf,
  back,
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

Deno.test("twenty deaths fit one SMS: names give way, the number does not", () => {
  const found = textOf(TWENTY.map((name, index) => down(name, index * 1000)));
  assert.match(found, /^20 Pis are down: John Snow 1, Khal Drogo 2, .* and 1\d more\. Last heard/);
  assert.equal(smsParts(found).parts, 1);
});

Deno.test("when both do not fit, the recovery loses its details before a death does", () => {
  const found = textOf([
    down("Daenerys of the House Targaryen"),
    back("Brienne of the House Tarth, Evenstar", FIVE_MIN_3_S),
  ]);
  assert.equal(
    found,
    "Daenerys of the House Targaryen is down. Last heard 14:02:11, silent for 14 s. " +
      "Brienne of the House Tarth, Evenstar is up again after 5 min 3 s.",
  );
});

Deno.test("when sentences do not fit, what matters least is counted", () => {
  const found = textOf([
    ...["A", "B", "C"].map((name) => rebooted(name)),
    ...["D", "E"].map((name) => back(name, 1000)),
    back("F", 1000, { wasTold: false }),
    stable("G", "left"),
    flapping("Khal Drogo"),
    stillDown("Arya Stark"),
    down("John Snow"),
    { kind: "uplink_back", channel: "webhook", sinceMs: HEARD_MS, endedAtMs: HEARD_MS + 1000 },
  ]);
  assert.equal(
    found,
    "John Snow is down. Arya Stark is still down. Khal Drogo is flapping. " +
      "2 Pis are up again: D, E. Also: 1 up again, 3 rebooted, 1 stopped, the webhook back.",
  );
});

Deno.test("when even the counts do not fit, what matters least is left out, and the text says so", () => {
  const times = { sinceMs: HEARD_MS, endedAtMs: HEARD_MS + 1000 };
  const found = textOf([
    down("A"),
    stillDown("B"),
    flapping("C"),
    back("D", 1000),
    rebooted("E"),
    stable("F", "left"),
    ...["telegram", "webhook", "twilio", "email", "pushover", "gotify", "ntfy", "slack", "discord"]
      .map((channel) => ({ kind: "uplink_back" as const, channel, ...times })),
  ]);
  assert.match(
    found,
    /^In short: 1 down, 1 still down, 1 flapping, 1 up again, 1 rebooted, 1 stopped, .*, and more\.$/,
  );
  assert.equal(smsParts(found).parts, 1);
});

Deno.test("a very long name is cut in the middle, so that the times and its number remain", () => {
  const found = textOf([down(`raspberry-${"x".repeat(300)}-17`)]);
  assert.match(found, /^raspberry-x+\.\.\.x-17 is down\. Last heard 14:02:11, silent for 14 s\.$/);
  assert.equal(smsParts(found).parts, 1);
});

Deno.test("a name outside of the GSM alphabet halves the room, and the text still fits", () => {
  const found = textOf([down("Ёлка ".repeat(12))]);
  assert.match(found, /^Ёлка.*\.\.\..* is down\. Last heard 14:02:11, silent for 14 s\.$/);
  assert.deepEqual([smsParts(found).alphabet, smsParts(found).parts], ["ucs2", 1]);
});

Deno.test("typography in a name costs nothing", () => {
  const found = textOf([down("Jo’s “Pi” – cellar…"), down("Mu\u0308ller")]);
  assert.match(found, /^2 Pis are down: Jo's "Pi" - cellar\.\.\., Müller\. Last heard/);
  assert.equal(smsParts(found).alphabet, "gsm7");
});

Deno.test("half a character in a name does not reach the provider", () => {
  assert.ok(textOf([down("Pi \ud83c!")]).isWellFormed());
});

Deno.test("spaces of a foreign time format do not cost half the SMS", () => {
  const found = alertText(alertOf([down("John Snow")]), () => "2:02:11\u202fPM");
  assert.match(found, /Last heard 2:02:11 PM,/);
  assert.equal(smsParts(found).alphabet, "gsm7");
});
