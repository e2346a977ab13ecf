/** The texts of the page: complete in every language, and in the language of the reader. */

import assert from "node:assert/strict";
import { BLINDNESSES } from "../../../core/detection/blindness.ts";
import { LIVENESS_WORDS } from "../../../core/detection/liveness.ts";
import { VITAL_KINDS } from "../../../core/protocol/vitals.ts";
import { verdictOf } from "../../../web/status/verdict.ts";
import { FURTHER_AREAS } from "../../../web/texts/further/further.ts";
import { livenessTexts } from "../../../web/texts/liveness.ts";
import type { Area, Phrase } from "../../../web/language/phrase.ts";
import { AREAS, languageOf, pieces, speak, text } from "../../../web/texts/texts.ts";
import { vitalTexts } from "../../../web/texts/vital.ts";
import { warningsOf } from "../../../web/words/node_warnings.ts";
import { AT, node, nodes, view } from "../../support/page/page_views.ts";

/** Tells what is said in German, and leaves English as it was for other tests. */
function inGerman<Result>(tell: () => Result): Result {
  speak("de");
  try {
    return tell();
  } finally {
    speak("en");
  }
}

Deno.test("every text is there in each language, and needs the same values in each", () => {
  const areas: Readonly<Record<string, Area>> = { ...AREAS, ...FURTHER_AREAS };
  const wrong = Object.entries(areas).flatMap(([area, texts]) =>
    Object.entries(texts).flatMap(([key, phrase]) => {
      const isGood = wordings(phrase, "en").every((wording) => wording.trim() !== "") &&
        wordings(phrase, "de").every((wording) => wording.trim() !== "") &&
        slots(phrase, "en") === slots(phrase, "de");
      return isGood ? [] : [`${area}.${key}`];
    })
  );
  assert.deepEqual(wrong, []);
});

Deno.test("the page uses the words of log and messages for states and vitals", () => {
  for (const [liveness, word] of Object.entries(LIVENESS_WORDS)) {
    const found = Object.entries(livenessTexts).find(([key]) => key === liveness)?.[1].en;
    assert.equal(found, word, liveness);
  }
  for (const [vital, { label }] of Object.entries(VITAL_KINDS)) {
    const found = Object.entries(vitalTexts).find(([key]) => key === vital)?.[1].en;
    assert.equal(found, label, vital);
  }
});

Deno.test("a reader gets the first of his languages that the page speaks", () => {
  assert.equal(languageOf(["de-AT", "en"]), "de");
  assert.equal(languageOf(["fr", "de"]), "de");
  assert.equal(languageOf(["en-US", "de"]), "en");
  assert.equal(languageOf(["dsb", "fr"]), "en");
  assert.equal(languageOf([]), "en");
});

Deno.test("values stand in their places, numbers choose their form, and names stay pieces", () => {
  assert.equal(text("history.attempts", { count: 1 }), "1 attempt");
  assert.equal(text("history.attempts", { count: 3 }), "3 attempts");
  const name = { name: "{count}" };
  assert.deepEqual(pieces("verdict.down", { who: name, count: 1 }), [name, " is down"]);
  assert.equal(text("shell.lostHint", { address: "/{address}" }).includes("/{address}"), true);
});

Deno.test("the verdict is told in German", () => {
  const said = (of: Parameters<typeof view>[0]) =>
    inGerman(() => verdictOf(view(of), { kind: "live" }).spoken);
  assert.equal(said(nodes(6, "alive")), "Alle 6 Pis laufen");
  assert.equal(
    said([node("John Snow", "dead"), ...nodes(3, "alive")]),
    "John Snow ist ausgefallen",
  );
  assert.equal(said(nodes(3, "unknown")), "Keiner der 3 Pis wurde bisher gehört");
  assert.equal(
    said([...nodes(3, "alive"), node("Bran", "left")]),
    "Alle 3 Pis laufen, 1 absichtlich angehalten",
  );
});

Deno.test("why the hub is blind, and a duplicate id, are told in each language", () => {
  for (const code of BLINDNESSES) {
    const tell = () => text(`verdict.blind_${code}`);
    assert.notEqual(inGerman(tell), tell());
  }
  const bran = node("Bran", "alive", {
    warning_codes: [{ kind: "duplicate_id", serials: ["1", "2"] }],
  });
  const tell = () => warningsOf(bran, AT).join();
  assert.equal(tell(), 'Two machines claim to be "bran" (serial numbers 1, 2)');
  assert.match(inGerman(tell), /^Zwei Maschinen .*„bran“.*1, 2/);
});

function wordings(phrase: Phrase, language: "en" | "de"): readonly string[] {
  const wording = phrase[language];
  return typeof wording === "string" ? [wording] : [wording.one, wording.other];
}

/** The names of a text's values; the form for one may leave its number out. */
function slots(phrase: Phrase, language: "en" | "de"): string {
  const last = wordings(phrase, language).at(-1) ?? "";
  return [...new Set(last.match(/\{\w+\}/g) ?? [])].sort().join();
}
