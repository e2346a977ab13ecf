/** `tracker test`: plays the alarm, or guides a person through the wiring, part by part. */

import { TEST_INDICATION } from "../core/alarm/indicator.ts";
import { ALARM_TEST_MS } from "../core/alarm/operator_commands.ts";
import type { Config } from "../core/config/settings.ts";
import { lineShown } from "../core/doctor/header_pins.ts";
import {
  expectedOf,
  type OutputName,
  PART_NAMES,
  type PartName,
  partTitle,
  placeOf,
  repairOf,
  wiredParts,
} from "../core/doctor/wiring.ts";
import { Indicator, type OutputLine } from "../io/output/indicator.ts";
import type { ExitCode, Run } from "../io/program/program.ts";
import { askYesOrNo, ownTerminal } from "../io/program/question.ts";
import { reasonOf } from "../io/program/user_error.ts";
import { sleepUntil, systemClock } from "../io/time/clock.ts";
import { isHeldByTracker } from "./line_holder.ts";
import { adviceOnOutput, openAlarm, openersOf } from "./outputs.ts";
import { testButton } from "./test_button.ts";

/**
 * Without options it plays the whole alarm for 5 s; with `--led` and similar options those parts in
 * turn.
 */
export async function testHardware(run: Run): Promise<ExitCode> {
  const { options, stop } = run;
  const chosen = PART_NAMES.filter((part) => options[part] === true);
  if (chosen.length === 0) return await testAlarm(run);
  let isWell = true;
  for (const part of chosen) {
    isWell = await testPart(run, part) && isWell;
    if (stop.aborted) return 0;
  }
  return isWell ? 0 : 1;
}

async function testAlarm({ config, stop }: Run): Promise<ExitCode> {
  const held = PART_NAMES.filter((part) => part !== "button" && sayIfHeld(config.rpi, part));
  if (held.length > 0) return 1;
  const shown = PART_NAMES.flatMap((part) => {
    const place = placeOf(config.rpi, part);
    if (part === "button" || place === undefined) return [];
    return [`the ${partTitle(part)} on ${place} ${expectedOf(part)}`];
  });
  const seconds = ALARM_TEST_MS / 1000;
  console.log(`For ${seconds} s: ${shown.join(", ") || "no LED, buzzer or lamp is configured"}.`);
  using alarm = openAlarm(config);
  alarm.show(TEST_INDICATION);
  await sleepUntil(systemClock, systemClock.nowMs() + ALARM_TEST_MS, stop);
  return 0;
}

/** Returns whether the part works, as far as this can be known. */
async function testPart({ config: { rpi }, stop }: Run, part: PartName): Promise<boolean> {
  const title = partTitle(part);
  const place = placeOf(rpi, part);
  if (place === undefined) {
    console.log(`${title}: there is none ([rpi] ${part} = none).`);
    return false;
  }
  if (sayIfHeld(rpi, part)) return false;
  try {
    if (part === "button") return await testButton(rpi, stop);
    console.log(`${title} on ${place}: it ${expectedOf(part)} now.`);
    const answer = await play(openersOf(rpi)[part]?.(), part, stop);
    if (!stop.aborted) console.log(verdictOn(part, answer, repairOf(rpi, part)));
    return answer ?? true;
  } catch (error) {
    const advice = adviceOnOutput(error);
    console.log(`${title}: wrong. ${reasonOf(error)}${advice === undefined ? "" : `; ${advice}`}`);
    return false;
  }
}

/** When a running tracker has the line, nothing can be tested. */
function sayIfHeld(rpi: Config["rpi"], part: PartName): boolean {
  const wired = wiredParts(rpi).find(({ name }) => name === part);
  if (wired === undefined || !isHeldByTracker(rpi, wired.line)) return false;
  const place = lineShown(wired.line);
  console.log(
    `${partTitle(part)}: the running tracker holds ${place}. First: sudo systemctl stop tracker`,
  );
  return true;
}

function verdictOn(part: PartName, answer: boolean | undefined, repair: string): string {
  const title = partTitle(part);
  switch (answer) {
    case true:
      return `${title}: good.`;
    case false:
      return `${title}: wrong. Look at this: ${repair}.`;
    case undefined:
      return `${title}: if it did not, look at this: ${repair}.`;
  }
}

/** Plays the part and returns the person's answer. Throws when the output cannot be set. */
async function play(
  opened: OutputLine | undefined,
  part: OutputName,
  stop: AbortSignal,
): Promise<boolean | undefined> {
  using output = opened;
  const failures: unknown[] = [];
  using indicator = new Indicator({ [part]: output }, {
    onError: (error) => failures.push(error),
  });
  indicator.show(TEST_INDICATION);
  const answer = await answerOn(part, stop);
  if (failures.length > 0) throw failures[0];
  return answer;
}

/**
 * In a terminal it waits for the person. Without one there is no answer, and it returns after 5 s.
 */
async function answerOn(part: OutputName, stop: AbortSignal): Promise<boolean | undefined> {
  if (ownTerminal.isTerminal()) {
    const question = `Is it so that the ${partTitle(part)} ${expectedOf(part)}?`;
    return await askYesOrNo(question, ownTerminal, stop);
  }
  await sleepUntil(systemClock, systemClock.nowMs() + ALARM_TEST_MS, stop);
  return undefined;
}
