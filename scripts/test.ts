/**
 * Runs every test, or the kinds that are named as arguments; with `--soak` those that are long, at
 * their full length. The slowest tests are printed at the end. The last line is `N passed, N failed`;
 * the status is 0 only when at least one test passed and none failed. What cannot be run is skipped
 * by name, but with `CI=true` it counts as failed.
 */

import { buildPageWhenStale } from "./build_page.ts";
import { compileWhenStale } from "./compile.ts";
import { install, installCommand, missingOf, type Need } from "./debian_packages.ts";
import { runDeno } from "./project.ts";
import { measureSlowness } from "./slowness.ts";
import { TEST_KINDS, type TestKind, type TestSet } from "./test_kinds.ts";
import { slowest, type TestCase } from "./test_report.ts";
import { runTests } from "./test_run.ts";

const CHECKS: readonly (readonly string[])[] = [
  ["fmt", "--check", "--quiet"],
  ["lint", "--quiet"],
  ["check", "--quiet"],
];

const SOAK = "--soak";
/** So many tests tell where the time went. */
const SLOWEST = 20;
/** What a file takes of a core while it runs: mostly it waits. */
const CORE_SHARE = 0.35;

const strict = Deno.env.get("CI") === "true";
const total = { passed: 0, failed: 0 };
const skipped: string[] = [];
const cases: TestCase[] = [];

const isSoak = Deno.args.includes(SOAK);
const names = Deno.args.filter((argument) => argument !== SOAK);
const kinds = kindsFrom(names);
await provide(kinds.flatMap((kind) => kind.needs));
if (names.length === 0 && !isSoak) await inPart("checks", check);
for (const kind of kinds) await inPart(kind.name, () => run(kind));

console.log(`\n== the ${SLOWEST} slowest tests`);
for (const line of slowest(cases, SLOWEST)) console.log(line);
for (const reason of skipped) console.log(`skipped: ${reason}`);
if (strict) total.failed += skipped.length;
console.log(`${total.passed} passed, ${total.failed} failed`);
Deno.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

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

/** Installs what is missing, or says how to. */
async function provide(needs: readonly Need[]): Promise<void> {
  const missing = missingOf(needs);
  if (missing.length === 0 || await install(missing)) return;
  console.log(`Some tests need what is not installed here. Install it by\n`);
  console.log(`  ${installCommand(missing)}\n`);
}

async function check(): Promise<string> {
  for (const args of CHECKS) await attempt(() => runDeno(args));
  return "format, lint and types";
}

async function run(kind: TestKind): Promise<string> {
  const missing = missingOf(kind.needs).map((need) => need.package);
  if (missing.length > 0) {
    skipped.push(`${kind.name} tests, for want of ${missing.join(", ")}`);
    return "skipped";
  }
  if (kind.usesExecutables) await prepare(kind);
  const found: TestCase[] = [];
  for (const sets of stagesOf(kind)) {
    const slowness = measureSlowness() * crowding(sets);
    console.log(`tests wait ${slowness.toFixed(1)} times as long as on a quiet machine`);
    const { timeoutMs } = kind;
    const all = sets.map((set) => runTests({ ...set, soak: isSoak, slowness, timeoutMs }));
    found.push(...(await Promise.all(all)).flat());
  }
  const named = (outcome: TestCase["outcome"]) => found.filter((one) => one.outcome === outcome);
  const [passed, failed] = [named("passed").length, named("failed").length];
  total.passed += passed;
  total.failed += failed;
  cases.push(...found);
  skipped.push(...named("skipped").map(({ name }) => `${kind.name}: ${name}`));
  return `${passed} passed, ${failed} failed`;
}

/** Sets that run side by side, one stage after the other. */
function stagesOf(kind: TestKind): readonly (readonly TestSet[])[] {
  const sets = setsOf(kind);
  return kind.isSideBySide ? [sets] : sets.map((set) => [set]);
}

/** By how much tests that run side by side slow each other. */
function crowding(sets: readonly TestSet[]): number {
  const cores = navigator.hardwareConcurrency;
  const jobs = sets.reduce((sum, { flags, jobs }) => {
    return sum + (flags.includes("--parallel") ? jobs ?? cores : 1);
  }, 0);
  return Math.max(1, jobs * CORE_SHARE / cores);
}

/** Builds what the tests start. A machine that gets no denort for a target still runs the others. */
async function prepare(kind: TestKind): Promise<void> {
  await attempt(buildPageWhenStale);
  try {
    await compileWhenStale();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    skipped.push(`${kind.name}: executables that could not be made (see above)`);
  }
}

/** Counts a failure for what throws. */
async function attempt(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    total.failed++;
  }
}

/** Prints a part's name, its outcome and how long it took. */
async function inPart(name: string, action: () => Promise<string>): Promise<void> {
  console.log(`\n== ${name}`);
  const startedAt = performance.now();
  const outcome = await action();
  console.log(`== ${name}: ${outcome}, ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}
