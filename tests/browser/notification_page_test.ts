/** Whoever would be told by nobody reads it in the verdict, and how to change that. */

import type { Page } from "playwright-core";
import { Nodes, sendingTo, TO, WITHIN_MS } from "../support/alerting/told.ts";
import { TwilioDouble } from "../support/delivery/twilio_double.ts";
import { openPage, startChromium } from "../support/page/open_page.ts";
import { startAgent, startHub } from "../support/program/programs.ts";
import { patience } from "../support/time/patience.ts";
import { look } from "./look.ts";

const UNSUBSCRIBED = { kind: "error", status: 400, code: 21610, message: "Unsubscribed" } as const;

/** The line of the verdict, once it says this. */
async function line(page: Page, words: string): Promise<void> {
  await page.locator(".notification").getByText(words).waitFor({ timeout: patience(WITHIN_MS) });
}

Deno.test("without a channel an amber line leads to how to set one up, and a test says it in red", async () => {
  await using hub = await startHub({});
  await using chromium = await startChromium();
  await using _agent = await startAgent(await hub.enrol("john-snow", "John Snow"));
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await hub.waitForLiveness("john-snow", "alive");
    await line(page, "Nobody is notified when a Pi dies.");
    await page.getByRole("heading", { level: 1, name: "John Snow is up" }).waitFor();
    await look(chromium, page, "nobody-told");
    await page.getByRole("link", { name: "Set up a message" }).click();
    await page.getByRole("heading", { level: 2, name: "Messages" }).waitFor();
    await page.getByText(/url = https:\/\/ntfy\.sh\/pis-[a-z2-9]{16}/).waitFor();
    const send = page.getByRole("button", { name: "Send a test message" });
    for (let count = 0; count < 2; count++) {
      await send.click();
      const said = page.locator('.outcome[data-outcome="bad"]');
      await said.getByText("Nobody would be notified: no channel is set up.").waitFor();
    }
    await look(chromium, page, "nobody-told-alarm");
    await page.goto(`${hub.url}/incidents`);
    await line(page, "Nobody is notified when a Pi dies.");
    await look(chromium, page, "nobody-told-incidents");
  });
});

Deno.test("a hub that only prints is not shown as one that tells somebody, in German neither", async () => {
  await using hub = await startHub({ sms: { provider: "print", to: TO } });
  await using chromium = await startChromium({ locale: "de-DE" });
  await chromium.story(async (page) => {
    await page.goto(hub.url);
    await page.getByLabel("Passwort").fill(hub.password);
    await page.getByRole("button", { name: "Anmelden" }).click();
    await line(page, "Niemand wird benachrichtigt, wenn ein Pi ausfällt.");
    await line(page, "Nachrichten stehen nur im Protokoll.");
    await page.getByRole("link", { name: "Nachricht einrichten" }).click();
    await page.getByRole("button", { name: "Probenachricht senden" }).click();
    await page.locator('.outcome[data-outcome="bad"]').getByText(/nur im Protokoll/).waitFor();
    await page.locator('[data-outcome="printed"]').waitFor();
    await look(chromium, page, "only-printed-de");
  });
});

Deno.test("a channel that fails three times is named in the verdict, and a test that gets through ends it", async () => {
  await using double = new TwilioDouble();
  const all = [TO, "+4915187654321", "+4915187654322"];
  for (const to of all) double.toRecipient(to, UNSUBSCRIBED);
  await using hub = await startHub(sendingTo(double, { sms: { to: all.join(", ") } }));
  await using chromium = await startChromium();
  await using nodes = new Nodes(hub.brokerPort, (id) => hub.credential(id));
  await chromium.story(async (page) => {
    await openPage(page, hub);
    // Heard on, so that the network is beyond doubt.
    await nodes.start("Arya Stark");
    const id = await nodes.start("John Snow");
    await hub.waitForLiveness(id, "alive");
    await nodes.kill(id);
    await hub.waitForLiveness(id, "dead", WITHIN_MS);
    await line(page, "Nobody is notified when a Pi dies.");
    await line(page, "Twilio delivered none of the last three messages.");
    await page.getByRole("heading", { level: 1, name: "John Snow is down" }).waitFor();
    await look(chromium, page, "channel-fails");
    for (const to of all) {
      double.toRecipient(to, { kind: "created" });
      double.statuses(to, { status: "delivered" });
    }
    await page.locator(".notification").getByRole("link", { name: "Send a test message" }).click();
    await page.getByRole("button", { name: "Send a test message" }).click();
    await page.getByText("3 messages: 3 went out.").waitFor();
    await page.locator(".notification").waitFor({ state: "detached" });
    await page.locator('[data-channel="twilio"]').getByText("works, as far as is known").waitFor();
    await look(chromium, page, "channel-works-again");
  });
});
