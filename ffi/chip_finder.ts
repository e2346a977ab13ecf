/** Finds the GPIO chips of this machine, and the configured one among them. */
import type { DriverChip, GpioDriver } from "./gpio_driver.ts";
import { explain, GpioError } from "./gpio_error.ts";

/**
 * The kernel's labels for the chip with the 40-pin header: Pi 5, Pi 4, all earlier boards. The
 * device name is not reliable, because the Pi 5's was gpiochip4 or gpiochip0, depending on the
 * kernel.
 */
const HEADER_LABELS = ["pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835"] as const;

/** Devices from /dev/gpiochip0 up to this number, exclusive, are tried. */
const CHIPS_MAX = 32;

/** An open chip. Dispose it after its lines. */
export interface OpenChip extends Disposable {
  readonly path: string;
  readonly driver: DriverChip;
}

/** A chip that could be opened, or the reason why not. */
export type SeenChip =
  | { readonly kind: "open"; readonly chip: OpenChip }
  | { readonly kind: "refused"; readonly error: GpioError };

/**
 * Opens the configured chip: "auto" for the header's, or a label, or a device (`/dev/gpiochip4`,
 * `gpiochip4`). Throws GpioError.
 */
export function openChip(driver: GpioDriver, wanted: string): OpenChip {
  if (/^(\/|gpiochip\d+$)/.test(wanted)) {
    return openDevice(driver, wanted.startsWith("/") ? wanted : `/dev/${wanted}`);
  }
  const labels: readonly string[] = wanted === "auto" ? HEADER_LABELS : [wanted];
  const others: string[] = [];
  let refusal: GpioError | undefined;
  for (const seen of eachChip(driver)) {
    if (seen.kind === "refused") {
      // If no chip matches, one that may not be opened could be the right one.
      refusal ??= seen.error;
      continue;
    }
    const { chip } = seen;
    if (labels.includes(chip.driver.label)) return chip;
    others.push(chip.driver.label);
    chip[Symbol.dispose]();
  }
  if (refusal !== undefined) throw refusal;
  const isWithoutChips = others.length === 0;
  const found = isWithoutChips
    ? "this machine has no GPIO chip"
    : `no chip is labelled ${labels.join(" or ")}, but ${others.join(", ")}`;
  const failure = { operation: "find", chip: wanted, errno: "ENODEV", isWithoutChips } as const;
  throw new GpioError({ ...failure, found });
}

/** Opens one chip after the other. The caller must dispose each. */
export function* eachChip(driver: GpioDriver): Generator<SeenChip> {
  for (let number = 0; number < CHIPS_MAX; number++) {
    const name = `gpiochip${number}`;
    const seen = look(driver, `/dev/${name}`);
    if (seen === undefined) continue;
    // Raspberry Pi OS links the Pi 5's former name to the chip, which would otherwise appear twice.
    if (seen.kind === "open" && seen.chip.driver.name !== name) seen.chip[Symbol.dispose]();
    else yield seen;
  }
}

/** Returns undefined when there is no such device. */
function look(driver: GpioDriver, path: string): SeenChip | undefined {
  try {
    return { kind: "open", chip: openDevice(driver, path) };
  } catch (error) {
    if (!(error instanceof GpioError)) throw error;
    return error.errno === "ENOENT" ? undefined : { kind: "refused", error };
  }
}

function openDevice(driver: GpioDriver, path: string): OpenChip {
  try {
    const opened = driver.openChip(path);
    return { path, driver: opened, [Symbol.dispose]: () => opened[Symbol.dispose]() };
  } catch (error) {
    throw explain(error, { operation: "open", chip: path });
  }
}
