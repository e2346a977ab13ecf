/** Checks library, chip, permissions and lines: whether this Pi's header can be used. */

import type { Config } from "../../core/config/settings.ts";
import { type Finding, fine, warning, wrong } from "../../core/doctor/finding.ts";
import { lineShown } from "../../core/doctor/header_pins.ts";
import { type PartName, repairOf, type WiredPart, wiredParts } from "../../core/doctor/wiring.ts";
import { type GpioReport, inspectGpio, inspectLines } from "../../ffi/gpio.ts";
import { GpioError } from "../../ffi/gpio_error.ts";
import { isPressed, openButtonLine } from "../button_line.ts";
import { TRACKER_CONSUMER } from "../line_holder.ts";
import type { Identity } from "../../io/doctor/identity.ts";

const DOCTOR_CONSUMER = "rpi-cluster-doctor";

type Rpi = Config["rpi"];

export interface GpioCheckOptions {
  /** The user of this program; `undefined` if unknown. */
  readonly identity: Identity | undefined;
  /** Name of the service's user. */
  readonly service: string;
  readonly stop: AbortSignal;
}

/** Returns one finding for each check; checks that depend on a failed one are skipped. */
export async function checkGpio(
  rpi: Rpi,
  { identity, service, stop }: GpioCheckOptions,
): Promise<readonly Finding[]> {
  const parts = wiredParts(rpi);
  let report: GpioReport;
  try {
    report = inspectGpio();
  } catch (error) {
    return [checkLibraryAway(gpioError(error), parts)];
  }
  const library = fine("library", driverShown(report));
  const permissions = checkPermissions(report, { identity, service }, parts.length > 0);
  let chip: Finding;
  try {
    chip = describeChip(rpi, report);
  } catch (error) {
    return [library, checkChipAway(gpioError(error), report, parts), permissions];
  }
  const held = await Promise.all(parts.map((part) => checkPart(rpi, part, stop)));
  return [library, chip, permissions, ...held];
}

/** The library, or what is used in its place and why. */
function driverShown({ driver, refusedLibrary, chips: [chip] }: GpioReport): string {
  if (driver.kind === "libgpiod") return `${driver.path} (${driver.version})`;
  const version = chip?.uapi === undefined ? "" : ` (uAPI v${chip.uapi})`;
  const reason = refusedLibrary ?? "no libgpiod is installed";
  return `the kernel's own interface${version}: ${reason}`;
}

/** Throws GpioError. */
function describeChip(rpi: Rpi, { chips }: GpioReport): Finding {
  const { path, label } = inspectLines(rpi.chip, []);
  const lineCount = chips.find((chip) => chip.path === path)?.lineCount;
  const count = lineCount === undefined ? "" : `, ${lineCount} lines`;
  return fine("chip", `${label} at ${path}${count}`);
}

/** Any other error is a bug. */
function gpioError(error: unknown): GpioError {
  if (error instanceof GpioError) return error;
  throw error;
}

function checkLibraryAway(error: GpioError, parts: readonly WiredPart[]): Finding {
  if (parts.length === 0) return fine("library", "none, and no line of the header in use");
  return wrong("library", error.message, error.advice);
}

function checkChipAway(
  error: GpioError,
  { chips }: GpioReport,
  parts: readonly WiredPart[],
): Finding {
  if (parts.length === 0) return fine("chip", "no chip, and no line of the header in use");
  if (error.operation === "find" && chips.length === 0) {
    const advice =
      "a Pi has one; elsewhere [rpi] led and buzzer = none leave the header out, and " +
      "the alarm goes to terminal or log";
    return wrong("chip", "this machine has no GPIO chip", advice);
  }
  const seen = chips.map(({ path, label }) => `${label} at ${path}`).join(", ");
  const found = seen === "" ? error.message : `${error.message}; this machine has ${seen}`;
  return wrong("chip", found, error.advice);
}

function checkPermissions(
  report: GpioReport,
  { identity, service }: Omit<GpioCheckOptions, "stop">,
  isNeeded: boolean,
): Finding {
  const who = identity === undefined
    ? "this user"
    : `user ${identity.user} (groups ${identity.groups.join(", ")})`;
  const denied = report.refused.filter(({ errno }) => errno === "EACCES" || errno === "EPERM");
  if (denied.length > 0 && isNeeded) {
    const paths = denied.map(({ path }) => path).join(", ");
    return wrong("permissions", `${who} may not open ${paths}`, adviseOnGroup(identity, service));
  }
  if (report.chips.length === 0) return fine("permissions", `${who}; there is no chip to open`);
  return fine("permissions", `${who} may open the chips`);
}

function adviseOnGroup(identity: Identity | undefined, service: string): string {
  if (identity !== undefined && !identity.hasGpioGroup) {
    return "this system has no group gpio: make it and the udev rule of docs/install.md";
  }
  if (identity?.groups.includes("gpio")) {
    return "the chips do not belong to the group gpio: make the udev rule of docs/install.md";
  }
  if (identity?.listedGroups.includes("gpio")) {
    return "the user is in the group gpio, this session is not yet: log in anew";
  }
  const user = identity?.user ?? "USER";
  const anew = user === service ? "sudo systemctl restart tracker" : "log in anew";
  return `sudo usermod -aG gpio ${user}, then ${anew}`;
}

async function checkPart(
  rpi: Rpi,
  { name, line }: WiredPart,
  stop: AbortSignal,
): Promise<Finding> {
  const place = lineShown(line);
  try {
    const [use] = inspectLines(rpi.chip, [line]).lines;
    if (use?.isUsed) return checkHolder(name, place, use.consumer);
    if (name !== "button") return fine(name, `${place}: free`);
    return await checkButton(rpi, line, stop);
  } catch (error) {
    const { message, advice } = gpioError(error);
    return wrong(name, message, advice);
  }
}

function checkHolder(name: PartName, place: string, consumer: string): Finding {
  if (consumer === TRACKER_CONSUMER) return fine(name, `${place}: held by the running tracker`);
  const holder = consumer === "" ? "a program without a name" : `"${consumer}"`;
  const advice = `end that program, or choose another line for [rpi] ${name}`;
  return wrong(name, `${place}: used by ${holder}`, advice);
}

/** Reads a button that nobody else reads. Throws GpioError. */
async function checkButton(rpi: Rpi, line: number, stop: AbortSignal): Promise<Finding> {
  const place = lineShown(line);
  using input = openButtonLine(rpi, { line, consumer: DOCTOR_CONSUMER });
  if (!await isPressed(input, stop)) return fine("button", `${place}: free, not pressed`);
  const advice = `unless somebody presses it: ${repairOf(rpi, "button")}`;
  return warning("button", `${place}: reads as pressed`, advice);
}
