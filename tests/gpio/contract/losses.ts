/** A chip that goes away while its lines are in use, and comes back. */
import assert from "node:assert/strict";
import type { Guest } from "../guest.ts";
import { BUTTON, type Lines } from "../lines.ts";
import type { Scenario } from "./scenario.ts";

export async function lossStories(t: Deno.TestContext, { guest, lines }: Scenario): Promise<void> {
  await lines.release("led", "button");
  await guest.plug("pi4");
  await t.step("lines whose chip goes away say so", () => saysLost(guest, lines));
  await t.step("lines whose chip is back can be opened again", () => opensAgain(guest, lines));
}

async function saysLost(guest: Guest, lines: Lines): Promise<void> {
  await lines.openLed();
  await lines.openButton();
  const { mark } = lines;
  await guest.plug("none");
  const [lost] = await lines.program.said(/^.*"lost":"button".*$/m, mark);
  assert.match(lost, /of GPIO chip \\"\/dev\/gpiochip0\\": .*\(ENODEV\)/);
  const set = await lines.failure({ do: "set", name: "led", on: true });
  assert.equal(
    set.message,
    'Cannot set line 2 of GPIO chip "/dev/gpiochip0": no such device (ENODEV)',
  );
  assert.match(set.advice, /the chip is gone/);
  const read = await lines.failure({ do: "read", name: "button" });
  assert.equal(
    read.message,
    'Cannot read line 17 of GPIO chip "/dev/gpiochip0": no such device (ENODEV)',
  );
  await lines.release("led", "button");
}

async function opensAgain(guest: Guest, lines: Lines): Promise<void> {
  await guest.plug("pi4");
  await lines.openLed();
  await lines.openButton();
  await lines.ask({ do: "set", name: "led", on: true });
  assert.equal(await lines.ask({ do: "read", name: "button" }), false);
  const told = await lines.ask({ do: "inspect lines", chip: "auto", lines: [BUTTON] });
  assert.match(JSON.stringify(told), /"consumer":"test-button"/);
}
