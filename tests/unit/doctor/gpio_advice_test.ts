/** The advice for a GPIO line that is not available. */
import assert from "node:assert/strict";
import { GpioError, type GpioFailure } from "../../../ffi/gpio_error.ts";

const REQUEST: GpioFailure = {
  operation: "request",
  chip: "/dev/gpiochip1",
  line: 3,
  lineCount: 16,
  errno: "EINVAL",
  found: "invalid argument",
};

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

Deno.test("a runtime that cannot reach the kernel is reported with what to install", () => {
  const failure = { operation: "load", errno: "ENOSYS", found: "koffi.node is missing" } as const;
  const { message, advice } = new GpioError(failure);
  assert.equal(message, "Cannot reach any GPIO line: koffi.node is missing (ENOSYS)");
  assert.match(advice, /install the tracker's package again/);
});
