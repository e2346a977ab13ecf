/** The page shows how the hub itself works: the watcher outside, and its brokers. */

import { Mosquitto } from "../support/broker/mosquitto.ts";
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

Deno.test("the page shows each broker of the hub, and since when one is gone", async () => {
  await using first = await Mosquitto.start();
  await using second = await Mosquitto.start();
  const url = [first, second].map(({ port }) => `mqtt://127.0.0.1:${port}`).join(", ");
  await using hub = await startHub({ hub: { broker: "none" }, mqtt: { url } });
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await page.goto(`${hub.url}/alarm`);
    await page.getByRole("heading", { name: "Brokers" }).waitFor();
    const row = page.locator(`[data-broker="127.0.0.1:${second.port}"]`);
    await row.getByText("the hub sees the cluster through it").waitFor();
    await second.stop("SIGKILL");
    await row.getByText(/^the hub has not seen it since \d\d:\d\d$/).waitFor();
    await look(chromium, page, "brokers");
    await second.start();
    await row.getByText("the hub sees the cluster through it").waitFor();
  });
});
