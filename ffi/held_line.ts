/** Takes a line of a chip, and explains when that fails. */
import type { OpenChip } from "./chip_finder.ts";
import { SystemError } from "./errno.ts";
import type { DriverChip, LineRequest, Pull } from "./gpio_driver.ts";
import { explain } from "./gpio_error.ts";

/**
 * Returns the result of `take`; converts its failure to a GpioError that names the holder of the
 * line.
 */
export function holdLine<Held>(
  { path, driver }: OpenChip,
  { line, pull = "none" }: Pick<LineRequest, "line"> & { readonly pull?: Pull },
  take: (chip: DriverChip) => Held,
): Held {
  try {
    return take(driver);
  } catch (error) {
    const { lineCount } = driver;
    const consumer = consumerOf(driver, line);
    throw explain(error, { operation: "request", chip: path, line, pull, consumer, lineCount });
  }
}

function consumerOf(chip: DriverChip, line: number): string {
  try {
    return chip.describe(line).consumer;
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return "";
  }
}
