/** The Debian package that contains libgpiod. */
import { SpecialFiles } from "./special_file.ts";

const OS_RELEASE = "/etc/os-release";

/** The first release of Debian and Raspberry Pi OS with libgpiod 2. */
const DEBIAN_WITH_V2 = 13;

/** Returns the package for this system; undefined on other systems than Debian. */
export function ownGpiodPackage(): string | undefined {
  using files = new SpecialFiles();
  try {
    return gpiodPackage(files.read(OS_RELEASE));
  } catch {
    // The file is optional: without it, the advice names both packages.
    return undefined;
  }
}

/** Returns the package by the content of /etc/os-release. */
export function gpiodPackage(osRelease: string): string | undefined {
  const id = /^ID="?([a-z]+)"?$/m.exec(osRelease)?.[1];
  const release = /^VERSION_ID="?(\d+)/m.exec(osRelease)?.[1];
  if ((id !== "debian" && id !== "raspbian") || release === undefined) return undefined;
  return Number(release) >= DEBIAN_WITH_V2 ? "libgpiod3" : "libgpiod2";
}
