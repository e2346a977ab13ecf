/** The test suite itself: tests wait longer on a slower machine, and the soak runs long tests completely. */

import assert from "node:assert/strict";
import { PROJECT } from "../../../scripts/project.ts";
import { filesOf, STARTED_FIRST } from "../../../scripts/suite/files.ts";
import { TEST_KINDS } from "../../../scripts/suite/kinds.ts";
import { ON_NODE } from "../../../scripts/suite/node_kind.ts";
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
  const once = TEST_KINDS.flatMap(({ runs }) => runs.filter(({ runtime }) => runtime !== "node"));
  const started = once.flatMap(filesOf);
  const soaked = new Set(TEST_KINDS.flatMap(({ soak }) => soak.flatMap(filesOf)));
  const inSoakAlone = [...soaked].filter((path) => !started.includes(path));
  const all = (await readSourceFiles()).map(({ path }) => path)
    .filter((path) => path.startsWith("tests/") && path.endsWith("_test.ts"));
  assert.deepEqual([...started, ...inSoakAlone].toSorted(), all.toSorted());
  assert.deepEqual(STARTED_FIRST.filter((path) => !started.includes(path)), []);
});

/** Starts an agent or a tracker, or has a support that does. */
const STARTS = /\b(?:startAgent|startTracker|TestProgram|testFaults)\(|\.(?:agent|tracker)\(/;

/** Each with the reason why it does not run a second time on Node.js. */
const ON_DENO_ALONE: Readonly<Record<string, string>> = {
  "agent/shell_agent": "it runs on a shell",
  "broker/credential_flood": "a flood of logins at the hub",
  "delivery/hub_delivery": "messages of the hub",
  "hub/hub_mistakes": "mistakes of who runs the hub",
  "join/join_routes": "the hub's part of a join",
  "page/half_open": "strangers at the hub",
  "versions/versions": "an earlier release, which does not run on Node.js",
};

Deno.test("whatever starts an agent or a tracker runs a second time on Node.js", async () => {
  const starting = (await readSourceFiles()).filter(({ path, code }) =>
    path.startsWith("tests/integration/") && path.endsWith("_test.ts") && STARTS.test(code)
  ).map(({ path }) => path);
  const left = starting.filter((path) => !ON_NODE.includes(path));
  const expected = Object.keys(ON_DENO_ALONE).map((name) => `tests/integration/${name}_test.ts`);
  assert.deepEqual(left.toSorted(), expected);
});

Deno.test("what a command and all that it started took is read from the shell", () => {
  assert.equal(readTimes("0m0.01s 0m0.00s\n1m2.50s 0m0.250s\n"), 62_760);
});
