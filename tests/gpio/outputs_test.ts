/** Outputs that fail and recover, an on-board LED's files, and the terminal as LED and buzzer. */
import assert from "node:assert/strict";
import { indicate, type IndicatorFacts } from "../../core/alarm/indicator.ts";
import { FFI_PATHS } from "../../ffi/library.ts";
import { SpecialFiles } from "../../ffi/special_file.ts";
import { Indicator, type OutputLine } from "../../io/output/indicator.ts";
import { ResilientLine } from "../../io/output/resilient_line.ts";
import { SysfsLed } from "../../io/output/sysfs_led.ts";
import { TerminalLine } from "../../io/output/terminal_line.ts";
import { ownArchitecture } from "../../scripts/permissions.ts";
import { triggerMemory } from "../../tracker/trigger_memory.ts";
import { TemporaryFolder } from "../support/program/temporary_folder.ts";

const ALL_WELL: IndicatorFacts = { blind: false, suspect: 0, dead: 0, buzzing: false };
const DEAD: IndicatorFacts = { ...ALL_WELL, dead: 1 };

/** An output that remembers its levels and can be broken. */
class Lamp implements OutputLine {
  readonly levels: boolean[] = [];
  fault: string | undefined;
  disposed = 0;

  set(on: boolean): void {
    if (this.fault !== undefined) throw new Error(this.fault);
    this.levels.push(on);
  }

  [Symbol.dispose](): void {
    this.disposed++;
  }
}

Deno.test("indicator starts a pattern anew only when it is another", () => {
  let nowMs = 0;
  const led = new Lamp();
  {
    using indicator = new Indicator({ led }, { clock: { nowMs: () => nowMs } });
    indicator.show(indicate(DEAD));
    nowMs = 700;
    indicator.show(indicate({ ...DEAD, suspect: 1, buzzing: true }));
    assert.deepEqual(led.levels, [true], "the same LED pattern plays on");
    indicator.show(indicate({ ...ALL_WELL, blind: true }));
    indicator.show(indicate(ALL_WELL));
    assert.deepEqual(led.levels, [true, false]);
    indicator.show(indicate(DEAD));
  }
  assert.deepEqual(led.levels, [true, false, true, false], "dark at the end");
  assert.equal(led.disposed, 0, "the outputs are the caller's");
});

Deno.test("indicator tells of a broken output once, and shows on when it works again", () => {
  const led = new Lamp();
  const errors: string[] = [];
  using indicator = new Indicator({ led }, { onError: (error) => errors.push(String(error)) });
  led.fault = "gone";
  indicator.show(indicate(DEAD));
  indicator.show(indicate({ ...ALL_WELL, suspect: 1 }));
  assert.deepEqual(errors, ["Error: gone"]);
  led.fault = undefined;
  indicator.show(indicate(DEAD));
  assert.deepEqual(led.levels, [true]);
});

Deno.test("resilient line opens again, tells each reason once, and restores the level", async () => {
  const reasons = ["busy", "busy", "busy", "denied"];
  const errors: string[] = [];
  const lamp = new Lamp();
  const opened = Promise.withResolvers<void>();
  {
    using line = new ResilientLine({
      open: () => {
        const reason = reasons.shift();
        if (reason !== undefined) throw new Error(reason);
        return lamp;
      },
      onError: (error) => errors.push(String(error)),
      onOpen: opened.resolve,
      retryMs: 1,
    });
    line.set(true);
    assert.equal(line.works, false);
    const keepAlive = setInterval(() => {}, 10);
    await opened.promise;
    clearInterval(keepAlive);
    assert.equal(line.works, true);
    assert.deepEqual(errors, ["Error: busy", "Error: denied"]);
    assert.deepEqual(lamp.levels, [true]);
  }
  assert.equal(lamp.disposed, 1);
});

Deno.test("resilient line lets go of an output that fails, and takes it again", async () => {
  const lamps = [new Lamp(), new Lamp()];
  const [first, second] = lamps;
  assert(first && second);
  const errors: string[] = [];
  const again = Promise.withResolvers<void>();
  let opens = 0;
  using line = new ResilientLine({
    open: () => lamps[opens++] ?? second,
    onError: (error) => errors.push(String(error)),
    onOpen: () => opens === 2 && again.resolve(),
    retryMs: 1,
  });
  first.fault = "unplugged";
  line.set(true);
  assert.deepEqual(errors, ["Error: unplugged"]);
  assert.equal(first.disposed, 1);
  const keepAlive = setInterval(() => {}, 10);
  await again.promise;
  clearInterval(keepAlive);
  assert.deepEqual(second.levels, [true]);
});

Deno.test("on-board LED is taken from its trigger and given back", async () => {
  using folder = new TemporaryFolder();
  const root = folder.path;
  await Deno.mkdir(`${root}/ACT`);
  folder.write("ACT/trigger", "none timer [mmc0] heartbeat\n");
  folder.write("ACT/brightness", "");
  // A plain file keeps the end of what was longer before; the kernel's attributes do not.
  const begins = (file: string, text: string) => {
    assert.equal(Deno.readTextFileSync(`${root}/ACT/${file}`).slice(0, text.length), text);
  };
  using files = new SpecialFiles();
  {
    using led = new SysfsLed({ name: "ACT", files, root });
    begins("trigger", "none");
    begins("brightness", "0");
    led.set(true);
    begins("brightness", "255");
    led.set(false);
    begins("brightness", "0");
  }
  begins("trigger", "mmc0");
  assert.throws(() => new SysfsLed({ name: "PWR", files, root }), {
    message: `Cannot open "${root}/PWR/trigger": no such file or directory (ENOENT)`,
  });
});

/** A tree of LEDs with their active triggers. */
function ledTree(folder: TemporaryFolder, leds: Readonly<Record<string, string>>): void {
  for (const [led, trigger] of Object.entries(leds)) {
    Deno.mkdirSync(folder.file(led));
    folder.write(`${led}/trigger`, trigger);
    folder.write(`${led}/brightness`, "");
  }
}

Deno.test("on-board LED is found by its name, in small letters or as older kernels call it", () => {
  using folder = new TemporaryFolder();
  ledTree(folder, { ACT: "none [mmc0]\n", led1: "none [default-on]\n" });
  using files = new SpecialFiles();
  const root = folder.path;
  {
    using _act = new SysfsLed({ name: "act", files, root });
    using _pwr = new SysfsLed({ name: "PWR", files, root });
    assert.match(Deno.readTextFileSync(folder.file("ACT/trigger")), /^none/);
    assert.match(Deno.readTextFileSync(folder.file("led1/trigger")), /^none/);
  }
  assert.match(Deno.readTextFileSync(folder.file("ACT/trigger")), /^mmc0/);
  assert.match(Deno.readTextFileSync(folder.file("led1/trigger")), /^default-on/);
});

Deno.test("on-board LED's trigger is known to the run after one that was killed", () => {
  using folder = new TemporaryFolder();
  ledTree(folder, { ACT: "none timer [mmc0]\n" });
  using runtime = new TemporaryFolder();
  using files = new SpecialFiles();
  const memory = triggerMemory(files, runtime.path);
  assert.ok(memory !== undefined && triggerMemory(files, undefined) === undefined);
  const open = () => new SysfsLed({ name: "ACT", files, memory, root: folder.path });
  // Never disposed, as it is when its process is killed; the kernel then shows "none" as active.
  open();
  folder.write("ACT/trigger", "[none] timer mmc0\n");
  open()[Symbol.dispose]();
  assert.match(Deno.readTextFileSync(folder.file("ACT/trigger")), /^mmc0/);
  folder.write("ACT/trigger", "[none] timer mmc0\n");
  open()[Symbol.dispose]();
  assert.match(Deno.readTextFileSync(folder.file("ACT/trigger")), /^none/, "given back: forgotten");
  runtime.write("led-ACT.trigger", "../../etc/passwd\n");
  assert.equal(memory.recall("ACT"), undefined);
});

Deno.test("on-board LED is given back after an error that nobody catches", async () => {
  using folder = new TemporaryFolder();
  const url = (path: string) => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);
  const program = folder.write(
    "light.ts",
    `import { SpecialFiles } from ${url("ffi/special_file.ts")};
     import { SysfsLed } from ${url("io/output/sysfs_led.ts")};
     const files = new SpecialFiles();
     new SysfsLed({ name: "ACT", files, root: ${JSON.stringify(folder.path)} }).set(true);
     setTimeout(() => { throw new Error("nobody catches this"); });`,
  );
  ledTree(folder, { ACT: "none [mmc0]\n" });
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--no-config", "-A", program],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  assert.equal(code, 1);
  assert.match(Deno.readTextFileSync(folder.file("ACT/trigger")), /^mmc0/);
  assert.match(Deno.readTextFileSync(folder.file("ACT/brightness")), /^0/);
});

Deno.test("kernel's files can be read without every permission", async () => {
  const source = new URL("../../ffi/special_file.ts", import.meta.url).href;
  using folder = new TemporaryFolder();
  folder.write(
    "read.ts",
    `import { SpecialFiles } from ${JSON.stringify(source)};
     using files = new SpecialFiles();
     console.log(files.read("/proc/self/comm").trim());`,
  );
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-check", "--no-config"],
      `--allow-ffi=${FFI_PATHS[ownArchitecture()].join(",")}`,
      folder.file("read.ts"),
    ],
    stdin: "null",
    stderr: "inherit",
  }).output();
  assert.match(new TextDecoder().decode(stdout), /^deno/);
});

/** A terminal, or a pipe, that keeps what is written. */
function stream(terminal: boolean) {
  const written: string[] = [];
  const writeSync = (bytes: Uint8Array) => {
    written.push(new TextDecoder().decode(bytes));
    return bytes.length;
  };
  return { written, isTerminal: () => terminal, writeSync };
}

Deno.test("terminal line shows LED and buzzer in place, and leaves an empty line", () => {
  const terminal = stream(true);
  {
    using line = new TerminalLine({ stream: terminal });
    line.show("dead");
    line.led.set(true);
    line.led.set(true);
    line.buzzer.set(true);
  }
  assert.deepEqual(terminal.written, [
    "\rLED ○ buzzer ○  a Pi is down\x1b[K\r",
    "\rLED ● buzzer ○  a Pi is down\x1b[K\r",
    "\rLED ● buzzer ●  a Pi is down\x1b[K\r",
    "\r\x1b[K",
  ]);
});

Deno.test("terminal line shows a lamp where there is to be one", () => {
  const terminal = stream(true);
  using line = new TerminalLine({ stream: terminal, lamp: true });
  line.lamp.set(true);
  line.show("dead");
  assert.deepEqual(terminal.written, [
    "\rLED ○ buzzer ○ lamp ●  \x1b[K\r",
    "\rLED ○ buzzer ○ lamp ●  a Pi is down\x1b[K\r",
  ]);
});

Deno.test("terminal line writes nothing to a pipe", () => {
  const pipe = stream(false);
  {
    using line = new TerminalLine({ stream: pipe });
    line.show("dead");
    line.led.set(true);
  }
  assert.deepEqual(pipe.written, []);
});

Deno.test("a terminal that takes nothing, or is gone, hinders nobody", () => {
  const errors = [
    new Deno.errors.WouldBlock("EAGAIN"),
    new Deno.errors.BrokenPipe("EPIPE"),
    new Error("Input/output error (os error 5)"),
  ];
  for (const error of errors) {
    const writeSync = () => {
      throw error;
    };
    using line = new TerminalLine({ stream: { isTerminal: () => true, writeSync } });
    line.show("dead");
    line.led.set(true);
  }
});
