/** What LED and buzzer do over time, and that they are off after every end: real kernel lines. */
import assert from "node:assert/strict";
import type { Guest } from "./guest.ts";
import { ALL_WELL, BUZZER, DEAD, Indicate, LED, onGuest } from "./indicate.ts";
import { DOUBLE_BLINK, edges, ONE_HERTZ, plays, SHORT_BLINK, THREE_BEEPS } from "./played.ts";

const CHIP = 0;
const SUSPECT = { ...ALL_WELL, suspect: 1 };
const BLIND = { ...DEAD, suspect: 1, buzzing: true, blind: true };
const BUZZING = { ...DEAD, buzzing: true };

for (const userland of ["bookworm", "trixie"] as const) {
  Deno.test(`GPIO patterns under Debian ${userland}`, async (t) => {
    await onGuest(userland, async (guest) => {
      await guest.plug("pi4", { persist: true });
      await t.step("each indication has its pattern on LED and buzzer", () => patterns(guest));
      await t.step("SIGTERM turns both lines off", () => offAfterSignal(guest));
      await t.step("an error that nobody catches turns both lines off", async () => {
        await offAfterFault(guest, "throw");
      });
      await t.step("an exit that disposes nothing turns both lines off", async () => {
        await offAfterFault(guest, "exit");
      });
      await t.step("a start after kill -9 turns both lines off", () => offAfterRestart(guest));
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
  await plays(guest, { line: LED, since: await begin(SUSPECT), pattern: SHORT_BLINK });
  const blindAt = await begin(BLIND);
  await plays(guest, { line: LED, since: blindAt, pattern: DOUBLE_BLINK });
  assert.deepEqual(edges(guest, BUZZER, blindAt), [], "the buzzer is silent while blind");
  await plays(guest, {
    line: BUZZER,
    since: await begin("test"),
    pattern: [...THREE_BEEPS, 2_000],
  });
  const deadAt = await begin(DEAD);
  await plays(guest, { line: LED, since: deadAt, pattern: ONE_HERTZ });
  assert.deepEqual(edges(guest, BUZZER, deadAt), [], "the buzzer waits");
  const buzzingAt = await indicate.show(BUZZING);
  await plays(guest, { line: BUZZER, since: buzzingAt, pattern: [...THREE_BEEPS, 9_500, 100] });
  const seconds = Math.floor(edges(guest, LED, deadAt).length / 2);
  const rhythm = Array.from({ length: seconds }, () => ONE_HERTZ).flat().slice(0, seconds * 2 - 1);
  await plays(guest, { line: LED, since: deadAt, pattern: rhythm });
  const wellAt = await indicate.show(ALL_WELL);
  await isOff(guest);
  assert.deepEqual(edges(guest, LED, wellAt).map((edge) => edge.level).filter(Boolean), []);
}

async function offAfterSignal(guest: Guest): Promise<void> {
  await using indicate = await lit(guest);
  await indicate.program.signal("TERM");
  assert.equal(await indicate.program.end(), 0);
  await isOff(guest);
}

async function offAfterFault(guest: Guest, fault: "throw" | "exit"): Promise<void> {
  await using indicate = await lit(guest);
  await indicate.obey(fault);
  assert.equal(await indicate.program.end(), 1);
  await isOff(guest);
}

async function offAfterRestart(guest: Guest): Promise<void> {
  await using killed = await lit(guest);
  await stopWhileLit(guest, killed);
  await killed.program.signal("KILL");
  assert.equal(await killed.program.end(), 128 + 9);
  assert.equal(await guest.level(LED, CHIP), 1, "the kernel keeps the level of a dead program");
  await using _restarted = await Indicate.start(guest);
  await isOff(guest);
}

async function activeLow(guest: Guest): Promise<void> {
  await using indicate = await Indicate.start(guest, { activeLow: true });
  assert.equal(await guest.level(LED, CHIP), 1);
  assert.equal(await guest.level(BUZZER, CHIP), 1);
  const since = await indicate.show(BUZZING);
  await levelSeen(guest, { line: LED, since, value: "0" });
  await levelSeen(guest, { line: BUZZER, since, value: "0" });
  await indicate.program.signal("TERM");
  assert.equal(await indicate.program.end(), 0);
  assert.equal(await guest.level(LED, CHIP), 1);
  assert.equal(await guest.level(BUZZER, CHIP), 1);
}

/** A program that has just turned both lines on. */
async function lit(guest: Guest): Promise<Indicate> {
  const indicate = await Indicate.start(guest);
  const since = await indicate.show(BUZZING);
  await levelSeen(guest, { line: LED, since, value: "1" });
  await levelSeen(guest, { line: BUZZER, since, value: "1" });
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
