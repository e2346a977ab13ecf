/** What LED, buzzer and lamp do over time, and that they end off, whatever happens: real lines. */
import assert from "node:assert/strict";
import { sized } from "../support/program/tier.ts";
import type { Guest, Userland } from "./guest.ts";
import { ALL_WELL, BUZZER, DEAD, Indicate, LAMP, LED, onGuest } from "./indicate.ts";
import {
  DOUBLE_BLINK,
  edges,
  inOneOf,
  ONE_HERTZ,
  plays,
  SHORT_BLINK,
  THREE_BEEPS,
} from "./played.ts";

const CHIP = 0;
/** How often a pattern is shown before it counts as wrong: a busy machine may halt the guest. */
const TIMES = 3;
const SUSPECT = { ...ALL_WELL, suspect: 1 };
const BLIND = { ...DEAD, suspect: 1, buzzing: true, blind: true };
const BUZZING = { ...DEAD, buzzing: true };

/** What the program is told to do wrong, and what it is. */
const FAULTS: Readonly<Record<string, string>> = {
  throw: "an error that nobody catches",
  reject: "a promise that nobody awaits",
  exit: "an exit that disposes nothing",
};

/** The contract of the lines holds both libraries alike: more than one of them is for the soak. */
const USERLANDS = sized<readonly Userland[]>({
  test: ["bookworm"],
  soak: ["bookworm", "trixie"],
});

for (const userland of USERLANDS) {
  Deno.test(`GPIO patterns under Debian ${userland}`, async (t) => {
    await onGuest(userland, async (guest) => {
      await guest.plug("pi4", { persist: true });
      // To play them takes long, and no library has a part in when a line is set.
      if (userland === "bookworm") {
        await t.step("each indication has its pattern on LED, buzzer and lamp", async () => {
          await patterns(guest);
        });
      }
      for (const signal of ["TERM", "INT"] as const) {
        await t.step(`SIG${signal} turns all lines off`, () => offAfterSignal(guest, signal));
      }
      for (const [fault, name] of Object.entries(FAULTS)) {
        await t.step(`${name} turns all lines off`, () => offAfterFault(guest, fault));
      }
      await t.step("a start after kill -9 turns all lines off", async () => {
        await offAfterRestart(guest, "KILL", 9);
      });
      await t.step("a start after systemd's watchdog struck turns all lines off", async () => {
        await offAfterRestart(guest, "ABRT", 6);
      });
      await t.step("a line taken by another program and given back is set anew", async () => {
        await setAfterTheft(guest);
      });
      await t.step("an active-low line is high when off", () => activeLow(guest));
    });
  });
}

async function patterns(guest: Guest): Promise<void> {
  await using indicate = await Indicate.start(guest);
  const begin = async (facts: Parameters<Indicate["show"]>[0]) => {
    await indicate.show(ALL_WELL);
    return await indicate.show(facts);
  };
  await inOneOf(TIMES, async () => {
    await plays(guest, { line: LED, since: await begin(SUSPECT), pattern: SHORT_BLINK });
  });
  await inOneOf(TIMES, async () => {
    const since = await begin(BLIND);
    await plays(guest, { line: LED, since, pattern: DOUBLE_BLINK });
    assert.deepEqual(edges(guest, BUZZER, since), [], "the buzzer is silent while blind");
  });
  await inOneOf(TIMES, async () => {
    const pattern = [...THREE_BEEPS, 2_000];
    await plays(guest, { line: BUZZER, since: await begin("test"), pattern });
  });
  await inOneOf(TIMES, async () => {
    const deadAt = await begin(DEAD);
    await plays(guest, { line: LED, since: deadAt, pattern: ONE_HERTZ });
    assert.deepEqual(edges(guest, BUZZER, deadAt), [], "the buzzer waits");
    assert.equal(await guest.level(LAMP, CHIP), 1, "the lamp is lit");
    const buzzingAt = await indicate.show(BUZZING);
    await plays(guest, { line: BUZZER, since: buzzingAt, pattern: [...THREE_BEEPS, 9_500, 100] });
    await keepsRhythm(guest, deadAt);
    assert.equal(edges(guest, LAMP, deadAt).length, 1, "a relay is not worn out");
  });
  await indicate.show(ALL_WELL);
  const wellAt = await guest.now();
  await isOff(guest);
  assert.deepEqual(edges(guest, LED, wellAt).map((edge) => edge.level).filter(Boolean), []);
}

/** The LED has blinked once a second all the time, whatever the buzzer did. */
async function keepsRhythm(guest: Guest, since: number): Promise<void> {
  const seconds = Math.floor(edges(guest, LED, since).length / 2);
  const pattern = Array.from({ length: seconds }, () => ONE_HERTZ).flat().slice(0, seconds * 2 - 1);
  await plays(guest, { line: LED, since, pattern });
}

async function offAfterSignal(guest: Guest, signal: "TERM" | "INT"): Promise<void> {
  await using indicate = await lit(guest);
  await indicate.program.signal(signal);
  assert.equal(await indicate.program.end(), 0);
  await isOff(guest);
}

async function offAfterFault(guest: Guest, fault: string): Promise<void> {
  await using indicate = await lit(guest);
  await indicate.obey(fault);
  assert.equal(await indicate.program.end(), 1);
  await isOff(guest);
}

async function offAfterRestart(
  guest: Guest,
  signal: "KILL" | "ABRT",
  number: number,
): Promise<void> {
  await using killed = await lit(guest);
  await stopWhileLit(guest, killed);
  await killed.program.signal(signal);
  // A frozen program dies of SIGKILL at once, of anything else when it is thawed.
  await killed.program.signal("CONT").catch(() => {});
  assert.equal(await killed.program.end(), 128 + number);
  assert.equal(await guest.level(LED, CHIP), 1, "the kernel keeps the level of a dead program");
  assert.equal(await guest.level(LAMP, CHIP), 1, "and the lamp's");
  await using _restarted = await Indicate.start(guest);
  await isOff(guest);
}

/** Two programs that want the same lines: the second has them from the first one's end on. */
async function setAfterTheft(guest: Guest): Promise<void> {
  await using thief = await lit(guest);
  await using robbed = await Indicate.start(guest);
  for (const name of ["led", "buzzer", "lamp"] as const) {
    assert.equal((await robbed.failure(name)).errno, "EBUSY");
  }
  await robbed.show(DEAD);
  const since = await guest.now();
  await thief.program.signal("KILL");
  await thief.program.end();
  for (const name of ["led", "buzzer", "lamp"] as const) await robbed.opened(name);
  await levelSeen(guest, { line: LED, since, value: "1" });
  assert.equal(await guest.level(LAMP, CHIP), 1, "a Pi is down: the lamp is lit");
  assert.equal(await guest.level(BUZZER, CHIP), 0, "what the other program left on is off");
  await robbed.program.signal("TERM");
  assert.equal(await robbed.program.end(), 0);
  await isOff(guest);
}

async function activeLow(guest: Guest): Promise<void> {
  await using indicate = await Indicate.start(guest, { activeLow: true });
  assert.equal(await guest.level(LED, CHIP), 1);
  assert.equal(await guest.level(BUZZER, CHIP), 1);
  const since = await indicate.show(BUZZING);
  await levelSeen(guest, { line: LED, since, value: "0" });
  await levelSeen(guest, { line: BUZZER, since, value: "0" });
  await levelSeen(guest, { line: LAMP, since, value: "0" });
  await indicate.program.signal("TERM");
  assert.equal(await indicate.program.end(), 0);
  assert.equal(await guest.level(LED, CHIP), 1);
  assert.equal(await guest.level(BUZZER, CHIP), 1);
  assert.equal(await guest.level(LAMP, CHIP), 1);
}

/** A program that has just turned all lines on. */
async function lit(guest: Guest): Promise<Indicate> {
  const indicate = await Indicate.start(guest);
  const since = await indicate.show(BUZZING);
  await levelSeen(guest, { line: LED, since, value: "1" });
  await levelSeen(guest, { line: BUZZER, since, value: "1" });
  await levelSeen(guest, { line: LAMP, since, value: "1" });
  return indicate;
}

/** Freezes the program at a moment at which its LED is on. */
async function stopWhileLit(guest: Guest, { program }: Indicate): Promise<void> {
  for (;;) {
    await program.signal("STOP");
    if (await guest.level(LED, CHIP) === 1) return;
    const since = await guest.now();
    await program.signal("CONT");
    await levelSeen(guest, { line: LED, since, value: "1" });
  }
}

async function isOff(guest: Guest): Promise<void> {
  assert.equal(await guest.level(LED, CHIP), 0, "the LED is off");
  assert.equal(await guest.level(BUZZER, CHIP), 0, "the buzzer is off");
  assert.equal(await guest.level(LAMP, CHIP), 0, "the lamp is off");
}

interface Sight {
  readonly line: number;
  /** Seconds of the guest's clock. */
  readonly since: number;
  readonly value: "0" | "1";
}

async function levelSeen(guest: Guest, { line, since, value }: Sight): Promise<void> {
  await guest.event(
    (event) =>
      event.kind === "level" && event.line === line && event.t >= since && event.value === value,
    `level ${value} of line ${line}`,
  );
}
