/** Opens LED, buzzer and lamp of this Pi as configured. */

import type { BuzzerSetting, Config, LedSetting } from "../core/config/settings.ts";
import { SystemError } from "../ffi/errno.ts";
import { openGpioOutput } from "../ffi/gpio.ts";
import { GpioError } from "../ffi/gpio_error.ts";
import { SpecialFiles } from "../ffi/special_file.ts";
import { Alarm } from "../io/output/alarm.ts";
import { Failures } from "../io/output/failures.ts";
import type { OutputLine } from "../io/output/indicator.ts";
import { PwmBuzzer } from "../io/output/pwm_buzzer.ts";
import { SysfsLed } from "../io/output/sysfs_led.ts";
import { UserError } from "../io/program/user_error.ts";
import { TRACKER_CONSUMER } from "./line_holder.ts";
import { triggerMemory } from "./trigger_memory.ts";

type Opener = () => OutputLine;

/** The part of the configuration that concerns the outputs. */
type OutputConfig = Pick<Config, "rpi">;

/** Opens all configured outputs. One that is unavailable now is tried again for ever. */
export function openAlarm(
  { rpi }: OutputConfig,
  failures: Failures = new Failures(adviceOnOutput),
): Alarm {
  return new Alarm({ ...openersOf(rpi), failures });
}

/**
 * Returns a function that opens each output, or nothing for an output that is not configured. It
 * throws what prevents the opening.
 */
export function openersOf(rpi: Config["rpi"]) {
  return {
    led: ledOpener(rpi, rpi.led),
    buzzer: buzzerOpener(rpi, rpi.buzzer),
    lamp: lampOpener(rpi),
  };
}

function ledOpener(rpi: Config["rpi"], setting: LedSetting): Opener | undefined {
  switch (setting.kind) {
    case "none":
      return undefined;
    case "line":
      return lineOpener(rpi, setting.line, rpi.activeLow);
    case "sysfs":
      return () => openSysfsLed(setting.name);
  }
}

function buzzerOpener(rpi: Config["rpi"], setting: BuzzerSetting): Opener | undefined {
  switch (setting.kind) {
    case "none":
      return undefined;
    case "line":
      return lineOpener(rpi, setting.line, rpi.activeLow);
    case "pwm": {
      const { chip, channel } = setting;
      const { toneHz } = rpi;
      return () => new PwmBuzzer({ chip, channel, toneHz, files: kernelFiles() });
    }
  }
}

function lampOpener(rpi: Config["rpi"]): Opener | undefined {
  return rpi.lamp === undefined ? undefined : lineOpener(rpi, rpi.lamp, rpi.lampActiveLow);
}

function lineOpener({ chip }: Config["rpi"], line: number, activeLow: boolean): Opener {
  return () => openGpioOutput(chip, { line, activeLow, consumer: TRACKER_CONSUMER });
}

/**
 * The C library, once it was needed. It stays loaded: each loading costs memory that V8 frees
 * slowly, and an unavailable output is tried again for ever.
 */
let loaded: SpecialFiles | undefined;

function kernelFiles(): SpecialFiles {
  loaded ??= new SpecialFiles();
  return loaded;
}

function openSysfsLed(name: string): OutputLine {
  const files = kernelFiles();
  const memory = triggerMemory(files, Deno.env.get("RUNTIME_DIRECTORY"));
  return new SysfsLed({ name, files, ...(memory === undefined ? {} : { memory }) });
}

/** Returns advice about an output that does not work, if there is any. */
export function adviceOnOutput(error: unknown): string | undefined {
  if (error instanceof GpioError) return error.advice;
  if (!(error instanceof Error)) return undefined;
  const { message, cause } = error;
  const errno = cause instanceof SystemError ? cause.errno : "";
  if (message.includes("/leds/")) return adviceOnLed(errno);
  return error instanceof UserError || message.includes("/pwm") ? adviceOnPwm(errno) : undefined;
}

function adviceOnLed(errno: string): string {
  switch (errno) {
    case "ENOENT":
      return "choose an LED that this Pi has: ls /sys/class/leds";
    case "EROFS":
      return "let the unit write to it: ReadWritePaths=/sys/devices/platform/leds";
    default:
      return "let group gpio write to it by the udev rule in docs/wiring.md, and the user be of it";
  }
}

function adviceOnPwm(errno: string): string {
  switch (errno) {
    case "EACCES":
    case "EPERM":
      return "let group gpio write to it by the udev rule in docs/wiring.md, and the user be of it";
    case "EROFS":
      return "let the unit write to it: ReadWritePaths= and the folder that readlink -f answers";
    case "EBUSY":
      return "the kernel uses that channel itself, for audio or a fan: choose another";
    default:
      return "add dtoverlay=pwm,pin=18,func=2 to /boot/firmware/config.txt and reboot; " +
        "on a Pi 5 that is buzzer = pwm:2, on all before pwm:0";
  }
}
