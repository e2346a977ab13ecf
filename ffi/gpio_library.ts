/** Loads the installed libgpiod, with either of its two ABIs. */
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
 * The library, once it was found. It stays loaded: each loading costs 60 KB that V8 frees slowly,
 * and a tracker without its lines tries again for ever.
 */
let loaded: GpioLibrary | undefined;

/** Returns the installed libgpiod. Throws GpioError when there is none. */
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
