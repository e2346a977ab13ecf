/** `tracker test --button`: a person presses, and the program prints what it saw. */

import type { Config } from "../core/config/settings.ts";
import { type ButtonCheck, checkEdge, NOT_PRESSED } from "../core/doctor/button_check.ts";
import { lineShown } from "../core/doctor/header_pins.ts";
import { repairOf } from "../core/doctor/wiring.ts";
import type { InputLine } from "../ffi/gpio.ts";
import { sleepUntil, systemClock } from "../io/time/clock.ts";
import { isPressed, openButtonLine } from "./button_line.ts";
import { TRACKER_CONSUMER } from "./line_holder.ts";

/** How long the program waits for each action of the person. */
const PATIENCE_MS = 30_000;

/**
 * Returns whether the button was pressed and released. Throws GpioError when its line is
 * unavailable.
 */
export async function testButton(rpi: Config["rpi"], stop: AbortSignal): Promise<boolean> {
  const { button: line } = rpi;
  if (line === undefined) {
    console.log("button: there is none ([rpi] button = none).");
    return false;
  }
  using input = openButtonLine(rpi, { line, consumer: TRACKER_CONSUMER });
  const repair = repairOf(rpi, "button");
  if (await isPressed(input, stop)) {
    console.log(`button on ${lineShown(line)}: reads as pressed. Unless it is: ${repair}.`);
  }
  console.log(`Press the button on ${lineShown(line)} now, shortly.`);
  if (await pressedAndReleased(input, stop)) {
    console.log("button: good.");
    return true;
  }
  if (!stop.aborted) {
    console.log(`button: wrong, nothing for ${PATIENCE_MS / 1000} s. Look at this: ${repair}.`);
  }
  return false;
}

async function pressedAndReleased(input: InputLine, stop: AbortSignal): Promise<boolean> {
  const edges = input.edges()[Symbol.asyncIterator]();
  let check: ButtonCheck = NOT_PRESSED;
  for (;;) {
    const over = new AbortController();
    const untilMs = systemClock.nowMs() + PATIENCE_MS;
    const late = sleepUntil(systemClock, untilMs, AbortSignal.any([stop, over.signal]));
    const next = await Promise.race([edges.next(), late]);
    over.abort();
    if (next === undefined || next.done) return false;
    const report = checkEdge(check, next.value);
    check = report.check;
    if (report.text !== undefined) console.log(`button: ${report.text}.`);
    if (report.works) return true;
  }
}
