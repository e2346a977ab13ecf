/** The kernel's own character device, for systems without a libgpiod that can be used. */
import { SystemError } from "../errno.ts";
import type { DriverChip, DriverInput, DriverOutput, GpioDriver } from "../gpio_driver.ts";
import { O_CLOEXEC, O_RDWR, type Syscalls } from "../syscalls.ts";
import { ior, Struct } from "./struct.ts";
import type { Uapi } from "./uapi.ts";
import { UAPI_V1 } from "./uapi_v1.ts";
import { UAPI_V2 } from "./uapi_v2.ts";

export const CHIP_INFO = { bytes: 68, name: 0, label: 32, lineCount: 64 } as const;
export const GPIO_GET_CHIPINFO = ior(0x01, CHIP_INFO);

/**
 * Returns the driver. By default it uses the second version of the interface where the kernel has
 * it, and else the first.
 */
export function openCdev(
  system: Syscalls,
  uapis: readonly [Uapi, ...Uapi[]] = [UAPI_V2, UAPI_V1],
): GpioDriver {
  return { identity: { kind: "kernel" }, openChip: (path) => openChip(system, path, uapis) };
}

function openChip(
  system: Syscalls,
  path: string,
  uapis: readonly [Uapi, ...Uapi[]],
): DriverChip {
  using opened = new DisposableStack();
  const chip = opened.adopt(system.open(path, O_RDWR | O_CLOEXEC), (file) => system.close(file));
  const info = new Struct(CHIP_INFO);
  system.ioctl(chip, GPIO_GET_CHIPINFO, info.bytes);
  const uapi = uapis.find((uapi) => hasUapi(system, chip, uapi)) ?? uapis[0];
  const owned = opened.move();
  return {
    name: info.text(CHIP_INFO.name),
    label: info.text(CHIP_INFO.label),
    lineCount: info.u32(CHIP_INFO.lineCount),
    uapi: uapi.version,
    describe: (line) => uapi.describe(system, chip, line),
    requestOutput: (request) => outputOf(system, uapi, uapi.holdOutput(system, chip, request)),
    requestInput: (request) => inputOf(system, uapi, uapi.holdInput(system, chip, request)),
    [Symbol.dispose]: () => owned.dispose(),
  };
}

/** A kernel does not know the calls of a version that it does not have. */
function hasUapi(system: Syscalls, chip: number, uapi: Uapi): boolean {
  try {
    uapi.describe(system, chip, 0);
    return true;
  } catch (error) {
    if (error instanceof SystemError && /^(EINVAL|ENOTTY)$/.test(error.errno)) return false;
    throw error;
  }
}

function outputOf(system: Syscalls, uapi: Uapi, held: number): DriverOutput {
  return {
    set: (active) => uapi.set(system, held, active),
    [Symbol.dispose]: () => system.close(held),
  };
}

function inputOf(system: Syscalls, uapi: Uapi, held: number): DriverInput {
  return {
    fileDescriptor: held,
    isActive: () => uapi.isActive(system, held),
    readEdges: () => uapi.readEdges(system, held),
    [Symbol.dispose]: () => system.close(held),
  };
}
