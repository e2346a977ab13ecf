/** Reads what `deno test` says of a run: its JUnit report. */

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

/** The tests that took longest, one a line, the slowest first. */
export function slowest(cases: readonly TestCase[], count: number): readonly string[] {
  return cases.toSorted((a, b) => b.seconds - a.seconds).slice(0, count)
    .map(({ name, file, seconds }) => `${seconds.toFixed(1).padStart(6)} s  ${file} => ${name}`);
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
