/** The report of a run: each test, from the JUnit reports of `deno test`, and the time of each part. */

/** One test, or one step of a test. */
export interface TestCase {
  readonly name: string;
  /** Its file, as the report names it. */
  readonly file: string;
  readonly seconds: number;
  readonly outcome: "passed" | "failed" | "skipped";
}

/** All test cases of a report, in its order. */
export function readReport(report: string): readonly TestCase[] {
  return report.matchAll(TEST_CASE).map(([, attributes = "", body = ""]) => ({
    name: attributeOf(attributes, "name"),
    file: attributeOf(attributes, "classname"),
    seconds: Number(attributeOf(attributes, "time")),
    outcome: outcomeOf(body),
  })).toArray();
}

/** The slowest tests, one for each line, the slowest first. */
export function slowest(cases: readonly TestCase[], count: number): readonly string[] {
  return cases.toSorted((a, b) => b.seconds - a.seconds).slice(0, count)
    .map(({ name, file, seconds }) => `${seconds.toFixed(1).padStart(6)} s  ${file} => ${name}`);
}

/** A command that has ended, for a report. */
export interface Ran {
  readonly success: boolean;
  /** Its output. */
  readonly output: string;
  /** Its processor time. */
  readonly cpuMs: number;
}

/** A part of the run: a kind of tests, or a preparation. */
export class Part {
  readonly name: string;
  passed = 0;
  failed = 0;
  #cpuMs = 0;
  /** The sum of the times of all its commands, which run in parallel. */
  #tookMs = 0;
  #beganMs = Infinity;
  #endedMs = -Infinity;

  readonly #print: (text: string) => void;

  constructor(name: string, print: (text: string) => void = console.log) {
    this.name = name;
    this.#print = print;
  }

  /** Runs a command, and prints its output and its time. */
  async time<R extends Ran>(what: string, run: () => Promise<R>): Promise<R> {
    const beganMs = performance.now();
    this.#beganMs = Math.min(this.#beganMs, beganMs);
    const ran = await run();
    this.#endedMs = performance.now();
    const tookMs = this.#endedMs - beganMs;
    this.#tookMs += tookMs;
    this.#cpuMs += ran.cpuMs;
    const outcome = ran.success ? "ok" : "FAILED";
    this.#print(`\n== ${this.name}: ${what}\n${ran.output.trimEnd()}`);
    this.#print(`== ${outcome}, ${seconds(tookMs)}, ${seconds(ran.cpuMs)} of CPU`);
    return ran;
  }

  count(cases: readonly TestCase[]): void {
    this.passed += cases.filter(({ outcome }) => outcome === "passed").length;
    this.failed += cases.filter(({ outcome }) => outcome === "failed").length;
  }

  /** The time from its first begin to its last end, the sum for its commands, and CPU time. */
  get times(): readonly [spanMs: number, tookMs: number, cpuMs: number] {
    return [Math.max(0, this.#endedMs - this.#beganMs), this.#tookMs, this.#cpuMs];
  }
}

/** A table of the parts. The last row is the whole run, which took `wallMs`. */
export function tableOf(parts: readonly Part[], wallMs: number): readonly string[] {
  const sumOf = (numberOf: (part: Part) => number) =>
    parts.reduce((sum, part) => sum + numberOf(part), 0);
  const whole = {
    name: "all",
    passed: sumOf(({ passed }) => passed),
    failed: sumOf(({ failed }) => failed),
    times: [wallMs, sumOf(({ times }) => times[1]), sumOf(({ times }) => times[2])],
  };
  const rows = [...parts, whole].map(({ name, passed, failed, times }) => [
    ...[name, `${passed}`, `${failed}`],
    ...times.map(seconds),
  ]);
  return [["", "passed", "failed", "wall", "in files", "CPU"], ...rows].map((
    [name = "", ...rest],
  ) => name.padEnd(12) + rest.map((cell) => cell.padStart(10)).join(""));
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

const TEST_CASE = /<testcase ([^>]*?)>([^]*?)<\/testcase>/g;

function outcomeOf(body: string): TestCase["outcome"] {
  if (/<(failure|error)\b/.test(body)) return "failed";
  return /<skipped\b/.test(body) ? "skipped" : "passed";
}

function attributeOf(attributes: string, name: string): string {
  const text = new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? "";
  return text.replace(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&amp;": "&",
};
