import assert from "node:assert/strict";
import fc from "fast-check";
import type { Alert, DownNotice, RecoveryNotice } from "../../core/alert.ts";
import { alertText, durationText } from "../../core/message.ts";
import { smsParts } from "../../core/sms.ts";

/** 14:02:11 of a day in UTC; the tests' reader lives in UTC. */
const HEARD_MS = Date.UTC(2026, 10, 22, 14, 2, 11);

function clock(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 19);
}

function down(name: string, heard: number | undefined = 0): DownNotice {
  const lastHeardMs = heard === undefined ? undefined : HEARD_MS + heard;
  const node = name.toLowerCase().replace(/\W+/g, "-");
  return { node, name, diedAtMs: HEARD_MS + 5_000, lastHeardMs, cause: "silence" };
}

function back(name: string, afterMs: number, now: RecoveryNotice["now"] = "alive"): RecoveryNotice {
  const { cause: _, ...notice } = down(name);
  return { ...notice, recoveredAtMs: HEARD_MS + afterMs, now };
}

function alert(
  down: readonly DownNotice[],
  recovered: readonly RecoveryNotice[] = [],
  afterMs = 14_000,
): Alert {
  return { kind: "alert", down, recovered, atMs: HEARD_MS + afterMs };
}

function text(...parts: Parameters<typeof alert>): string {
  return alertText(alert(...parts), clock);
}

const NAMES = ["John Snow", "Khal Drogo", "Arya Stark"];
const TWENTY = Array.from({ length: 20 }, (_, index) => `${NAMES[index % 3]} ${index + 1}`);
const FIVE_MIN_3_S = 303_000;

Deno.test("one death tells who, last heard when, and silent for how long", () => {
  assert.equal(
    text([down("John Snow")]),
    "John Snow is down. Last heard 14:02:11, silent for 14 s.",
  );
});

Deno.test("a death without any sign of life says so", () => {
  const { lastHeardMs: _, ...rest } = down("John Snow");
  assert.equal(
    text([{ ...rest, lastHeardMs: undefined }]),
    "John Snow is down. Not heard since the hub started watching.",
  );
});

Deno.test("several deaths share one text", () => {
  assert.equal(
    text(NAMES.map((name, index) => down(name, index * 1000))),
    "3 Pis are down: John Snow, Khal Drogo, Arya Stark. Last heard 14:02:11 to 14:02:13.",
  );
});

Deno.test("several deaths at one moment name it once, and count who was never heard", () => {
  const unheard = { ...down("Arya Stark"), lastHeardMs: undefined };
  assert.equal(
    text([down("John Snow"), down("Khal Drogo"), unheard]),
    "3 Pis are down: John Snow, Khal Drogo, Arya Stark. Last heard 14:02:11, 1 of them never.",
  );
});

Deno.test("twenty deaths fit one SMS: names give way, the number does not", () => {
  const found = text(TWENTY.map((name, index) => down(name, index * 1000)));
  assert.match(found, /^20 Pis are down: John Snow 1, Khal Drogo 2, .* and 1\d more\. Last heard/);
  assert.equal(smsParts(found).parts, 1);
});

Deno.test("a recovery tells how long it took, from the last sign of life on", () => {
  assert.equal(
    text([], [back("John Snow", FIVE_MIN_3_S)]),
    "John Snow is up again after 5 min 3 s. It was down from 14:02:11 to 14:07:14.",
  );
});

Deno.test("a node that came back only to be stopped is not called up", () => {
  assert.equal(
    text([], [back("John Snow", FIVE_MIN_3_S, "left")]),
    "John Snow is now stopped, after 5 min 3 s down. It was down from 14:02:11 to 14:07:14.",
  );
});

Deno.test("several recoveries share one text", () => {
  assert.equal(
    text([], NAMES.map((name, index) => back(name, FIVE_MIN_3_S - index * 1000))),
    "3 Pis are up again: John Snow, Khal Drogo, Arya Stark. " +
      "They were down for up to 5 min 3 s, from 14:02:11 to 14:07:14.",
  );
});

Deno.test("deaths and recoveries share one text, deaths first", () => {
  assert.equal(
    text([down("John Snow")], [back("Khal Drogo", FIVE_MIN_3_S)]),
    "John Snow is down. Last heard 14:02:11, silent for 14 s. " +
      "Khal Drogo is up again after 5 min 3 s. It was down from 14:02:11 to 14:07:14.",
  );
});

Deno.test("when both do not fit, the recovery loses its details before a death does", () => {
  const found = text([down("Daenerys of the House Targaryen")], [
    back("Brienne of the House Tarth, Evenstar", FIVE_MIN_3_S),
  ]);
  assert.equal(
    found,
    "Daenerys of the House Targaryen is down. Last heard 14:02:11, silent for 14 s. " +
      "Brienne of the House Tarth, Evenstar is up again after 5 min 3 s.",
  );
});

Deno.test("a very long name is cut so that the times remain", () => {
  const found = text([down("x".repeat(300))]);
  assert.match(found, /^x+\.\.\. is down\. Last heard 14:02:11, silent for 14 s\.$/);
  assert.equal(smsParts(found).parts, 1);
});

Deno.test("a name outside of the GSM alphabet halves the room, and the text still fits", () => {
  const found = text([down("Ёлка ".repeat(12))]);
  assert.match(found, /^Ёлка.*\.\.\. is down\. Last heard 14:02:11, silent for 14 s\.$/);
  assert.deepEqual([smsParts(found).alphabet, smsParts(found).parts], ["ucs2", 1]);
});

Deno.test("a name cannot forge a second message", () => {
  const found = text([down("Pi\r\n\u2028\u202eAll is well\u0000\u0007")]);
  assert.equal(found, "Pi All is well is down. Last heard 14:02:11, silent for 14 s.");
});

Deno.test("a name of nothing but control characters gives way to the id", () => {
  assert.match(text([{ ...down("pi-7"), name: "\u0000\n" }]), /^pi-7 is down\./);
});

Deno.test("spaces of a foreign time format do not cost half the SMS", () => {
  const found = alertText(alert([down("John Snow")]), () => "2:02:11\u202fPM");
  assert.match(found, /Last heard 2:02:11 PM,/);
  assert.equal(smsParts(found).alphabet, "gsm7");
});

Deno.test("SMS are counted in septets, escapes twice, or in UTF-16 units", () => {
  const count = (text: string) => smsParts(text);
  assert.deepEqual(count(""), { alphabet: "gsm7", units: 0, parts: 1 });
  assert.deepEqual(count("a".repeat(160)), { alphabet: "gsm7", units: 160, parts: 1 });
  assert.deepEqual(count("a".repeat(161)), { alphabet: "gsm7", units: 161, parts: 2 });
  assert.deepEqual(count("€".repeat(80)), { alphabet: "gsm7", units: 160, parts: 1 });
  assert.deepEqual(count("[".repeat(81)), { alphabet: "gsm7", units: 162, parts: 2 });
  assert.deepEqual(count("äöüßñ@£"), { alphabet: "gsm7", units: 7, parts: 1 });
  assert.deepEqual(count("Ж".repeat(70)), { alphabet: "ucs2", units: 70, parts: 1 });
  assert.deepEqual(count("🍓".repeat(36)), { alphabet: "ucs2", units: 72, parts: 2 });
  assert.deepEqual(count("`"), { alphabet: "ucs2", units: 1, parts: 1 });
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

/** Names as people and strangers make them: any characters, up to the 64 that a birth may carry. */
const anyName = fc.oneof(
  fc.string({ unit: "grapheme-ascii", maxLength: 64 }),
  fc.string({ unit: "binary", maxLength: 64 }),
);
const anyHeard = fc.option(fc.integer({ min: -1e9, max: 4_000 }), { nil: undefined });
const anyDown = fc.array(
  fc.tuple(anyName, anyHeard).map(([name, heard]) => ({ ...down(name, heard), node: "pi-1" })),
  { maxLength: 60 },
);
const anyNow = fc.constantFrom<RecoveryNotice["now"]>("alive", "left");
const anyRecovered = fc.array(
  fc.tuple(anyName, fc.integer({ min: 5_000, max: 2 ** 31 }), anyNow)
    .map(([name, afterMs, now]) => ({ ...back(name, afterMs, now), node: "pi-2" })),
  { maxLength: 60 },
);

Deno.test("any deaths, or any recoveries of one kind, fit one SMS on one line", () => {
  fc.assert(fc.property(anyDown, anyRecovered, anyNow, (down, recovered, now) => {
    const ofOneKind = recovered.map((notice) => ({ ...notice, now }));
    for (const one of [alert(down), alert([], ofOneKind)]) {
      if (one.down.length + one.recovered.length === 0) continue;
      const found = alertText(one, clock);
      assert.equal(smsParts(found).parts, 1, found);
      assert.doesNotMatch(found, /[\p{Cc}\p{Zl}\p{Zp}]|^ | $/u);
    }
  }));
});

Deno.test("deaths, recoveries and stops together take three parts at the most and count every death", () => {
  fc.assert(fc.property(anyDown, anyRecovered, (down, recovered) => {
    fc.pre(down.length > 1 && recovered.length > 0);
    const found = alertText(alert(down, recovered), clock);
    assert.ok(smsParts(found).parts <= 3, found);
    assert.ok(found.startsWith(`${down.length} Pis are down: `), found);
  }));
});
