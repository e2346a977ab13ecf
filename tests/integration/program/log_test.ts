import assert from "node:assert/strict";
import {
  configureLog,
  getLog,
  type LogOptions,
  SAME_MESSAGE_PER_MINUTE_MAX,
} from "../../../io/log/log.ts";
import { redact } from "../../../io/log/redaction.ts";

/** Returns the lines that an action logs, without the time. */
function linesOf(action: () => void, options: Partial<LogOptions> = {}): readonly string[] {
  const lines: string[] = [];
  {
    using _log = configureLog({
      level: "debug",
      format: "text",
      systemd: false,
      write: (line) => lines.push(line),
      ...options,
    });
    action();
  }
  return lines.map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /, ""));
}

const log = getLog("tracker");

Deno.test("a line of text has time, level, topic, message and properties", () => {
  const lines: string[] = [];
  linesOf(() => log.info("John Snow is down", { node: "john-snow", silent_ms: 14_000 }), {
    write: (line) => lines.push(line),
  });
  assert.match(
    lines[0] ?? "",
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d info tracker {2}John Snow is down node=john-snow silent_ms=14000$/,
  );
});

Deno.test("values are told apart by quotes", () => {
  const properties = {
    a: "x y",
    b: "",
    c: 'q"',
    d: true,
    e: null,
    f: undefined,
    g: [1, "2"],
    h: {
      i: NaN,
    },
  };
  assert.deepEqual(linesOf(() => log.debug("m", properties)), [
    'debug tracker  m a="x y" b="" c="q\\"" d=true e=null g=[1,"2"] h={"i":"NaN"}',
  ]);
});

Deno.test("json has one object a line", () => {
  const [line = ""] = linesOf(
    () => log.warning("dropped", { topic: "a\nb", level: 3, reason: { kind: "x" } }),
    { format: "json" },
  );
  const { time, ...rest } = JSON.parse(line);
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(rest, {
    level: "warning",
    topic: "tracker",
    message: "dropped",
    property_topic: "a\nb",
    property_level: 3,
    reason: { kind: "x" },
  });
});

Deno.test("under systemd there is a priority and no time", () => {
  const action = () => {
    log.error("e");
    log.warning("w");
    log.info("i");
    log.debug("d");
  };
  assert.deepEqual(linesOf(action, { systemd: true }), [
    "<3>error tracker  e",
    "<4>warning tracker  w",
    "<6>info tracker  i",
    "<7>debug tracker  d",
  ]);
  assert.equal(
    linesOf(() => log.info("i"), { systemd: true, format: "json" })[0],
    '<6>{"level":"info","topic":"tracker","message":"i"}',
  );
});

Deno.test("no text from outside makes a line of its own or steers a terminal", () => {
  const hostile = "a\nb\r\u001b[31m\u2028\u202ec\u0000";
  const escaped = "a\\nb\\u000d\\u001b[31m\\u2028\\u202ec\\u0000";
  const lines = linesOf(() => {
    log.info(hostile);
    log.info("m", { [hostile]: 1 });
    log.info("m", { v: hostile, deep: { [hostile]: [hostile] } });
  });
  assert.equal(lines.length, 3);
  assert.equal(lines[0], `info tracker  ${escaped}`);
  for (const line of lines) assert.doesNotMatch(line, /[\p{Cc}\u2028\u202e]/u);
});

Deno.test("braces in a message are no template", () => {
  assert.deepEqual(linesOf(() => log.info("{name} {{x}} {*}", { name: "n" })), [
    "info tracker  {name} {{x}} {*} name=n",
  ]);
});

Deno.test("a secret never appears, wherever it stands", () => {
  const secret = 'win"ter/fell\n7';
  redact(secret);
  redact("winter");
  const error = new Error(`refused ${secret}`, { cause: new Error(secret) });
  for (const format of ["text", "json"] as const) {
    const lines = linesOf(() => {
      log.info(`said ${secret}`);
      log.info("m", { secret, nested: { [secret]: [secret] }, error });
      log.info(`https://broker/?p=${encodeURIComponent(secret)}`);
      log.info("winterfell");
    }, { format });
    const text = lines.join("\n");
    assert.doesNotMatch(text, /win|ter\/fell|ter%2Ffell/);
    assert.match(text, /said \*\*\*/);
    assert.match(text, /\*\*\*fell/);
    assert.match(text, /Error: refused \*\*\*\\+n {4}at /);
  }
});

Deno.test("fields of an error are left out, for libraries keep credentials there", () => {
  const error = Object.assign(new Error("refused"), { authorization: "Basic eA==" });
  const [line = ""] = linesOf(() => log.error("m", { error }));
  assert.match(line, /Error: refused/);
  assert.doesNotMatch(line, /Basic/);
});

Deno.test("a large value is cut short", () => {
  const lines = linesOf(() => {
    log.info("x".repeat(1_000_000));
    log.info("m", { v: "x".repeat(1_000_000), w: Array(50).fill("y".repeat(5000)) });
  });
  assert.ok(lines.every((line) => line.length < 10_000), lines.map((l) => l.length).join());
});

Deno.test("what is logged again and again is summed up each minute", () => {
  let nowMs = 0;
  const lines = linesOf(() => {
    for (let i = 0; i < SAME_MESSAGE_PER_MINUTE_MAX + 37; i++) log.warning("dropped", { i });
    for (let i = 0; i < 100; i++) log.debug("detail");
    nowMs = 60_000;
    log.info("next minute");
    for (let i = 0; i < SAME_MESSAGE_PER_MINUTE_MAX + 1; i++) log.warning("dropped", { i });
  }, { nowMs: () => nowMs });
  const shown = lines.filter((line) => line.startsWith("warning tracker  dropped i="));
  assert.equal(shown.length, 2 * SAME_MESSAGE_PER_MINUTE_MAX);
  assert.equal(lines.filter((line) => line.endsWith("detail")).length, 100);
  assert.equal(
    lines[SAME_MESSAGE_PER_MINUTE_MAX + 100],
    "warning tracker  dropped (repeated 37 times)",
  );
  assert.equal(lines.at(-1), "warning tracker  dropped (repeated 1 times)");
});

Deno.test("below the level nothing is logged", () => {
  const lines = linesOf(() => {
    log.info("i");
    log.error("e");
  }, { level: "warning" });
  assert.deepEqual(lines, ["error tracker  e"]);
});

/** Runs a script that logs, and lets the shell redirect its stderr. */
async function shell(script: string): Promise<string> {
  const module = new URL("../../../io/log/log.ts", import.meta.url).href;
  const code = `import { configureLog, getLog } from "${module}";
    configureLog({ level: "info", format: "text", systemd: true });
    for (let i = 0; i < 50; i++) getLog("t").info("m" + i + "x".repeat(3000));
    console.log("still here");
    Deno.exit(0);`;
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", script, "sh", Deno.execPath(), code],
    cwd: new URL("../../..", import.meta.url).pathname,
    stdout: "piped",
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}

Deno.test("every line is written before the program goes on, even to a pipe that is read slowly", async () => {
  const text = await shell('"$1" eval "$2" 2>&1 >/dev/null | (sleep 1; cat)');
  const lines = text.trimEnd().split("\n");
  assert.equal(lines.length, 50);
  assert.match(lines.at(-1) ?? "", /^<6>info t {2}m49x{3000}$/);
});

Deno.test("a program outlives the reader of its log", async () => {
  assert.equal(await shell('{ "$1" eval "$2" 2>&1 1>&3 | true; } 3>&1'), "still here\n");
});
