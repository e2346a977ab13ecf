/** Runs `deno test` once and counts what it found, by its JUnit report. */

import { PROJECT } from "./project.ts";

/** What a run brought. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  /** Names of tests that were ignored. */
  readonly skipped: readonly string[];
}

export interface TestRunSettings {
  /** Permissions and other flags of `deno test`. */
  readonly flags: readonly string[];
  readonly paths: readonly string[];
  /** How many files run at a time, with `--parallel`; left out: as many as there are cores. */
  readonly jobs?: number | undefined;
  /** A run that takes longer hangs: it is killed and counts as failed. */
  readonly timeoutMs: number;
}

/** Never throws for a failing test. A run that fails without naming a test counts as one failure. */
export async function runTests(settings: TestRunSettings): Promise<TestCounts> {
  const report = await Deno.makeTempFile({ prefix: "rpi-cluster-tests-", suffix: ".xml" });
  try {
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["test", ...settings.flags, `--junit-path=${report}`, ...settings.paths],
      cwd: PROJECT,
      env: settings.jobs === undefined ? {} : { DENO_JOBS: `${settings.jobs}` },
      stdin: "null",
      stdout: "inherit",
      stderr: "inherit",
      signal: AbortSignal.timeout(settings.timeoutMs),
    }).output();
    const counts = countTests(await Deno.readTextFile(report));
    return success || counts.failed > 0 ? counts : { ...counts, failed: 1 };
  } finally {
    await Deno.remove(report);
  }
}

/** Counts the test cases (steps among them) of a JUnit report as `deno test` writes it. */
function countTests(report: string): TestCounts {
  let passed = 0;
  let failed = 0;
  const skipped: string[] = [];
  for (const [, name = "", body = ""] of report.matchAll(TEST_CASE)) {
    if (/<(failure|error)\b/.test(body)) failed++;
    else if (/<skipped\b/.test(body)) skipped.push(unescapeXml(name));
    else passed++;
  }
  return { passed, failed, skipped };
}

const TEST_CASE = /<testcase name="([^"]*)"[^>]*?>([^]*?)<\/testcase>/g;

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&amp;": "&",
};

function unescapeXml(text: string): string {
  return text.replace(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity);
}
