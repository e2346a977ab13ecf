/** The advice for a GPIO line that is not available. */
import assert from "node:assert/strict";
import { GpioError, type GpioFailure } from "../../../ffi/gpio_error.ts";
import { gpiodPackage } from "../../../ffi/gpiod_package.ts";

const REQUEST: GpioFailure = {
  operation: "request",
  chip: "/dev/gpiochip1",
  line: 3,
  lineCount: 16,
  errno: "EINVAL",
  found: "invalid argument",
};

Deno.test("libgpiod's package is the one of the Debian release", () => {
  const debian = (id: string, version: string) =>
    `PRETTY_NAME="Debian GNU/Linux"\nID=${id}\nVERSION_ID="${version}"\n`;
  assert.equal(gpiodPackage(debian("debian", "12")), "libgpiod2");
  assert.equal(gpiodPackage(debian("debian", "13")), "libgpiod3");
  assert.equal(gpiodPackage(debian("raspbian", "12")), "libgpiod2");
  assert.equal(gpiodPackage("ID=fedora\nVERSION_ID=42\n"), undefined);
  assert.equal(gpiodPackage("ID=debian\nVERSION_CODENAME=sid\n"), undefined);
});

Deno.test("a chip that refuses its own resistor needs an external one", () => {
  for (const errno of ["EINVAL", "ENOTSUPP", "EOPNOTSUPP"]) {
    const { advice } = new GpioError({ ...REQUEST, errno, pull: "up" });
    assert.match(advice, /one of 10 kΩ and ask for no pull/);
  }
});

Deno.test("a missing line is not explained by a resistor", () => {
  const missing = new GpioError({ ...REQUEST, line: 16, pull: "up" });
  assert.match(missing.advice, /choose a line that the chip has/);
  const unpulled = new GpioError({ ...REQUEST, pull: "none" });
  assert.match(unpulled.advice, /choose a line that the chip has/);
});

Deno.test("a line that is lost is used again when the chip is back", () => {
  for (const operation of ["set", "read", "wait for"] as const) {
    const failure = { ...REQUEST, operation, errno: "ENODEV", found: "no such device" };
    const { message, advice } = new GpioError(failure);
    const what = `${operation} line 3 of GPIO chip "/dev/gpiochip1"`;
    assert.equal(message, `Cannot ${what}: no such device (ENODEV)`);
    assert.match(advice, /when the chip is back/);
  }
});

Deno.test("a missing library is reported with the command that installs it", () => {
  const failure = { operation: "load", errno: "ENOENT", found: "it is not installed" } as const;
  const { message, advice } = new GpioError({ ...failure, libraryPackage: "libgpiod3" });
  assert.equal(message, "Cannot load libgpiod: it is not installed (ENOENT)");
  assert.equal(advice, "install it: sudo apt install libgpiod3");
});
