/** Checks outputs that are folders of the kernel: an on-board LED, a channel of hardware PWM. */

import type { Config } from "../../core/config/settings.ts";
import { type Finding, fine, wrong } from "../../core/doctor/finding.ts";
import { type PartName } from "../../core/doctor/wiring.ts";
import type { KernelFiles } from "../../io/output/kernel_files.ts";
import { findPwmChip, type PwmChannel } from "../../io/output/pwm_chip.ts";
import { reasonOf } from "../../io/program/user_error.ts";
import { adviceOnOutput } from "../outputs.ts";

const LEDS_FOLDER = "/sys/class/leds";
const PWM_FOLDER = "/sys/class/pwm";

/** Checks the outputs that are not lines of the header, without changing them. */
export function checkDevices(
  { led, buzzer }: Config["rpi"],
  files: KernelFiles,
): readonly Finding[] {
  return [
    ...led.kind === "sysfs" ? [explained("led", () => checkLed(led.name, files))] : [],
    ...buzzer.kind === "pwm" ? [explained("buzzer", () => checkPwm(buzzer, files))] : [],
  ];
}

function explained(part: PartName, check: () => string): Finding {
  try {
    return fine(part, check());
  } catch (error) {
    return wrong(part, reasonOf(error), adviceOnOutput(error) ?? `choose another [rpi] ${part}`);
  }
}

function checkLed(name: string, files: KernelFiles): string {
  const folder = `${LEDS_FOLDER}/${name}`;
  touch(files, `${folder}/trigger`);
  touch(files, `${folder}/brightness`);
  return `on-board LED ${name}: there, and may be written`;
}

function checkPwm(channel: PwmChannel, files: KernelFiles): string {
  const folder = findPwmChip(files, PWM_FOLDER, channel);
  touch(files, `${folder}/export`);
  return `channel ${channel.channel} of ${folder}: there, and may be written`;
}

/** Opens a file for writing without writing, to see whether the kernel allows it. */
function touch(files: KernelFiles, path: string): void {
  files.write(path, "");
}
