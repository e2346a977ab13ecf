/** The header's lines are found on each board, and work. */
import assert from "node:assert/strict";
import { sized } from "../../support/program/tier.ts";
import type { GpioReport } from "../../../ffi/gpio.ts";
import { scaled } from "../../support/time/patience.ts";
import type { Board, Guest, Userland } from "../guest.ts";
import { BUTTON, LED, type Lines } from "../lines.ts";
import { assertDriver } from "./drivers.ts";
import { levelSeen } from "./level.ts";
import type { Scenario } from "./scenario.ts";

/** Which gpiochip has the header. */
const HEADER_CHIP = {
  pi1: 0,
  pi3: 0,
  pi4: 0,
  "pi4-mcp23017": 1,
  pi5: 0,
  "pi5-old": 4,
} as const satisfies Partial<Record<Board, number>>;

type HeaderBoard = keyof typeof HEADER_CHIP;

const HEADER_LABEL: Readonly<Record<HeaderBoard, string>> = {
  pi1: "pinctrl-bcm2835",
  pi3: "pinctrl-bcm2835",
  pi4: "pinctrl-bcm2711",
  "pi4-mcp23017": "pinctrl-bcm2711",
  pi5: "pinctrl-rp1",
  "pi5-old": "pinctrl-rp1",
};

/** The header is not on the first chip of these: what is found there is found on the others. */
const TELLING: Readonly<Record<Userland, readonly HeaderBoard[]>> = {
  bookworm: ["pi4-mcp23017", "pi5-old"],
  trixie: ["pi5-old"],
};
const BOARDS: readonly HeaderBoard[] = ["pi1", "pi3", "pi4", "pi4-mcp23017", "pi5", "pi5-old"];

/** A guest whose second processor waits for the host tells two edges that are close together as one. */
const PRESS_MS = scaled(300);

export async function boardStories(t: Deno.TestContext, fixture: Scenario): Promise<void> {
  const { guest, userland, lines, driver } = fixture;
  const boards = sized({ test: TELLING[userland], soak: BOARDS });
  for (const board of boards) {
    await t.step(`LED and button work on the header of a ${board}`, async () => {
      await guest.plug(board);
      await works(guest, lines, { chip: "auto", number: HEADER_CHIP[board] });
    });
    await t.step(`driver, chips and lines of a ${board} are told`, async () => {
      const report = await tells(lines, board);
      assertDriver(report, driver, userland);
    });
  }
  // The last board stays plugged in.
  const plugged = boards.at(-1) ?? "pi5-old";
  const number = HEADER_CHIP[plugged];
  for (const chip of [HEADER_LABEL[plugged], `/dev/gpiochip${number}`, `gpiochip${number}`]) {
    await t.step(`a chip is found as "${chip}"`, () => works(guest, lines, { chip, number }));
  }
  await t.step("a link to a chip is no other chip", () => ignoresLink(guest, lines));
}

async function works(
  guest: Guest,
  lines: Lines,
  { chip, number }: { readonly chip: string; readonly number: number },
): Promise<void> {
  const since = await guest.now();
  await lines.openLed({ chip });
  await lines.openButton({ chip });
  try {
    const requested = await guest.event(
      ({ t, kind, line }) => t >= since && kind === "requested" && line === LED,
      "request of the LED's line",
    );
    assert.deepEqual([requested.chip, requested.value], [number, "output test-led"]);
    await lines.ask({ do: "set", name: "led", on: true });
    await levelSeen(guest, { chip: number, line: LED, value: 1 });
    await lines.ask({ do: "set", name: "led", on: false });
    assert.equal(await guest.level(LED, number), 0);
    const { mark } = lines;
    await guest.press(BUTTON, PRESS_MS);
    const edges = await lines.edges(2, mark);
    assert.deepEqual(edges.map(({ active }) => active), [true, false]);
  } finally {
    await lines.release("led", "button");
  }
}

async function tells(
  lines: Lines,
  board: HeaderBoard,
): Promise<GpioReport> {
  const path = `/dev/gpiochip${HEADER_CHIP[board]}`;
  const label = HEADER_LABEL[board];
  const report = await lines.inspect();
  assert.deepEqual(report.refused, []);
  const header = report.chips.find((chip) => chip.path === path);
  assert.equal(header?.label, label);
  assert(header.lineCount >= 54);
  await lines.openLed();
  try {
    const told = await lines.ask({ do: "inspect lines", chip: "auto", lines: [LED, BUTTON] });
    assert.deepEqual(told, {
      path,
      label,
      lines: [
        { line: LED, name: "GPIO2", isUsed: true, consumer: "test-led" },
        { line: BUTTON, name: "GPIO17", isUsed: false, consumer: "" },
      ],
    });
  } finally {
    await lines.release("led");
  }
  return report;
}

/** Raspberry Pi OS has such a link for programs that know the Pi 5's header by its former name. */
async function ignoresLink(guest: Guest, lines: Lines): Promise<void> {
  await guest.plug("pi3");
  await guest.run("ln -s gpiochip0 /dev/gpiochip4");
  try {
    const { chips } = await lines.inspect();
    assert.deepEqual(chips.map(({ path }) => path), ["/dev/gpiochip0", "/dev/gpiochip1"]);
    await works(guest, lines, { chip: "/dev/gpiochip4", number: 0 });
  } finally {
    await guest.run("rm /dev/gpiochip4");
  }
}
