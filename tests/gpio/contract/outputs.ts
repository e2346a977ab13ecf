/** What an output does, from its first moment to its last. */
import assert from "node:assert/strict";
import type { Guest } from "../guest.ts";
import { LED, Lines } from "../lines.ts";
import { levelSeen } from "./level.ts";
import type { Scenario } from "./scenario.ts";

const CHIP = 0;

export async function outputStories(
  t: Deno.TestContext,
  { guest, lines, driver }: Scenario,
): Promise<void> {
  await lines.release("led", "button");
  await guest.plug("pi4", { persist: true });
  await t.step("an output is off from its first moment, and follows", () => follows(guest, lines));
  await t.step("an active-low output is high when off", () => isHighWhenOff(guest, lines));
  await t.step(
    "an output that was left on is off when it is taken",
    () => endsOldLight({ guest, lines, driver }),
  );
}

async function follows(guest: Guest, lines: Lines): Promise<void> {
  const since = await guest.now();
  await lines.openLed();
  assert.equal(await guest.level(LED, CHIP), 0);
  for (const [on, value] of [[true, 1], [false, 0], [true, 1]] as const) {
    await lines.ask({ do: "set", name: "led", on });
    await levelSeen(guest, { chip: CHIP, line: LED, value });
  }
  await lines.release("led");
  assert.equal(await guest.level(LED, CHIP), 0, "off when released");
  // The guest tells of a change some milliseconds after it.
  await guest.until(() => levelsSet(guest, since) === "1010" || undefined, "its four levels");
}

/** What the LED was set to from its first light on, as a text of digits. */
function levelsSet({ events }: Guest, since: number): string {
  const set = events.filter(({ t, kind, line }) => t >= since && kind === "set" && line === LED);
  const levels = set.map(({ value }) => value).join("");
  return levels.slice(levels.indexOf("1"));
}

async function isHighWhenOff(guest: Guest, lines: Lines): Promise<void> {
  await lines.openLed({ activeLow: true });
  assert.equal(await guest.level(LED, CHIP), 1);
  await lines.ask({ do: "set", name: "led", on: true });
  assert.equal(await guest.level(LED, CHIP), 0);
  await lines.release("led");
  assert.equal(await guest.level(LED, CHIP), 1);
}

async function endsOldLight(
  { guest, lines, driver }: Omit<Scenario, "userland">,
): Promise<void> {
  {
    await using killed = await Lines.start(guest, { driver });
    await killed.openLed();
    await killed.ask({ do: "set", name: "led", on: true });
  }
  assert.equal(await guest.level(LED, CHIP), 1, "the kernel keeps the level of a dead program");
  await lines.openLed();
  assert.equal(await guest.level(LED, CHIP), 0);
  await lines.release("led");
}
