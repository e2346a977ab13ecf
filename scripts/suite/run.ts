/** Runs `deno test` once. Returns its result, from the JUnit report, and its cost. */

import { PROJECT } from "../project.ts";
import { SLOWNESS_VARIABLE } from "./slowness.ts";
import { type Ran, readReport, type TestCase } from "./report.ts";
import { RUNTIME_VARIABLE } from "./runtime.ts";

export interface TestRunSettings {
  /** Permissions and other flags of `deno test`. */
  readonly flags: readonly string[];
  readonly paths: readonly string[];
  /** Long tests run at their full length. */
  readonly soak: boolean;
  /** What agents and trackers run on. Default: Deno. */
  readonly runtime: "node" | undefined;
  /** How slow this machine is now. Time limits of tests are scaled by it. */
  readonly slowness: number;
  /** The time limit on a quiet machine. A run that needs longer is ended and counts as failed. */
  readonly timeoutMs: number;
}

/** `output` has stdout and stderr in their order. `cpuMs` is that of all its processes. */
export interface TestRun extends Ran {
  readonly cases: readonly TestCase[];
}

/** The time for a run to end after it was asked to. */
const END_S = 20;

/** Never throws for a failing test. A run that fails without naming a test counts as one failure. */
export async function runTests(settings: TestRunSettings): Promise<TestRun> {
  const { flags, paths, runtime, slowness, soak, timeoutMs } = settings;
  const report = await Deno.makeTempFile({ prefix: "rpi-cluster-tests-", suffix: ".xml" });
  try {
    const run = await runCounted(["test", ...flags, `--junit-path=${report}`, ...paths], {
      env: {
        [SLOWNESS_VARIABLE]: slowness.toFixed(2),
        ...(soak ? { TIER: "soak" } : {}),
        ...(runtime === undefined ? {} : { [RUNTIME_VARIABLE]: runtime }),
      },
      timeoutMs: timeoutMs * slowness,
    });
    const cases = readReport(await Deno.readTextFile(report));
    if (run.success || cases.some(({ outcome }) => outcome === "failed")) return { ...run, cases };
    const whole = { name: "the whole run", file: paths.join(" "), seconds: 0 };
    return { ...run, cases: [...cases, { ...whole, outcome: "failed" }] };
  } finally {
    await Deno.remove(report);
  }
}

export interface CountedSettings {
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** Runs the Deno that runs this script, in the project's folder. */
export async function runCounted(
  args: readonly string[],
  { env = {}, timeoutMs }: CountedSettings,
): Promise<Ran> {
  const times = await Deno.makeTempFile({ prefix: "rpi-cluster-times-" });
  try {
    const { success, stdout } = await new Deno.Command("sh", {
      args: ["-c", COUNTED, "sh", times, `${timeoutMs / 1000}`, Deno.execPath(), ...args],
      cwd: PROJECT,
      env: { ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).output();
    const cpuMs = readTimes(await Deno.readTextFile(times));
    return { success, output: new TextDecoder().decode(stdout), cpuMs };
  } finally {
    await Deno.remove(times);
  }
}

/** Deno does not report the processor time of its children, but a shell does. */
const COUNTED = `times=$1 limit=$2; shift 2
timeout --foreground --kill-after=${END_S} "$limit" "$@" 2>&1
status=$?; times > "$times"; exit $status`;

/** Reads the output of the shell's `times`: minutes and seconds of the shell and of its children. */
export function readTimes(text: string): number {
  const all = text.matchAll(/(\d+)m(\d+[.,]?\d*)s/g);
  return all.reduce((sum, [, minutes, seconds = ""]) => {
    return sum + Number(minutes) * 60_000 + Number(seconds.replace(",", ".")) * 1000;
  }, 0);
}
