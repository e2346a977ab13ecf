/** What a run says of its tests. */

import assert from "node:assert/strict";
import { Part, readReport, slowest, tableOf } from "../../../scripts/suite/report.ts";

/** As `deno test --junit-path` writes it. */
const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="3" failures="1" errors="0" time="22.969">
    <testsuite name="./tests/some_test.ts" tests="3" disabled="0" errors="0" failures="1">
        <testcase name="a &gt; b &amp; c" classname="./tests/some_test.ts" time="0.037" line="1" col="6">
        </testcase>
        <testcase name="slow" classname="./tests/some_test.ts" time="12.500" line="9" col="6">
            <failure message="no">no</failure>
        </testcase>
        <testcase name="left out" classname="./tests/some_test.ts" time="0.000" line="20" col="6">
            <skipped/>
        </testcase>
    </testsuite>
</testsuites>`;

Deno.test("a report's tests are read with their outcomes", () => {
  const file = "./tests/some_test.ts";
  assert.deepEqual(readReport(REPORT), [
    { name: "a > b & c", file, seconds: 0.037, outcome: "passed" },
    { name: "slow", file, seconds: 12.5, outcome: "failed" },
    { name: "left out", file, seconds: 0, outcome: "skipped" },
  ]);
});

Deno.test("the slowest tests come first, and no more of them than wanted", () => {
  const lines = slowest(readReport(REPORT), 2);
  assert.deepEqual(lines, [
    "  12.5 s  ./tests/some_test.ts => slow",
    "   0.0 s  ./tests/some_test.ts => a > b & c",
  ]);
});

Deno.test("each part tells what it took, and the last row is the whole", async () => {
  const printed: string[] = [];
  const unit = new Part("unit", (text) => printed.push(text));
  const ran = { success: true, output: "all is well\n", cpuMs: 2000 };
  for (let run = 0; run < 2; run++) await unit.time("some", () => Promise.resolve(ran));
  assert.equal(printed[0], "\n== unit: some\nall is well");
  assert.match(printed[1] ?? "", /^== ok, 0\.\d s, 2\.0 s of CPU$/);
  unit.count(readReport(REPORT));
  const rows = tableOf([unit, new Part("gpio")], 90_000).map((row) => row.trim().split(/\s{2,}/));
  assert.deepEqual(rows.map((row) => row.filter((_, index) => index < 4 || index === 5)), [
    ["passed", "failed", "wall", "in files"],
    ["unit", "1", "1", "0.0 s", "4.0 s"],
    ["gpio", "0", "0", "0.0 s", "0.0 s"],
    ["all", "1", "1", "90.0 s", "4.0 s"],
  ]);
});
