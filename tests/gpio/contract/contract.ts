/** What the GPIO binding promises, whichever ABI of libgpiod it finds: real library, real kernel. */
import { withGuest } from "../executable.ts";
import type { Userland } from "../guest.ts";
import { Lines } from "../lines.ts";
import { boardStories } from "./boards.ts";
import { buttonStories } from "./buttons.ts";
import { endStories } from "./ends.ts";
import { lossStories } from "./losses.ts";
import { outputStories } from "./outputs.ts";
import { refusalStories } from "./refusals.ts";

/** All stories in one guest. */
export async function keepsContract(t: Deno.TestContext, userland: Userland): Promise<void> {
  await withGuest({ userland, program: "lines" }, async (guest) => {
    // To start a program costs more than most of the stories.
    await using lines = await Lines.start(guest);
    const fixture = { guest, userland, lines };
    await boardStories(t, fixture);
    await outputStories(t, fixture);
    await buttonStories(t, fixture);
    await refusalStories(t, fixture);
    await endStories(t, guest);
    // A chip that was removed in use leaves its number taken, so that these come last.
    await lossStories(t, fixture);
  });
}
