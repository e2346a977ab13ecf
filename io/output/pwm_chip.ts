/** Finds the kernel's PWM chip that drives the 40-pin header. */
import { UserError } from "../program/user_error.ts";
import { type KernelFiles, readIfThere } from "./kernel_files.ts";

/** Chip numbers below this are tried. */
const CHIPS_MAX = 100;

/**
 * The header's chip in the device tree: of a Pi 5, and of all earlier boards. The number is not
 * reliable: on a Pi 5 the chip was pwmchip2 or pwmchip0 depending on the kernel, and pwmchip0 may
 * be another one.
 */
const HEADER_NODES = ["/pwm@98000", "/pwm@7e20c000"] as const;

export interface PwmChannel {
  /** The number after "pwmchip"; `undefined` means the header's chip. */
  readonly chip: number | undefined;
  readonly channel: number;
}

/**
 * Returns the folder of the chip: the configured one, or the header's. If the device tree names no
 * such chip, it returns the first one that has the channel. Throws a UserError when there is none.
 */
export function findPwmChip(files: KernelFiles, root: string, wanted: PwmChannel): string {
  const folder = (chip: number) => `${root}/pwmchip${chip}`;
  const { chip, channel } = wanted;
  if (chip !== undefined) {
    const count = channelsOf(files, folder(chip));
    if (count === undefined) throw new UserError(`"${folder(chip)}" is not there`);
    if (channel < count) return folder(chip);
    throw new UserError(`"${folder(chip)}" has ${count} channels, from 0 on, and no ${channel}`);
  }
  const chips = Array.from({ length: CHIPS_MAX }, (_, number) => folder(number))
    .filter((path) => channel < (channelsOf(files, path) ?? 0));
  const nodes = chips.map((path) => nodeOf(files, path));
  const header = chips.find((_, index) =>
    HEADER_NODES.some((node) => nodes[index]?.endsWith(node))
  );
  const nameless = chips.find((_, index) => nodes[index] === undefined);
  const found = header ?? nameless;
  if (found !== undefined) return found;
  const others = chips.map((path, index) => `${path} (${nodes[index]})`).join(", ");
  throw new UserError(
    `no PWM chip of the header with a channel ${channel} is below "${root}"` +
      (others === "" ? "" : `, but ${others}`),
  );
}

/** Returns `undefined` when there is no such chip. */
function channelsOf(files: KernelFiles, folder: string): number | undefined {
  const text = readIfThere(files, `${folder}/npwm`);
  return text === undefined ? undefined : Number.parseInt(text, 10);
}

/** The chip's path in the device tree, if it has one. */
function nodeOf(files: KernelFiles, folder: string): string | undefined {
  const facts = readIfThere(files, `${folder}/device/uevent`) ?? "";
  return /^OF_FULLNAME=(.+)$/m.exec(facts)?.[1];
}
