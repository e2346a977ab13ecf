/** Which Debian package has libgpiod. */
import { SpecialFiles } from "./special_file.ts";

const OS_RELEASE = "/etc/os-release";

/** The first release of Debian, and of Raspberry Pi OS after it, that has libgpiod 2. */
const DEBIAN_WITH_V2 = 13;

/** The package for this system; undefined for a system that is not Debian's. */
export function ownGpiodPackage(): string | undefined {
  using files = new SpecialFiles();
  try {
    return gpiodPackage(files.read(OS_RELEASE));
  } catch {
    // The file is a courtesy: without it, the advice names both packages.
    return undefined;
  }
}

/** The package by the content of /etc/os-release. */
export function gpiodPackage(osRelease: string): string | undefined {
  const id = /^ID="?([a-z]+)"?$/m.exec(osRelease)?.[1];
  const release = /^VERSION_ID="?(\d+)/m.exec(osRelease)?.[1];
  if ((id !== "debian" && id !== "raspbian") || release === undefined) return undefined;
  return Number(release) >= DEBIAN_WITH_V2 ? "libgpiod3" : "libgpiod2";
}
