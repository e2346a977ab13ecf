/** What is said when a line cannot be had, and that it is taken as soon as it can. */
import assert from "node:assert/strict";
import { scaled } from "../../support/time/patience.ts";
import type { Guest } from "../guest.ts";
import { BUTTON, buttonOf, LED, ledOf, Lines } from "../lines.ts";
import { assertKernel } from "./drivers.ts";
import { levelSeen } from "./level.ts";
import type { Scenario } from "./scenario.ts";

const CHIP = 0;
/** A guest whose second processor waits for the host tells two edges that are close together as one. */
const PRESS_MS = scaled(150);
/** Where Debian has its libraries in a guest. */
const LIBRARIES = "$(dirname /usr/lib/*/libc.so.6)";

export async function refusalStories(
  t: Deno.TestContext,
  scenario: Scenario,
): Promise<void> {
  const { guest, lines, driver } = scenario;
  await lines.release("led", "button");
  await t.step("a busy line is named with its user", () => namesBusyLine(guest, lines));
  await t.step("a busy line is taken when it becomes free", () => takesFreedLine(scenario));
  await t.step("a user outside group gpio is told so", () => needsGroup(scenario));
  await t.step("a line that the chip does not have is refused", () => refusesLine(guest, lines));
  await t.step("a chip that is not there is named", () => namesMissingChip(guest, lines));
  await t.step("a chip that appears is used", () => usesNewChip(guest, lines));
  if (driver !== "own") return;
  await t.step("without libgpiod the kernel's own interface is used", () => doesWithout(guest));
  await t.step("a libgpiod that lacks a function is told, and not used", () => tellsOldOne(guest));
}

async function namesBusyLine(guest: Guest, lines: Lines): Promise<void> {
  await guest.plug("pi4", { busy: [LED, BUTTON] });
  for (const [request, line] of [[ledOf(), LED], [buttonOf(), BUTTON]] as const) {
    const { message, advice } = await lines.failure(request);
    const found = "device or resource busy (EBUSY)";
    assert.equal(message, `Cannot request line ${line} of GPIO chip "/dev/gpiochip0": ${found}`);
    assert.match(advice, /used by "someone-else"/);
  }
}

async function takesFreedLine({ guest, lines, driver }: Scenario): Promise<void> {
  await guest.plug("pi4");
  await using holder = await Lines.start(guest, { driver });
  await holder.openLed();
  await holder.openButton();
  assert.match((await lines.failure(buttonOf())).advice, /used by "test-button"/);
  await lines.ask({ ...ledOf(), do: "keep" });
  const [refused] = await lines.program.said(/^.*"refused":"led".*$/m);
  assert.match(refused, /used by \\"test-led\\"/);
  await lines.ask({ do: "set", name: "led", on: true });
  await holder.program.signal("TERM");
  assert.equal(await holder.program.end(), 0);
  await levelSeen(guest, { chip: CHIP, line: LED, value: 1 });
  assert.equal(lines.program.output.split('"refused":"led"').length, 2, "told once, tried often");
  await lines.openButton();
  await lines.release("led", "button");
}

async function needsGroup({ guest, driver }: Scenario): Promise<void> {
  await guest.plug("pi4");
  await using lines = await Lines.start(guest, { user: "nogpio", driver });
  for (const request of [ledOf(), buttonOf()]) {
    const { message, advice } = await lines.failure(request);
    assert.equal(
      message,
      'Cannot open GPIO chip "/dev/gpiochip0": permission denied (EACCES)',
    );
    assert.match(advice, /usermod -aG gpio/);
  }
  const { chips, refused } = await lines.inspect();
  assert.deepEqual(chips, []);
  assert.deepEqual(refused[0], { path: "/dev/gpiochip0", errno: "EACCES" });
  await guest.run("chmod 666 /dev/gpiochip0");
  await lines.openLed();
}

async function refusesLine(guest: Guest, lines: Lines): Promise<void> {
  await guest.plug("pi3");
  const inspection = { do: "inspect lines", chip: "auto", lines: [LED, 99] } as const;
  for (const request of [ledOf({ line: 99 }), buttonOf({ line: 99 }), inspection]) {
    const { message, advice, operation } = await lines.failure(request);
    assert.equal(
      message,
      `Cannot ${operation} line 99 of GPIO chip "/dev/gpiochip0": invalid argument (EINVAL)`,
    );
    assert.match(advice, /a line that the chip has/);
  }
}

async function namesMissingChip(guest: Guest, lines: Lines): Promise<void> {
  await guest.plug("pi4");
  assert.equal(
    (await lines.failure(ledOf({ chip: "pinctrl-rp1" }))).message,
    'Cannot find GPIO chip "pinctrl-rp1": no chip is labelled pinctrl-rp1, ' +
      "but pinctrl-bcm2711, raspberrypi-exp-gpio (ENODEV)",
  );
  assert.equal(
    (await lines.failure(buttonOf({ chip: "gpiochip9" }))).message,
    'Cannot open GPIO chip "/dev/gpiochip9": no such file or directory (ENOENT)',
  );
}

async function usesNewChip(guest: Guest, lines: Lines): Promise<void> {
  await guest.plug("none");
  for (const request of [ledOf(), buttonOf()]) {
    const { message, advice } = await lines.failure(request);
    assert.equal(
      message,
      'Cannot find GPIO chip "auto": this machine has no GPIO chip (ENODEV)',
    );
    assert.match(advice, /Raspberry Pi/);
  }
  assert.deepEqual((await lines.inspect()).chips, []);
  const { mark } = lines;
  await lines.ask({ ...ledOf(), do: "keep" });
  await lines.ask({ do: "set", name: "led", on: true });
  await guest.plug("pi4");
  await lines.program.said(/"opened":"led"/, mark);
  await levelSeen(guest, { chip: CHIP, line: LED, value: 1 });
  await lines.release("led");
}

async function doesWithout(guest: Guest): Promise<void> {
  await withoutLibrary(guest, "true", async (lines) => {
    const report = await lines.inspect();
    assertKernel(report, 2);
    assert.equal(report.refusedLibrary, undefined);
    await worksThroughKernel(guest, lines);
  });
}

/** Another library has taken its name, and has none of its functions. */
async function tellsOldOne(guest: Guest): Promise<void> {
  const take = `cp ${LIBRARIES}/libgcc_s.so.1 ${LIBRARIES}/libgpiod.so.2`;
  await withoutLibrary(guest, take, async (lines) => {
    const report = await lines.inspect();
    assertKernel(report, 2);
    assert.match(report.refusedLibrary ?? "", /libgpiod\.so\.2.*gpiod_/);
    await worksThroughKernel(guest, lines);
  });
}

/** Runs another program while libgpiod is away and `command` has been run instead. */
async function withoutLibrary(
  guest: Guest,
  command: string,
  tell: (lines: Lines) => Promise<void>,
): Promise<void> {
  await guest.plug("pi4");
  await guest.run(`mkdir -p /tmp/away && mv ${LIBRARIES}/libgpiod* /tmp/away && ${command}`);
  try {
    await using lines = await Lines.start(guest);
    await tell(lines);
  } finally {
    await guest.run(`rm -f ${LIBRARIES}/libgpiod*; mv /tmp/away/* ${LIBRARIES}`);
  }
}

async function worksThroughKernel(guest: Guest, lines: Lines): Promise<void> {
  await lines.openLed();
  await lines.openButton();
  await lines.ask({ do: "set", name: "led", on: true });
  assert.equal(await guest.level(LED, CHIP), 1);
  const { mark } = lines;
  await guest.press(BUTTON, PRESS_MS);
  const edges = await lines.edges(2, mark);
  assert.deepEqual(edges.map(({ active }) => active), [true, false]);
}
