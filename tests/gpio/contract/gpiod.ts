/** The libgpiod of each Debian release. */
import type { Userland } from "../guest.ts";

export interface Gpiod {
  readonly path: string;
  readonly version: RegExp;
  /** The Debian package. */
  readonly package: string;
}

export const GPIOD: Readonly<Record<Userland, Gpiod>> = {
  bookworm: {
    path: "/usr/lib/x86_64-linux-gnu/libgpiod.so.2",
    version: /^1\.6\.\d+$/,
    package: "libgpiod2",
  },
  trixie: {
    path: "/usr/lib/x86_64-linux-gnu/libgpiod.so.3",
    version: /^2\.2(\.\d+)?$/,
    package: "libgpiod3",
  },
};
