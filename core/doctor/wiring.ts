/** The parts that are wired to this Pi: where each is, what a test shows, and how to repair it. */

import type { BuzzerSetting, Config, LedSetting } from "../config/settings.ts";
import { lineShown } from "./header_pins.ts";

/** The parts by their keys in `[rpi]`, in the order of the test. */
export const PART_NAMES = ["led", "buzzer", "lamp", "button"] as const;
export type PartName = (typeof PART_NAMES)[number];
export type OutputName = Exclude<PartName, "button">;

/** A part with a line of the header. */
export interface WiredPart {
  readonly name: PartName;
  /** BCM number. */
  readonly line: number;
}

type Rpi = Config["rpi"];

/** The parts with a line of the header. */
export function wiredParts(rpi: Rpi): readonly WiredPart[] {
  return PART_NAMES.flatMap((name) => {
    const line = lineOf(rpi, name);
    return line === undefined ? [] : [{ name, line }];
  });
}

function lineOf(rpi: Rpi, part: PartName): number | undefined {
  if (part === "lamp" || part === "button") return rpi[part];
  const setting = rpi[part];
  return setting.kind === "line" ? setting.line : undefined;
}

/** The name of a part for people. */
export function partTitle(part: PartName): string {
  return part === "led" ? "LED" : part;
}

/** The position of a part: `GPIO 17 (pin 11)`, `on-board LED ACT`; `undefined` if there is none. */
export function placeOf(rpi: Rpi, part: PartName): string | undefined {
  switch (part) {
    case "led":
      return placeOfSetting(rpi.led);
    case "buzzer":
      return placeOfSetting(rpi.buzzer);
    case "lamp":
    case "button":
      return rpi[part] === undefined ? undefined : lineShown(rpi[part]);
  }
}

/** What a test of a part shows: `blinks once a second`. */
export function expectedOf(part: OutputName): string {
  switch (part) {
    case "led":
      return "blinks once a second";
    case "buzzer":
      return "beeps three times, again and again";
    case "lamp":
      return "is lit";
  }
}

/** What to try if the test fails. */
export function repairOf(rpi: Rpi, part: PartName): string {
  const pin = placeOf(rpi, part);
  switch (part) {
    case "led":
      if (rpi.led.kind === "sysfs") return "does ls /sys/class/leds list it by that name";
      return `long leg by a resistor to ${pin}, short leg to ground; lit when it should be dark ` +
        `and dark when lit: ${activeLowAdvice(rpi.activeLow)}`;
    case "buzzer":
      if (rpi.buzzer.kind === "pwm") {
        return "is the buzzer a passive one, and on the pin of that channel";
      }
      return `+ of the buzzer to 5 V, the transistor's base by a resistor to ${pin}, its emitter ` +
        `to ground; a sound when it should be silent: ${activeLowAdvice(rpi.activeLow)}`;
    case "lamp":
      return `the relay board's input to ${pin}, its supply and ground, the lamp's own supply; lit ` +
        `when it should be dark: lamp_active_low = ${rpi.lampActiveLow ? "no" : "yes"}`;
    case "button":
      return `one leg to ${pin}, the one diagonal to it to ground, and [rpi] button names that line`;
  }
}

function placeOfSetting(setting: LedSetting | BuzzerSetting): string | undefined {
  switch (setting.kind) {
    case "none":
      return undefined;
    case "line":
      return lineShown(setting.line);
    case "sysfs":
      return `on-board LED ${setting.name}`;
    case "pwm":
      return `channel ${setting.channel} of hardware PWM`;
  }
}

function activeLowAdvice(activeLow: boolean): string {
  return `[rpi] active_low = ${activeLow ? "no" : "yes"}`;
}
