/** What the GPIO binding promises, whichever driver it uses: real libraries, real kernel. */
import { sized } from "../../support/program/tier.ts";
import type { NodeAccess } from "../arm/node_program.ts";
import { withGuest } from "../executable.ts";
import type { Userland } from "../guest.ts";
import { type Driver, Lines } from "../lines.ts";
import { boardStories } from "./boards.ts";
import { buttonStories } from "./buttons.ts";
import { endStories } from "./ends.ts";
import { lossStories } from "./losses.ts";
import { outputStories } from "./outputs.ts";
import { refusalStories } from "./refusals.ts";
import type { Scenario } from "./scenario.ts";

type Stories = (t: Deno.TestContext, scenario: Scenario) => Promise<void>;

/** A chip that was removed in use leaves its number taken, so that its stories come last. */
const ALL: readonly Stories[] = [
  boardStories,
  outputStories,
  buttonStories,
  refusalStories,
  endStories,
  lossStories,
];
/** Of these stories, the driver has the largest part. */
const DRIVERS_OWN: readonly Stories[] = [boardStories, outputStories, buttonStories, lossStories];

/** All stories in one guest, with the libgpiod of its Debian. */
export async function keepsContract(t: Deno.TestContext, userland: Userland): Promise<void> {
  await withGuest({ userland, program: "lines" }, async (guest) => {
    await tellAll(t, ALL, { guest, userland, driver: "own" });
  });
}

/** The stories of the driver with the kernel's own interface; in the soak, all of them. */
export async function kernelKeepsContract(
  t: Deno.TestContext,
  driver: "kernel v1" | "kernel v2",
): Promise<void> {
  const userland = "trixie";
  await withGuest({ userland, program: "lines" }, async (guest) => {
    const stories = sized({ test: DRIVERS_OWN, soak: ALL });
    await tellAll(t, stories, { guest, userland, driver });
  });
}

export interface NodeSetting {
  readonly userland: Userland;
  readonly driver: Driver;
  readonly access: NodeAccess;
}

/** All stories on a 32-bit kernel, with Node.js in place of Deno. */
export async function keepsContractOn32Bits(
  t: Deno.TestContext,
  { userland, driver, access }: NodeSetting,
): Promise<void> {
  await withGuest({ userland, program: "lines", machine: "armhf", access }, async (guest) => {
    await tellAll(t, ALL, { guest, userland, driver, isOnNode: true });
  });
}

type Setting = Omit<Scenario, "lines">;

async function tellAll(
  t: Deno.TestContext,
  stories: readonly Stories[],
  setting: Setting,
): Promise<void> {
  // To start a program costs more than most of the stories.
  await using lines = await Lines.start(setting.guest, { driver: setting.driver });
  for (const tell of stories) await tell(t, { ...setting, lines });
}
