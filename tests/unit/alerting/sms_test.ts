import fc from "fast-check";
import assert from "node:assert/strict";
import { gsmText, smsParts } from "../../../core/alerting/sms.ts";

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

Deno.test("typography is written in the GSM alphabet", () => {
  const texts: readonly (readonly [string, string])[] = [
    ["Jo’s ‘Pi’ `x´", "Jo's 'Pi' 'x'"],
    ["“a” „b“ «c»", '"a" "b" "c"'],
    ["a – b — c‑d −5", "a - b - c-d -5"],
    ["and so on…", "and so on..."],
    ["2\u00a0×\u202f4", "2 x 4"],
    ["soft\u00adly \u200bbroken", "softly broken"],
  ];
  for (const [text, written] of texts) assert.equal(gsmText(text), written);
});

Deno.test("a text that stays expensive, or is cheap already, keeps its typography", () => {
  for (const text of ["Ёлка’s – Pi…", "🍓 “Pi”", "Café [€] ^ ~", "ê – no change of meaning"]) {
    assert.equal(gsmText(text), text);
  }
});

Deno.test("no text costs more by being written in the GSM alphabet, and none changes twice", () => {
  const unit = fc.constantFrom(..."aaaaaaÄ€…–’“\u00a0\u00ad[ж🍓");
  fc.assert(fc.property(fc.string({ unit, maxLength: 200 }), (text) => {
    const written = gsmText(text);
    assert.ok(smsParts(written).parts <= smsParts(text).parts, written);
    assert.equal(gsmText(written), written);
  }));
});
