/** The page says of each indication what the table of indications says. */

import assert from "node:assert/strict";
import type { IndicationKind } from "../../../core/alarm/indication.ts";
import { describeIndication, INDICATIONS } from "../../../core/alarm/indicator.ts";
import { alarmTexts } from "../../../web/texts/alarm.ts";

Deno.test("the page has the words of every indication, in English those of the table", () => {
  const kinds = Object.keys(INDICATIONS);
  assert.deepEqual(Object.keys(alarmTexts).sort(), [...kinds].sort());
  const said = (kind: IndicationKind): string => alarmTexts[kind].en;
  for (const kind of kinds.filter(isKind)) assert.equal(said(kind), describeIndication(kind));
});

function isKind(text: string): text is IndicationKind {
  return Object.hasOwn(INDICATIONS, text);
}
