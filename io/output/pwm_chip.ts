/** Which of the kernel's PWM chips drives the header. */
import { UserError } from "../program/user_error.ts";
import { type KernelFiles, readIfThere } from "./kernel_files.ts";

/** Chips are looked for by number up to this, exclusive. */
const CHIPS_MAX = 100;

/**
 * The header's chip in the device tree: of a Pi 5, of all before. By this name, since the Pi 5's has
 * been pwmchip2 and pwmchip0, depending on the kernel, and pwmchip0 another one.
 */
const HEADER_NODES = ["/pwm@98000", "/pwm@7e20c000"] as const;

export interface PwmChannel {
  /** The number after "pwmchip"; `undefined`: the header's chip. */
  readonly chip: number | undefined;
  readonly channel: number;
}

/**
 * The folder of the chip: the one of that number, or the header's, or, on a machine whose device
 * tree does not name it, the first that has the channel. Throws a UserError when there is none.
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

/** `undefined` when there is no such chip. */
function channelsOf(files: KernelFiles, folder: string): number | undefined {
  const text = readIfThere(files, `${folder}/npwm`);
  return text === undefined ? undefined : Number.parseInt(text, 10);
}

/** The chip's path in the device tree, if it is from there. */
function nodeOf(files: KernelFiles, folder: string): string | undefined {
  const facts = readIfThere(files, `${folder}/device/uevent`) ?? "";
  return /^OF_FULLNAME=(.+)$/m.exec(facts)?.[1];
}
