/** The libgpiod of this system, whichever of its two ABIs is installed. */
import type { GpioDriver } from "./gpio_driver.ts";
import { GpioError } from "./gpio_error.ts";
import { ownGpiodPackage } from "./gpiod_package.ts";
import { openGpiodV1 } from "./gpiod_v1.ts";
import { openGpiodV2 } from "./gpiod_v2.ts";
import { Libc } from "./libc.ts";

export interface GpioLibrary {
  readonly driver: GpioDriver;
  readonly libc: Libc;
}

/**
 * The library, once it was found. It stays loaded: each loading costs 60 KB that V8 is slow to give
 * back, and a tracker whose lines cannot be had tries again for ever.
 */
let loaded: GpioLibrary | undefined;

/** libgpiod as it is installed. Throws GpioError when it is not. */
export function loadGpioLibrary(): GpioLibrary {
  loaded ??= load();
  return loaded;
}

function load(): GpioLibrary {
  using opened = new DisposableStack();
  const libc = opened.use(new Libc());
  const driver = openGpiodV2(libc) ?? openGpiodV1(libc);
  if (driver === undefined) {
    const failure = { operation: "load", errno: "ENOENT", found: "it is not installed" } as const;
    throw new GpioError({ ...failure, libraryPackage: ownGpiodPackage() });
  }
  opened.move();
  return { driver, libc };
}
