/** The compiled tracker's lines on each board: lit there, low after every end, and done without. */
import assert from "node:assert/strict";
import { sized } from "../support/program/tier.ts";
import type { Board, GuestProgram, Userland } from "./guest.ts";
import { BUZZER, LAMP, LED } from "./indicate.ts";
import { DOUBLE_BLINK, playsAtLast } from "./played.ts";
import { changesTo, CHIP, IS_WELL, isDark, isOff, TrackerScenario } from "./tracker_scenario.ts";

const IS_TEST = /LED blinks once a second, buzzer sounds: this is a test/;

const SELF = "tyrion-lannister";

/** Which gpiochip has the header. */
const HEADER_CHIP = {
  pi3: 0,
  "pi4-mcp23017": 1,
  pi5: 0,
  "pi5-old": 4,
} as const satisfies Partial<Record<Board, number>>;
type HeaderBoard = keyof typeof HEADER_CHIP;
const BOARDS: readonly HeaderBoard[] = ["pi3", "pi4-mcp23017", "pi5", "pi5-old"];
/** Each board with one of the libraries: the contract of the lines holds both alike. */
const TELLING: Readonly<Record<Userland, readonly HeaderBoard[]>> = {
  bookworm: ["pi4-mcp23017", "pi5-old"],
  trixie: ["pi3", "pi5"],
};

/** Holds the LED's line, high, until it is ended. */
const THIEF = ["gpioset", "--chip", "gpiochip0", `${LED}=1`];

for (const userland of ["bookworm", "trixie"] as const) {
  Deno.test(`lines of a tracker on a Pi with Debian ${userland}`, async (t) => {
    await using fixture = await TrackerScenario.open(userland, {
      [SELF]: { rpi: { led: LED, buzzer: BUZZER, lamp: LAMP } },
    });
    for (const signal of ["TERM", "INT"] as const) {
      await t.step(`SIG${signal} turns LED, buzzer and lamp off`, async () => {
        await using tracker = await lit(fixture);
        await endsDark(fixture, tracker, signal);
      });
    }
    await t.step("kill -9 leaves them on, and the next start turns them off", async () => {
      await restartsDark(fixture, "KILL", 9);
    });
    await t.step("so it is when systemd's watchdog strikes", async () => {
      await restartsDark(fixture, "ABRT", 6);
    });
    for (const board of sized({ test: TELLING[userland], soak: BOARDS })) {
      await t.step(`LED, buzzer and lamp are lit on the header of a ${board}`, async () => {
        await fixture.guest.plug(board, { persist: true });
        await using tracker = await lit(fixture, HEADER_CHIP[board]);
        await endsDark(fixture, tracker, "TERM", HEADER_CHIP[board]);
      });
    }
    // The binding's contract and the patterns are kept with both libraries: here each tells a part.
    const rest = userland === "bookworm" ? chiplessStories : robbedStories;
    await rest(t, fixture);
  });
}

async function chiplessStories(t: Deno.TestContext, fixture: TrackerScenario): Promise<void> {
  await t.step("without a chip it says once what to do, and goes on", async () => {
    await fixture.guest.plug("none");
    await goesOn(fixture, /no GPIO chip.*only a Raspberry Pi, or a machine like it/);
  });
  await t.step("without libgpiod they are lit all the same", async () => {
    await fixture.guest.run("rm /usr/lib/*/libgpiod*");
    await fixture.guest.plug("pi4", { persist: true });
    await using tracker = await lit(fixture);
    await endsDark(fixture, tracker, "TERM");
  });
}

async function robbedStories(t: Deno.TestContext, fixture: TrackerScenario): Promise<void> {
  await fixture.guest.plug("pi4", { persist: true });
  await t.step("SIGTERM turns them off while the broker is gone", () => endsBlind(fixture));
  await t.step(
    "a line that another program took is played again when it is given back",
    async () => {
      await outlivesThief(fixture);
    },
  );
}

/** A tracker that has just turned all lines on. */
async function lit(fixture: TrackerScenario, chip = CHIP): Promise<GuestProgram> {
  const tracker = await fixture.tracker(SELF);
  await tracker.said(IS_WELL);
  await light(fixture, chip);
  return tracker;
}

async function light(fixture: TrackerScenario, chip = CHIP): Promise<void> {
  const { guest } = fixture;
  const since = await guest.now();
  await fixture.orderTest(SELF);
  for (const line of [LED, BUZZER, LAMP]) {
    await changesTo(guest, { line, chip, since, value: "1" });
  }
}

async function endsDark(
  { guest }: TrackerScenario,
  tracker: GuestProgram,
  signal: "TERM" | "INT",
  chip = CHIP,
): Promise<void> {
  await tracker.signal(signal);
  assert.equal(await tracker.end(), 0, tracker.output);
  await isOff(guest, chip);
}

async function restartsDark(
  fixture: TrackerScenario,
  signal: "KILL" | "ABRT",
  number: number,
): Promise<void> {
  const { guest } = fixture;
  await using killed = await lit(fixture);
  await stopWhileLit(fixture, killed);
  await killed.signal(signal);
  // A frozen program dies of SIGKILL at once, of anything else when it is thawed.
  await killed.signal("CONT").catch(() => {});
  assert.equal(await killed.end(), 128 + number);
  assert.equal(await guest.level(LED, CHIP), 1, "the kernel keeps the level of a dead program");
  assert.equal(await guest.level(LAMP, CHIP), 1, "and the lamp's");
  await using restarted = await fixture.tracker(SELF);
  await restarted.said(IS_WELL);
  await isDark({ guest, tracker: restarted });
  await endsDark(fixture, restarted, "TERM");
}

/** Freezes the tracker at a moment at which LED and lamp are on. */
async function stopWhileLit(fixture: TrackerScenario, tracker: GuestProgram): Promise<void> {
  const { guest } = fixture;
  for (;;) {
    await tracker.signal("STOP");
    const levels = [await guest.level(LED, CHIP), await guest.level(LAMP, CHIP)];
    if (levels.every((level) => level === 1)) return;
    await tracker.signal("CONT");
    await light(fixture);
  }
}

async function endsBlind(fixture: TrackerScenario): Promise<void> {
  const { guest, broker } = fixture;
  await using tracker = await lit(fixture);
  await broker.stop();
  const since = await guest.now();
  await playsAtLast(guest, { line: LED, since, pattern: DOUBLE_BLINK });
  await endsDark(fixture, tracker, "TERM");
  await broker.start();
}

async function outlivesThief(fixture: TrackerScenario): Promise<void> {
  const { guest } = fixture;
  await using thief = await guest.spawn(THIEF);
  await guest.event(
    ({ kind, line, value }) => kind === "level" && line === LED && value === "1",
    "the thief's level",
  );
  await using tracker = await fixture.tracker(SELF);
  await tracker.said(/LED does not work, and will be tried again.*EBUSY/);
  await tracker.said(IS_WELL);
  // It tries the line again every 10 s, and must not do so before the level was read.
  await tracker.signal("STOP");
  await thief.signal("KILL");
  await thief.end();
  assert.equal(await guest.level(LED, CHIP), 1, "what the other program left on");
  await tracker.signal("CONT");
  await tracker.said(/LED works/);
  await isDark({ guest, tracker });
  await light(fixture);
  await endsDark(fixture, tracker, "TERM");
}

/** The tracker sees the cluster and obeys it, though it has no line. */
async function goesOn(fixture: TrackerScenario, message: RegExp): Promise<void> {
  await using tracker = await fixture.tracker(SELF);
  await tracker.said(message);
  await tracker.said(IS_WELL);
  // Two tests of 5 s last longer than the 10 s after which all lines are tried again.
  for (let test = 0; test < 2; test++) {
    const mark = tracker.output.length;
    await fixture.orderTest(SELF);
    await tracker.said(IS_TEST, mark);
    await tracker.said(IS_WELL, mark);
  }
  await tracker.signal("TERM");
  assert.equal(await tracker.end(), 0, tracker.output);
  const said = tracker.output.split("\n").filter((line) => message.test(line));
  assert.equal(said.length, 1, tracker.output);
}
