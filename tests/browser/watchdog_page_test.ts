/** The page shows when the watcher outside was last pinged, and what is wrong. */

import { WebhookDouble } from "../support/delivery/webhook_double.ts";
import { openPage, startChromium } from "../support/page/open_page.ts";
import { startHub } from "../support/program/programs.ts";
import { look } from "./look.ts";

Deno.test("the page shows the last ping of the watcher outside, and why it took none", async () => {
  await using watcher = new WebhookDouble(() => ({ status: 200, json: "OK" }));
  await using hub = await startHub({
    watchdog: { url: `${watcher.url}/secret-of-the-check`, every: "10s" },
  });
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await page.goto(`${hub.url}/alarm`);
    await page.getByRole("heading", { name: "The watcher outside" }).waitFor();
    await page.getByText(/^It was last pinged at \d\d:\d\d\.$/).waitFor();
    await look(chromium, page, "watchdog");
    watcher.otherwise({ kind: "raw", status: 503 });
    await page.getByText("It did not accept the latest ping: status 503.").waitFor();
    await look(chromium, page, "watchdog-refused");
  });
});
