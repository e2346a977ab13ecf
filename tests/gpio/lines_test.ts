/** Finding the header's lines, and what happens when they cannot be had: real libgpiod, real kernel. */
import assert from "node:assert/strict";
import { type Board, type Guest, type Userland } from "./guest.ts";
import { ALL_WELL, BUZZER, DEAD, Indicate, LED, onGuest } from "./indicate.ts";

/** Which gpiochip has the header. */
const HEADER_CHIP = { pi3: 0, pi4: 0, pi5: 0, "pi5-old": 4 } as const satisfies Partial<
  Record<Board, number>
>;

const LIBRARIES: Readonly<Record<Userland, string>> = {
  bookworm: "libgpiod 1.6",
  trixie: "libgpiod 2.2",
};

for (const userland of ["bookworm", "trixie"] as const) {
  Deno.test(`GPIO lines with ${LIBRARIES[userland]}`, async (t) => {
    await onGuest(userland, async (guest) => {
      for (const board of ["pi3", "pi4", "pi5", "pi5-old"] as const) {
        await t.step(`the header's chip is found on a ${board}`, () => findsChip(guest, board));
      }
      await t.step("a chip is found by its label", () => opens(guest, "pinctrl-rp1"));
      await t.step("a chip is found by its device", () => opens(guest, "/dev/gpiochip4"));
      await t.step("a busy line is named with its user", () => namesBusyLine(guest));
      await t.step("a busy line is taken when it becomes free", () => takesFreedLine(guest));
      await t.step("a user outside group gpio is told so", () => needsGroup(guest));
      await t.step("a line that the chip does not have is refused", () => refusesLine(guest));
      await t.step("a chip that is not there is named", () => namesMissingChip(guest));
      await t.step("a chip that appears is used", () => usesNewChip(guest));
      await t.step("a library that is missing is named, and used when installed", async () => {
        await usesInstalledLibrary(guest);
      });
    });
  });
}

async function findsChip(guest: Guest, board: keyof typeof HEADER_CHIP): Promise<void> {
  await guest.plug(board);
  const since = await guest.now();
  await using indicate = await Indicate.start(guest);
  const requested = await guest.event(
    (event) => event.t >= since && event.kind === "requested" && event.line === LED,
    "request of the LED's line",
  );
  assert.equal(requested.chip, HEADER_CHIP[board]);
  assert.equal(requested.value, "output test-led");
  await indicate.opened("buzzer");
}

async function opens(guest: Guest, chip: string): Promise<void> {
  await guest.plug("pi5-old");
  await using indicate = await Indicate.start(guest, { chip });
  await indicate.opened("led");
  await lights(guest, indicate, HEADER_CHIP["pi5-old"]);
}

async function namesBusyLine(guest: Guest): Promise<void> {
  await guest.plug("pi4", { busy: [LED] });
  await using indicate = await Indicate.start(guest);
  const failure = await indicate.failure("led");
  assert.equal(
    failure.message,
    'Cannot request line 2 of GPIO chip "/dev/gpiochip0": device or resource busy (EBUSY)',
  );
  assert.match(failure.advice ?? "", /used by "someone-else"/);
  await indicate.opened("buzzer");
}

async function takesFreedLine(guest: Guest): Promise<void> {
  await guest.plug("pi4");
  await using first = await Indicate.start(guest);
  await using second = await Indicate.start(guest);
  assert.match((await second.failure("led")).advice ?? "", /used by "test-led"/);
  await second.show(DEAD);
  const since = await guest.now();
  await first.program.signal("TERM");
  assert.equal(await first.program.end(), 0);
  await guest.event(
    (event) => event.t >= since && event.line === LED && isSet(event, "1"),
    "light of the second program",
  );
  assert.equal(count(second.program.output, '"failed":"led"'), 1, "told once, tried often");
}

async function needsGroup(guest: Guest): Promise<void> {
  await guest.plug("pi4");
  await using indicate = await Indicate.start(guest, { user: "nogpio" });
  const failure = await indicate.failure("led");
  assert.equal(
    failure.message,
    'Cannot open GPIO chip "/dev/gpiochip0": permission denied (EACCES)',
  );
  assert.match(failure.advice ?? "", /usermod -aG gpio/);
  await guest.run("chmod 666 /dev/gpiochip0");
  await indicate.opened("led");
}

async function refusesLine(guest: Guest): Promise<void> {
  await guest.plug("pi3");
  await using indicate = await Indicate.start(guest, { led: 99 });
  const failure = await indicate.failure("led");
  assert.equal(
    failure.message,
    'Cannot request line 99 of GPIO chip "/dev/gpiochip0": invalid argument (EINVAL)',
  );
  await indicate.opened("buzzer");
}

async function namesMissingChip(guest: Guest): Promise<void> {
  await guest.plug("pi4");
  await using byLabel = await Indicate.start(guest, { chip: "pinctrl-rp1" });
  assert.equal(
    (await byLabel.failure("led")).message,
    'Cannot find GPIO chip "pinctrl-rp1": no chip is labelled pinctrl-rp1, ' +
      "but pinctrl-bcm2711, raspberrypi-exp-gpio (ENODEV)",
  );
  await using byDevice = await Indicate.start(guest, { chip: "gpiochip9" });
  assert.equal(
    (await byDevice.failure("led")).message,
    'Cannot open GPIO chip "/dev/gpiochip9": no such file or directory (ENOENT)',
  );
}

async function usesNewChip(guest: Guest): Promise<void> {
  await guest.plug("none");
  await using indicate = await Indicate.start(guest);
  assert.equal(
    (await indicate.failure("led")).message,
    'Cannot find GPIO chip "auto": this machine has no GPIO chip (ENODEV)',
  );
  await guest.plug("pi4");
  await indicate.opened("led");
  await lights(guest, indicate, HEADER_CHIP.pi4);
}

async function usesInstalledLibrary(guest: Guest): Promise<void> {
  await guest.plug("pi4");
  await guest.run("mkdir /tmp/away && mv /usr/lib/*/libgpiod* /tmp/away");
  await using indicate = await Indicate.start(guest);
  const failure = await indicate.failure("led");
  assert.equal(failure.message, "Cannot load libgpiod: it is not installed (ENOENT)");
  assert.match(failure.advice ?? "", /apt install libgpiod3 .*libgpiod2/);
  await guest.run("mv /tmp/away/* /usr/lib/x86_64-linux-gnu/");
  await indicate.opened("led");
}

/** The LED's level goes up and down with what the program shows. */
async function lights(guest: Guest, indicate: Indicate, chip: number): Promise<void> {
  const since = await indicate.show(DEAD);
  await guest.event(
    (event) =>
      event.t >= since && event.chip === chip && event.line === LED && event.kind === "level",
    "light",
  );
  await indicate.show(ALL_WELL);
  await guest.until(() => lastSet(guest, LED) === "0" || undefined, "darkness");
  assert.equal(await guest.level(LED, chip), 0);
  assert.equal(await guest.level(BUZZER, chip), 0);
}

function lastSet(guest: Guest, line: number): string | undefined {
  return guest.events.findLast((event) => event.kind === "set" && event.line === line)?.value;
}

function isSet(event: { readonly kind: string; readonly value: string }, level: string): boolean {
  return event.kind === "set" && event.value === level;
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
