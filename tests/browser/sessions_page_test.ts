/** Who is logged in: listed, and ended so that the other browser asks for the password. */

import assert from "node:assert/strict";
import { logIn, openPage, startChromium } from "../support/page/open_page.ts";
import { startHub } from "../support/program/programs.ts";
import { look } from "./look.ts";

Deno.test("a session that is ended elsewhere asks for the password in its own browser", async () => {
  await using hub = await startHub();
  await using chromium = await startChromium();
  await using other = await startChromium();
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await page.goto(`${hub.url}/sessions`);
    await page.getByText("No other browser is logged in.").waitFor();
    const backups = page.getByRole("region", { name: "Backups of the hub" });
    await backups.getByText("There is no nightly backup yet.").waitFor();
    await backups.getByText(`${hub.statePath}/backups`).waitFor();
    await other.story(async (stranger) => {
      await openPage(stranger, hub);
      await page.reload();
      await page.locator('[data-session="other"]').waitFor();
      const current = page.locator('[data-session="current"]');
      await current.getByText("Chrome on Linux").waitFor();
      assert.equal(await current.getByRole("button").count(), 0);
      await look(chromium, page, "sessions");
      await page.getByRole("button", { name: "Log out Chrome on Linux" }).click();
      await page.getByRole("status").getByText("That browser is logged out.").waitFor();
      await page.getByText("No other browser is logged in.").waitFor();
      await stranger.getByLabel("Password").waitFor();

      await logIn(stranger, hub.password);
      await stranger.locator(".link.is-live").waitFor();
      await page.reload();
      await page.getByRole("button", { name: "Log out all others" }).click();
      await page.getByRole("status").getByText("All others are logged out.").waitFor();
      await stranger.getByLabel("Password").waitFor();
      await page.locator(".link.is-live").waitFor();
    });
  });
});
