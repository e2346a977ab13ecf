/** What the page says of deaths that somebody takes care of, and of buzzers that are quiet. */

import assert from "node:assert/strict";
import { careOf } from "../../../web/status/care.ts";
import { plainText } from "../../../web/status/verdict.ts";
import { AT, node, nodes, WELL } from "../../support/page/page_views.ts";

const LATER = "2026-03-01T14:02:11.000Z";
const JOHN = node("John Snow", "dead");
const ARYA = node("Arya", "dead");
const cared = { acknowledged: true };

function notes(...of: Parameters<typeof careOf>): readonly string[] {
  return careOf(...of).notes.map(plainText);
}

Deno.test("a death is nobody's until somebody acknowledges it, and then says so", () => {
  const nobody = careOf([JOHN, node("Bran")], WELL, AT);
  assert.deepEqual([nobody.down, nobody.uncared, nobody.notes], [[JOHN], [JOHN], []]);
  const somebody = careOf([{ ...JOHN, ...cared }], WELL, AT);
  assert.deepEqual(somebody.uncared, []);
  assert.deepEqual(somebody.notes.map(plainText), [
    "Acknowledged: no reminders and no buzzer until it is up again.",
  ]);
});

Deno.test("of several it says which are acknowledged, by name as long as these are few", () => {
  const some = [{ ...JOHN, ...cared }, ARYA];
  assert.deepEqual(careOf(some, WELL, AT).uncared, [ARYA]);
  assert.deepEqual(notes(some, WELL, AT), ["Acknowledged: John Snow."]);
  const both = [...some.slice(0, 1), { ...ARYA, ...cared }];
  assert.deepEqual(notes([...both, node("Bran", "dead")], WELL, AT), [
    "Acknowledged: Arya and John Snow.",
  ]);
  assert.deepEqual(notes(both, WELL, AT), [
    "All acknowledged: no reminders and no buzzer until they are up again.",
  ]);
  const many = nodes(4, "dead").map((one, index) => ({ ...one, acknowledged: index < 3 }));
  assert.deepEqual(notes(many, WELL, AT), ["3 of 4 acknowledged."]);
});

Deno.test("what may be down needs no care", () => {
  const { down } = careOf([{ ...JOHN, maintenance_until: LATER }], WELL, AT);
  assert.deepEqual(down, []);
});

Deno.test("silences that last are told with their end, those of Pis that are up are not", () => {
  const silences = [
    { node: null, since: AT, until: LATER },
    { node: "john-snow", since: AT, until: LATER },
    { node: "bran", since: AT, until: LATER },
    { node: "arya", since: AT, until: AT },
  ];
  const alarm = { ...WELL, silences };
  const told = notes([JOHN, ARYA, node("Bran")], alarm, AT);
  const later = { ...ARYA, since: "2026-03-01T13:30:00.000Z" };
  assert.deepEqual(careOf([JOHN, later], alarm, AT).loud, [later]);
  assert.deepEqual(careOf([JOHN, later], WELL, AT).loud.length, 2);
  assert.equal(told.length, 2);
  assert.match(
    told[0] ?? "",
    /^Silenced until \d\d:02 \(all Pis down since \d\d:02 or before\)\.$/,
  );
  assert.match(told[1] ?? "", /^John Snow is silenced until \d\d:02\.$/);
});
