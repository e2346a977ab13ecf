/** The pin of each line, what a test must show, and whether a button works. */

import assert from "node:assert/strict";
import { checkEdge, NOT_PRESSED } from "../../../core/doctor/button_check.ts";
import { headerPinOf, lineShown } from "../../../core/doctor/header_pins.ts";
import {
  expectedOf,
  PART_NAMES,
  placeOf,
  repairOf,
  wiredParts,
} from "../../../core/doctor/wiring.ts";
import { askYesOrNo } from "../../../io/program/question.ts";
import { configOfIni } from "../../support/program/ini_config.ts";

/** BCM numbers; the last is 27. */
const LINES = Array.from({ length: 28 }, (_, line) => line);

function rpiOf(text: string) {
  return configOfIni(`[rpi]\n${text}`).rpi;
}

Deno.test("known lines are on their pins", () => {
  const known = { 0: 27, 1: 28, 2: 3, 3: 5, 4: 7, 14: 8, 15: 10, 17: 11, 18: 12, 21: 40, 27: 13 };
  for (const [line, pin] of Object.entries(known)) assert.equal(headerPinOf(Number(line)), pin);
  assert.equal(headerPinOf(28), undefined);
  assert.equal(lineShown(17), "GPIO 17 (pin 11)");
  assert.equal(lineShown(40), "GPIO 40");
});

Deno.test("every pin of the header except power and ground has one line", () => {
  const power = [1, 2, 4, 17];
  const ground = [6, 9, 14, 20, 25, 30, 34, 39];
  const pins = [...LINES.map(headerPinOf), ...power, ...ground].sort((a, b) =>
    Number(a) - Number(b)
  );
  assert.deepEqual(pins, Array.from({ length: 40 }, (_, index) => index + 1));
});

Deno.test("a part is named with its place", () => {
  const rpi = rpiOf("led = 17\nbuzzer = pwm:0\nlamp = 5\n");
  assert.deepEqual(wiredParts(rpi), [{ name: "led", line: 17 }, { name: "lamp", line: 5 }]);
  assert.deepEqual(PART_NAMES.map((part) => placeOf(rpi, part)), [
    "GPIO 17 (pin 11)",
    "channel 0 of hardware PWM",
    "GPIO 5 (pin 29)",
    undefined,
  ]);
  assert.equal(placeOf(rpiOf("led = sysfs:ACT\n"), "led"), "on-board LED ACT");
});

Deno.test("the repair names the pin, and the opposite polarity", () => {
  assert.match(repairOf(rpiOf("led = 17\n"), "led"), /pin 11.*active_low = yes/);
  assert.match(repairOf(rpiOf("led = 17\nactive_low = yes\n"), "led"), /active_low = no/);
  assert.match(repairOf(rpiOf("buzzer = 27\n"), "buzzer"), /pin 13.*active_low = yes/);
  assert.match(repairOf(rpiOf("lamp = 5\n"), "lamp"), /pin 29.*lamp_active_low = yes/);
  assert.match(repairOf(rpiOf("button = 22\n"), "button"), /pin 15.*ground/);
  const shown = new Set((["led", "buzzer", "lamp"] as const).map(expectedOf));
  assert.equal(shown.size, 3);
});

/** The texts for edges in the form `+0 -3 +5 -200`: pressed at 0, released at 3, ... */
function press(score: string): string {
  let check = NOT_PRESSED;
  const said: string[] = [];
  for (const edge of score.split(" ")) {
    const report = checkEdge(check, { active: edge.startsWith("+"), atMs: Number(edge.slice(1)) });
    check = report.check;
    if (report.text !== undefined) said.push(report.text);
    if (report.works) said.push("works");
  }
  return said.join(", ");
}

Deno.test("a button works when it was pressed and released, however its contacts bounce", () => {
  assert.equal(press("+100 -350"), "pressed, released after 250 ms, works");
  assert.equal(press("+0 -2 +3 -5 +6 -200"), "pressed, released after 200 ms, works");
  assert.equal(press("+0"), "pressed");
  assert.equal(press("-50 +100 -300"), "pressed, released after 200 ms, works", "begins pressed");
  assert.equal(press("+0 -2"), "pressed", "a bounce alone is no press");
});

/** A terminal in which a person types lines. */
function terminalWith(lines: readonly string[]) {
  const typed = [...lines];
  const asked: string[] = [];
  return {
    asked,
    isTerminal: () => true,
    read(buffer: Uint8Array): Promise<number | null> {
      const line = typed.shift();
      if (line === undefined) return Promise.resolve(null);
      return Promise.resolve(new TextEncoder().encodeInto(line, buffer).written);
    },
    write: (text: string) => {
      asked.push(text);
    },
  };
}

Deno.test("a question is asked until the answer is yes or no", async () => {
  const never = new AbortController().signal;
  const terminal = terminalWith(["what?\n", "\n", "Yes\n"]);
  assert.equal(await askYesOrNo("Does it blink?", terminal, never), true);
  assert.deepEqual(terminal.asked, Array(3).fill("Does it blink? [y/n] "));
  assert.equal(await askYesOrNo("?", terminalWith(["n\n"]), never), false);
  assert.equal(await askYesOrNo("?", terminalWith([]), never), undefined, "Ctrl-D");
  assert.equal(await askYesOrNo("?", terminalWith(Array(99).fill("?\n")), never), undefined);
});

Deno.test("a stop request ends the question", async () => {
  const stop = new AbortController();
  const silent = { ...terminalWith([]), read: () => new Promise<null>(() => {}) };
  const answer = askYesOrNo("?", silent, stop.signal);
  stop.abort();
  assert.equal(await answer, undefined);
});
