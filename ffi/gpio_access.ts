/** Chooses the driver: libgpiod where there is one that can be used, else the kernel's own. */
import { openCdev } from "./cdev/cdev.ts";
import type { GpioDriver } from "./gpio_driver.ts";
import { GpioError } from "./gpio_error.ts";
import { openGpiodV1 } from "./gpiod/v1.ts";
import { openGpiodV2 } from "./gpiod/v2.ts";
import { Libc } from "./libc.ts";
import { openSyscalls } from "./own_syscalls.ts";
import type { Syscalls } from "./syscalls.ts";

export interface GpioAccess {
  readonly driver: GpioDriver;
  readonly system: Syscalls;
  /** Why an installed libgpiod is not used, if so: its age, for example. */
  readonly refusedLibrary?: string;
}

/**
 * The driver, once it was chosen. Its library stays loaded: each loading costs 60 KB that V8 frees
 * slowly, and a tracker without its lines tries again for ever.
 */
let chosen: GpioAccess | undefined;

/** Throws GpioError (operation "load") when this runtime cannot reach the kernel. */
export function ownGpioAccess(): GpioAccess {
  chosen ??= choose();
  return chosen;
}

function choose(): GpioAccess {
  const system = ownSystem();
  let refusedLibrary: string | undefined;
  if (system instanceof Libc) {
    for (const open of [openGpiodV2, openGpiodV1]) {
      try {
        const driver = open(system);
        if (driver !== undefined) return { driver, system };
      } catch (error) {
        // One that is too old lacks a function; one of another processor cannot be loaded.
        refusedLibrary ??= error instanceof Error ? error.message : String(error);
      }
    }
  }
  const driver = openCdev(system);
  return { driver, system, ...(refusedLibrary === undefined ? {} : { refusedLibrary }) };
}

function ownSystem(): Syscalls {
  try {
    return openSyscalls();
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new GpioError({ operation: "load", errno: "ENOSYS", found }, { cause });
  }
}
