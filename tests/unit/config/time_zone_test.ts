import assert from "node:assert/strict";
import { isUniversalTime, parseTimeZone } from "../../../core/config/value/time_zone.ts";

Deno.test("a time zone is a name of the IANA database, in any letter case", () => {
  for (
    const [text, zone] of [
      ["Europe/Berlin", "Europe/Berlin"],
      ["europe/berlin", "Europe/Berlin"],
      ["UTC", "UTC"],
      ["utc", "UTC"],
    ] as const
  ) assert.deepEqual(parseTimeZone(text), { ok: true, value: zone });
});

Deno.test("an unknown time zone is an issue with a suggestion", () => {
  const expected = (text: string) => {
    const parsed = parseTimeZone(text);
    return parsed.ok ? parsed.value : parsed.expected;
  };
  const example = "a time zone such as Europe/Berlin or UTC";
  assert.equal(expected("Europe/Berlni"), `${example} (did you mean Europe/Berlin?)`);
  assert.equal(expected("berlin"), `${example} (did you mean Europe/Berlin?)`);
  for (const text of ["", "+02:00", "x".repeat(300), "\u0000", "here"]) {
    assert.equal(expected(text), example, text);
  }
});

Deno.test("all names of UTC are recognised", () => {
  for (const zone of ["UTC", "Etc/UTC", "Etc/GMT", "GMT", "Zulu"]) assert.ok(isUniversalTime(zone));
  for (const zone of ["Europe/London", "Etc/GMT+1", "Africa/Abidjan"]) {
    assert.ok(!isUniversalTime(zone));
  }
});
