/** The binding on this machine itself, whose libgpiod is real and which has most likely no chip. */
import assert from "node:assert/strict";
import { openCdev } from "../../ffi/cdev/cdev.ts";
import { Gpio, inspectGpio, openGpioInput } from "../../ffi/gpio.ts";
import { GpioError } from "../../ffi/gpio_error.ts";
import { Libc } from "../../ffi/libc.ts";

const NO_CHIP = "/dev/null";

const OUTPUT = { line: 2, activeLow: false, consumer: "test" } as const;
const INPUT = { ...OUTPUT, pull: "up" } as const;

const hasChips = [...Deno.readDirSync("/dev")].some(({ name }) => /^gpiochip\d+$/.test(name));

// The library that the first test loads stays loaded, on purpose.
Deno.test("this machine's library is told with path and version", {
  sanitizeResources: false,
}, () => {
  const { driver, chips, refused } = inspectGpio();
  assert(driver.kind === "libgpiod");
  assert.match(driver.path, /^\/usr\/lib.*\/libgpiod\.so\.[23]$/);
  const version = driver.path.endsWith("2") ? /^1\.\d+(\.\d+)?$/ : /^2\.\d+(\.\d+)?$/;
  assert.match(driver.version, version);
  assert.equal(chips.length + refused.length > 0, hasChips);
});

Deno.test("a device that is no chip is refused by each driver, for an output and an input", () => {
  using system = new Libc();
  const throughKernel = new Gpio({ driver: openCdev(system), system });
  for (const gpio of [new Gpio(), throughKernel]) {
    for (
      const open of [() => gpio.openOutput(NO_CHIP, OUTPUT), () => gpio.openInput(NO_CHIP, INPUT)]
    ) {
      assert.throws(open, (error) => {
        assert(error instanceof GpioError);
        assert.match(
          error.message,
          /^Cannot open GPIO chip "\/dev\/null": .* \((ENOTTY|ENODEV)\)$/,
        );
        return true;
      });
    }
  }
});

Deno.test("a chip that is not there is named, and that there is none at all", () => {
  const found = hasChips
    ? /^Cannot (find GPIO chip "nowhere": no chip is labelled nowhere|open GPIO chip)/
    : /^Cannot find GPIO chip "nowhere": this machine has no GPIO chip \(ENODEV\)$/;
  assert.throws(() => openGpioInput("nowhere", INPUT), (error) => {
    assert(error instanceof GpioError);
    assert.match(error.message, found);
    return true;
  });
});
