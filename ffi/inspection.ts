/**
 * Reports this machine's GPIO chips and the users of their lines, for people who look for a fault.
 */
import { eachChip, openChip } from "./chip_finder.ts";
import type { DriverLineInfo } from "./gpio_driver.ts";
import { explain } from "./gpio_error.ts";
import { loadGpioLibrary } from "./gpio_library.ts";

export interface GpioReport {
  /** Absolute path of the loaded libgpiod. */
  readonly library: string;
  /** As in "1.6.3" or "2.2.1". */
  readonly version: string;
  readonly chips: readonly ChipReport[];
  /** Chips that may not be opened. */
  readonly refused: readonly RefusedChip[];
}

export interface ChipReport {
  readonly path: string;
  readonly label: string;
  readonly lineCount: number;
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

/**
 * Returns the library and all chips. Throws GpioError (operation "load") when there is no library.
 */
export function inspectGpio(): GpioReport {
  const { driver } = loadGpioLibrary();
  const chips: ChipReport[] = [];
  const refused: RefusedChip[] = [];
  for (const seen of eachChip(driver)) {
    if (seen.kind === "refused") {
      const { chip: path = "", errno } = seen.error;
      refused.push({ path, errno });
      continue;
    }
    using chip = seen.chip;
    const { label, lineCount } = chip.driver;
    chips.push({ path: chip.path, label, lineCount });
  }
  return { library: driver.library, version: driver.version, chips, refused };
}

/**
 * Returns lines of one chip without taking them; the chip is named as for an output. Throws
 * GpioError.
 */
export function inspectLines(wanted: string, lines: readonly number[]): LinesReport {
  using chip = openChip(loadGpioLibrary().driver, wanted);
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
