/**
 * Runs every test, or the kinds that are named as arguments. With `--soak` it runs the long tests at
 * their full length. Files run in parallel as far as the cores allow. The end shows the time of each
 * kind and the slowest tests. The last line is `N passed, N failed`. The status is 0 only when at
 * least one test passed and none failed. Tests that cannot run are skipped and listed, but with
 * `CI=true` they count as failed.
 */

import { install, installCommand, missingOf, type Need } from "./suite/debian_packages.ts";
import { SlownessMeter } from "./suite/slowness.ts";
import { filesOf, turnOf } from "./suite/files.ts";
import { TEST_KINDS } from "./suite/kinds.ts";
import { type PoolJob, runPool } from "./suite/pool.ts";
import { Part, slowest, tableOf, type TestCase } from "./suite/report.ts";
import { runCounted, runTests } from "./suite/run.ts";
import type { TestKind, TestSet } from "./suite/sets.ts";

const CHECKS: readonly (readonly string[])[] = [
  ["fmt", "--check", "--quiet"],
  ["lint", "--quiet"],
  ["check", "--quiet"],
];
const MAKE_EXECUTABLES = ["run", "--allow-all", "--no-check", "scripts/compile.ts", "--when-stale"];
const MAKE_BUNDLES = ["run", "--allow-all", "--no-check", "scripts/bundle_node.ts", "--when-stale"];
const CHECK_TIMEOUT_MS = 900_000;

const SOAK = "--soak";
/** The number of slow tests that are listed. */
const SLOWEST = 20;
/** The share of the cores that is planned. The rest is for files that take more than usual. */
const CORES_USED = 0.9;

/** One `deno test`: a file, or a set that shares a process. */
interface TestJob extends PoolJob {
  readonly part: Part;
  readonly set: TestSet;
  readonly paths: readonly string[];
}

const strict = Deno.env.get("CI") === "true";
const skipped: string[] = [];
const parts: Part[] = [];
const cases: TestCase[] = [];
const meter = new SlownessMeter();

const isSoak = Deno.args.includes(SOAK);
const names = Deno.args.filter((argument) => argument !== SOAK);
const kinds = kindsFrom(names);
await provide(kinds.flatMap((kind) => kind.needs));
const isWhole = names.length === 0 && !isSoak;
const preparing = [
  ...(isWhole ? [check(newPart("checks"))] : []),
  ...(kinds.some((kind) => kind.usesExecutables) ? [prepare(newPart("executables"))] : []),
];
const jobs = kinds.filter(isPossible).flatMap(jobsOf);
// Neither these tests nor the builds measure time, so they may run together.
await Promise.all([...preparing, ...jobs.filter(isUnit).map(run)]);
await runPool(inTurn(jobs), navigator.hardwareConcurrency * CORES_USED, run);

console.log(`\n== the ${SLOWEST} slowest tests`);
for (const line of slowest(cases, SLOWEST)) console.log(line);
console.log("\n== what each part took");
for (const line of tableOf(parts, performance.now())) console.log(line);
for (const reason of skipped) console.log(`skipped: ${reason}`);
const passed = parts.reduce((sum, part) => sum + part.passed, 0);
const failed = parts.reduce((sum, part) => sum + part.failed, strict ? skipped.length : 0);
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 && passed > 0 ? 0 : 1);

function kindsFrom(names: readonly string[]): readonly TestKind[] {
  const unknown = names.filter((name) => !TEST_KINDS.some((kind) => kind.name === name));
  if (unknown.length > 0) {
    const known = TEST_KINDS.map((kind) => kind.name).join(", ");
    console.error(`There is no kind of test called ${unknown.join(", ")}; there are: ${known}`);
    Deno.exit(2);
  }
  const wanted = names.length === 0
    ? TEST_KINDS
    : TEST_KINDS.filter(({ name }) => names.includes(name));
  return wanted.filter((kind) => setsOf(kind).length > 0);
}

function setsOf(kind: TestKind): readonly TestSet[] {
  return isSoak ? kind.soak : kind.runs;
}

/** Installs the missing packages, or prints how to install them. */
async function provide(needs: readonly Need[]): Promise<void> {
  const missing = missingOf(needs);
  if (missing.length === 0 || await install(missing)) return;
  console.log(`Some tests need what is not installed here. Install it by\n`);
  console.log(`  ${installCommand(missing)}\n`);
}

function isPossible(kind: TestKind): boolean {
  const missing = missingOf(kind.needs).map((need) => need.package);
  if (missing.length > 0) skipped.push(`${kind.name} tests, for want of ${missing.join(", ")}`);
  return missing.length === 0;
}

function newPart(name: string): Part {
  const part = new Part(name);
  parts.push(part);
  return part;
}

function jobsOf(kind: TestKind): readonly TestJob[] {
  const part = newPart(kind.name);
  return setsOf(kind).flatMap((set, index) => {
    const { cores, atOnce = Infinity, isOneProcess = false } = set;
    const all = isOneProcess ? [set.paths] : filesOf(set).map((path) => [path]);
    const group = `${kind.name} ${index}`;
    return all.map((paths) => ({ part, set, paths, cores, atOnce, group }));
  });
}

function isUnit({ set }: TestJob): boolean {
  return set.isOneProcess === true;
}

/** All jobs except the unit tests, in the order of starting. */
function inTurn(jobs: readonly TestJob[]): readonly TestJob[] {
  const turn = ({ paths: [path = ""] }: TestJob) => turnOf(path);
  return jobs.filter((job) => !isUnit(job)).toSorted((a, b) => turn(a) - turn(b));
}

async function run({ part, set, paths }: TestJob): Promise<void> {
  const slowness = meter.now();
  const flags = [...set.flags, "--no-check"];
  const { runtime, timeoutMs } = set;
  const waited = `waits ${slowness.toFixed(1)} times as long as on a quiet machine`;
  const ran = await part.time(`${paths.join(" ")} (${waited})`, async () => {
    return await runTests({ flags, paths, runtime, soak: isSoak, slowness, timeoutMs });
  });
  part.count(ran.cases);
  cases.push(...ran.cases);
  const left = ran.cases.filter(({ outcome }) => outcome === "skipped");
  skipped.push(...left.map(({ name }) => `${part.name}: ${name}`));
}

async function check(part: Part): Promise<void> {
  for (const args of CHECKS) {
    const ran = await part.time(`deno ${args.join(" ")}`, async () => {
      return await runCounted(args, { timeoutMs: CHECK_TIMEOUT_MS });
    });
    if (!ran.success) part.failed++;
  }
}

/**
 * Builds page, executables and bundles. If a target has no denort, the tests of the others still run.
 */
async function prepare(part: Part): Promise<void> {
  const ran = await part.time("page and executables", async () => {
    return await runCounted(MAKE_EXECUTABLES, { timeoutMs: CHECK_TIMEOUT_MS });
  });
  if (!ran.success) skipped.push("executables that could not be made (see above)");
  // New executables begin with an empty folder.
  if (!kinds.some((kind) => kind.usesBundles)) return;
  const bundled = await part.time("bundles for Node.js", async () => {
    return await runCounted(MAKE_BUNDLES, { timeoutMs: CHECK_TIMEOUT_MS });
  });
  if (!bundled.success) skipped.push("bundles that could not be made (see above)");
}
