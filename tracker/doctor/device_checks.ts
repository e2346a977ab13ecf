/** Outputs that are folders of the kernel: an on-board LED, a channel of hardware PWM. */

import type { Config } from "../../core/config.ts";
import { type Finding, fine, wrong } from "../../core/finding.ts";
import { reasonOf } from "../../io/user_error.ts";

const LEDS_FOLDER = "/sys/class/leds";
const PWM_FOLDER = "/sys/class/pwm";
/** Chips are looked for as pwmchip0 up to this number, exclusive. */
const PWM_CHIPS_MAX = 16;

/** Reads and writes small files. Both throw an Error that names the file. */
export interface DeviceFiles {
  read(path: string): string;
  write(path: string, text: string): void;
}

/** What of the outputs is no line of the header. */
export function checkDevices({ led, buzzer }: Config["rpi"], files: DeviceFiles): Finding[] {
  return [
    ...led.kind === "sysfs" ? [checkLed(led.name, files)] : [],
    ...buzzer.kind === "pwm" ? [checkPwm(buzzer, files)] : [],
  ];
}

function checkLed(name: string, files: DeviceFiles): Finding {
  const folder = `${LEDS_FOLDER}/${name}`;
  try {
    files.read(`${folder}/trigger`);
  } catch (error) {
    return wrong("led", reasonOf(error), `choose one of those that "ls ${LEDS_FOLDER}" lists`);
  }
  try {
    touch(files, `${folder}/trigger`);
    touch(files, `${folder}/brightness`);
  } catch (error) {
    const advice =
      "let the group gpio write there, by the udev rule of the README; root may anyway";
    return wrong("led", reasonOf(error), advice);
  }
  return fine("led", `on-board LED ${name}: there, and may be written`);
}

function checkPwm(
  { chip, channel }: { readonly chip: number | undefined; readonly channel: number },
  files: DeviceFiles,
): Finding {
  const numbers = chip === undefined ? Array.from({ length: PWM_CHIPS_MAX }, (_, n) => n) : [chip];
  const number = numbers.find((n) => channelsOf(n, files) > channel);
  if (number === undefined) {
    const found = chip === undefined
      ? `no PWM chip has a channel ${channel}`
      : `${PWM_FOLDER}/pwmchip${chip} has no channel ${channel}`;
    return wrong("buzzer", found, "add dtoverlay=pwm to /boot/firmware/config.txt, and reboot");
  }
  const folder = `${PWM_FOLDER}/pwmchip${number}`;
  try {
    touch(files, `${folder}/export`);
  } catch (error) {
    const advice =
      "let the group gpio write there, by the udev rule of the README; root may anyway";
    return wrong("buzzer", reasonOf(error), advice);
  }
  return fine("buzzer", `channel ${channel} of ${folder}: there, and may be written`);
}

/** How many channels a PWM chip has; 0 when it is not there. */
function channelsOf(chip: number, files: DeviceFiles): number {
  try {
    return Number(files.read(`${PWM_FOLDER}/pwmchip${chip}/npwm`)) || 0;
  } catch {
    return 0;
  }
}

/** Opens a file for writing, and writes nothing: the kernel tells whether that is allowed. */
function touch(files: DeviceFiles, path: string): void {
  files.write(path, "");
}
