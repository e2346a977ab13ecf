/** Every end of the program is prompt, whoever waits for a button, and leaves the LED dark. */
import assert from "node:assert/strict";
import { isInTime } from "../../support/time/patience.ts";
import { LED, Lines } from "../lines.ts";
import type { Scenario } from "./scenario.ts";

const CHIP = 0;
/** A program that hangs would take for ever; an emulated one takes 0.2 s, or 2 s on a busy machine. */
const PROMPT_MS = 10_000;

const ENDS = [
  { how: "return", words: "a natural end after the lines are released", status: 0 },
  { how: "throw", words: "an error that nobody catches", status: 1 },
  { how: "reject", words: "a promise that nobody awaits", status: 1 },
  { how: "exit", words: "Deno.exit", status: 3 },
] as const;

export async function endStories(t: Deno.TestContext, scenario: Scenario): Promise<void> {
  const { guest, lines } = scenario;
  await lines.release("led", "button");
  await guest.plug("pi4", { persist: true });
  const ends = ENDS.filter(({ how }) => how !== "return" || !scenario.isOnNode);
  for (const { how, words, status } of ends) {
    await t.step(`${words} is prompt while a button is waited for`, async () => {
      await endsPromptly(scenario, status, (lines) => lines.tell({ do: "end", how }));
    });
  }
  await t.step("SIGTERM is obeyed at once while a button is waited for", async () => {
    await endsPromptly(scenario, 0, (lines) => lines.program.signal("TERM"));
  });
}

async function endsPromptly(
  { guest, driver }: Scenario,
  status: number,
  end: (lines: Lines) => Promise<unknown>,
): Promise<void> {
  await using lines = await Lines.start(guest, { driver });
  await lines.openLed();
  await lines.openButton();
  await lines.ask({ do: "set", name: "led", on: true });
  assert.equal(await guest.level(LED, CHIP), 1);
  const since = await guest.now();
  await end(lines);
  assert.equal(await lines.program.end(), status, lines.program.output);
  const tookMs = (await guest.now() - since) * 1_000;
  assert(isInTime(tookMs, PROMPT_MS), `it took ${tookMs.toFixed(0)} ms`);
  assert.equal(await guest.level(LED, CHIP), 0, "the LED is off");
}
