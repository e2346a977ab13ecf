/**
 * Reports this machine's GPIO chips and the users of their lines, for people who look for a fault.
 */
import { eachChip, openChip } from "./chip_finder.ts";
import type { GpioAccess } from "./gpio_access.ts";
import type { DriverIdentity, DriverLineInfo, GpioDriver, UapiVersion } from "./gpio_driver.ts";
import { explain } from "./gpio_error.ts";

export interface GpioReport {
  readonly driver: DriverIdentity;
  /** Why an installed libgpiod is not used, if so. */
  readonly refusedLibrary?: string;
  readonly chips: readonly ChipReport[];
  /** Chips that may not be opened. */
  readonly refused: readonly RefusedChip[];
}

export interface ChipReport {
  readonly path: string;
  readonly label: string;
  readonly lineCount: number;
  /** Which of the kernel's interfaces the driver uses, if it chooses itself. */
  readonly uapi?: UapiVersion;
}

export interface RefusedChip {
  readonly path: string;
  /** "EACCES" and similar. */
  readonly errno: string;
}

/** The line's number on its chip, its user, and the kernel's name of it, as in "GPIO17". */
export interface LineUse extends DriverLineInfo {
  readonly line: number;
}

/** A chip with some of its lines. */
export interface LinesReport {
  readonly path: string;
  readonly label: string;
  readonly lines: readonly LineUse[];
}

/** Opens one chip after the other, and reports those that may not be opened as well. */
export function inspectChips({ driver, refusedLibrary }: GpioAccess): GpioReport {
  const chips: ChipReport[] = [];
  const refused: RefusedChip[] = [];
  for (const seen of eachChip(driver)) {
    if (seen.kind === "refused") {
      const { chip: path = "", errno } = seen.error;
      refused.push({ path, errno });
      continue;
    }
    using chip = seen.chip;
    const { label, lineCount, uapi } = chip.driver;
    chips.push({ path: chip.path, label, lineCount, ...(uapi === undefined ? {} : { uapi }) });
  }
  const refusal = refusedLibrary === undefined ? {} : { refusedLibrary };
  return { driver: driver.identity, ...refusal, chips, refused };
}

/**
 * Returns lines of one chip without taking them; the chip is named as for an output. Throws
 * GpioError.
 */
export function inspectLinesOf(
  by: GpioDriver,
  wanted: string,
  lines: readonly number[],
): LinesReport {
  using chip = openChip(by, wanted);
  const { path, driver } = chip;
  const describe = (line: number): LineUse => {
    try {
      return { line, ...driver.describe(line) };
    } catch (error) {
      const { lineCount } = driver;
      throw explain(error, { operation: "inspect", chip: path, line, lineCount });
    }
  };
  return { path, label: driver.label, lines: lines.map(describe) };
}
