/** The test suite itself: tests wait longer on a slower machine, and the soak runs long tests completely. */

import assert from "node:assert/strict";
import { PROJECT } from "../../../scripts/project.ts";
import { filesOf, STARTED_FIRST } from "../../../scripts/suite/files.ts";
import { TEST_KINDS } from "../../../scripts/suite/kinds.ts";
import { readTimes } from "../../../scripts/suite/run.ts";
import { readSourceFiles } from "../../support/program/source_files.ts";

const PRINT = `
  import { patience, quick, scaled } from "./tests/support/time/patience.ts";
  console.log(patience(100), scaled(100), quick(100));
`;

async function told(given: Readonly<Record<string, string>>): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", "--ext=ts", PRINT],
    cwd: PROJECT,
    env: given,
    stderr: "inherit",
  }).output();
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("what a run has measured scales every wait of its tests", async () => {
  assert.equal(await told({ TEST_SLOWNESS: "2.50" }), "750 250 250ms");
});

Deno.test("a test that runs alone measures the machine itself", async () => {
  const [patient = "", scaled = ""] = (await told({ TEST_SLOWNESS: "" })).split(" ");
  assert.ok(Number(scaled) >= 100, scaled);
  assert.equal(Number(patient), 3 * Number(scaled));
});

Deno.test("whatever plays a part of itself in other runs is whole in the soak", async () => {
  const soaked = TEST_KINDS.flatMap(({ soak }) => soak.flatMap(({ paths }) => paths));
  const isSized = ({ imports }: { readonly imports: readonly string[] }) =>
    imports.some((name) => name.endsWith("/support/program/tier.ts"));
  const sized = (await readSourceFiles()).filter(isSized).map(({ path }) => path)
    .filter((path) => path.endsWith("_test.ts"));
  assert.ok(sized.length > 3, sized.join(", "));
  const left = sized.filter((path) => !soaked.some((place) => path.startsWith(place)));
  assert.deepEqual(left, []);
});

Deno.test("a run starts each file of tests once, those that take long before the others", async () => {
  const started = TEST_KINDS.flatMap(({ runs }) => runs.flatMap(filesOf));
  const soaked = new Set(TEST_KINDS.flatMap(({ soak }) => soak.flatMap(filesOf)));
  const inSoakAlone = [...soaked].filter((path) => !started.includes(path));
  const all = (await readSourceFiles()).map(({ path }) => path)
    .filter((path) => path.startsWith("tests/") && path.endsWith("_test.ts"));
  assert.deepEqual([...started, ...inSoakAlone].toSorted(), all.toSorted());
  assert.deepEqual(STARTED_FIRST.filter((path) => !started.includes(path)), []);
});

Deno.test("what a command and all that it started took is read from the shell", () => {
  assert.equal(readTimes("0m0.01s 0m0.00s\n1m2.50s 0m0.250s\n"), 62_760);
});
