/** What a program tells of its driver. */
import assert from "node:assert/strict";
import type { GpioReport } from "../../../ffi/gpio.ts";
import type { Userland } from "../guest.ts";
import type { Driver } from "../lines.ts";

/** The libgpiod of each Debian release. */
const GPIOD: Readonly<Record<Userland, { readonly file: RegExp; readonly version: RegExp }>> = {
  bookworm: { file: /^\/usr\/lib\/.+\/libgpiod\.so\.2$/, version: /^1\.6\.\d+$/ },
  trixie: { file: /^\/usr\/lib\/.+\/libgpiod\.so\.3$/, version: /^2\.2(\.\d+)?$/ },
};

/** A program that may choose uses the libgpiod of its Debian. */
export function assertDriver(report: GpioReport, driver: Driver, userland: Userland): void {
  switch (driver) {
    case "own": {
      assert(report.driver.kind === "libgpiod", JSON.stringify(report));
      assert.match(report.driver.path, GPIOD[userland].file);
      assert.match(report.driver.version, GPIOD[userland].version);
      return;
    }
    case "kernel v1":
      return assertKernel(report, 1);
    case "kernel v2":
      return assertKernel(report, 2);
  }
}

export function assertKernel({ driver, chips }: GpioReport, uapi: 1 | 2): void {
  assert.deepEqual(driver, { kind: "kernel" });
  assert(chips.length > 0, "there is a chip");
  for (const chip of chips) assert.equal(chip.uapi, uapi);
}
