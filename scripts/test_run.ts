/** Runs `deno test` once and answers what it found, by its JUnit report. */

import { PROJECT } from "./project.ts";
import { SLOWNESS_VARIABLE } from "./slowness.ts";
import { readReport, type TestCase } from "./test_report.ts";

export interface TestRunSettings {
  /** Permissions and other flags of `deno test`. */
  readonly flags: readonly string[];
  readonly paths: readonly string[];
  /** How many files run at a time, with `--parallel`; left out: as many as there are cores. */
  readonly jobs?: number | undefined;
  /** Long tests are played whole. */
  readonly soak: boolean;
  /** Of this machine beside all that runs on it; tests wait in proportion. */
  readonly slowness: number;
  /** On a quiet machine. A run that takes longer hangs: it is killed and counts as failed. */
  readonly timeoutMs: number;
}

/** Never throws for a failing test. A run that fails without naming a test counts as one failure. */
export async function runTests(settings: TestRunSettings): Promise<readonly TestCase[]> {
  const { flags, paths, slowness, timeoutMs } = settings;
  const report = await Deno.makeTempFile({ prefix: "rpi-cluster-tests-", suffix: ".xml" });
  try {
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["test", ...flags, `--junit-path=${report}`, ...paths],
      cwd: PROJECT,
      env: environmentOf(settings),
      stdin: "null",
      stdout: "inherit",
      stderr: "inherit",
      signal: AbortSignal.timeout(timeoutMs * slowness),
    }).output();
    const cases = readReport(await Deno.readTextFile(report));
    return success || cases.some(({ outcome }) => outcome === "failed")
      ? cases
      : [...cases, { name: "the whole run", file: paths.join(" "), seconds: 0, outcome: "failed" }];
  } finally {
    await Deno.remove(report);
  }
}

function environmentOf({ jobs, soak, slowness }: TestRunSettings): Record<string, string> {
  return {
    [SLOWNESS_VARIABLE]: slowness.toFixed(2),
    ...(jobs === undefined ? {} : { DENO_JOBS: `${jobs}` }),
    ...(soak ? { TIER: "soak" } : {}),
  };
}
