/** What a person does on the first view about a Pi that is down, and the way to each Pi from there. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { PHONE } from "../support/page/chromium.ts";
import { card, openPage, startChromium, verdict } from "../support/page/open_page.ts";
import { startAgent, startHub, startTracker } from "../support/program/programs.ts";
import { until } from "../support/time/until.ts";
import { look } from "./look.ts";

/** A page that is not open by then was not asked for. */
const OPENS_MS = 5000;
const QUICK = { alerts: { hold: "0s", group: "0s" }, hub: { time_zone: "Europe/Berlin" } };

Deno.test("a death is acknowledged in the verdict, which says so, and the buzzer falls silent", async () => {
  await using hub = await startHub(QUICK);
  await using chromium = await startChromium();
  const config = await hub.enrol("arya-stark", "Arya Stark");
  await using _steady = await startAgent(config);
  await using agent = await startAgent(await hub.enrol("john-snow", "John Snow"));
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await verdict(page, "Both Pis are up");
    const line = page.locator(".alarm-line");
    // No tracker was heard: no word of LEDs.
    assert.equal(await line.count(), 0);
    await using tracker = await startTracker(config);
    await line.getByText("LED is off: all is well.").waitFor();
    await tracker.process.line("node=john-snow from=unknown to=up");
    const button = (name: string) => page.locator(".care").getByRole("button", { name });
    await agent.kill();
    await verdict(page, "John Snow is down");
    await line.getByText("LED blinks once a second, buzzer sounds: a Pi is down.").waitFor();
    await tracker.process.line("LED blinks once a second, buzzer sounds: a Pi is down");
    await look(chromium, page, "down-buzzing");
    await button("Quiet 1 h").click();
    await page.getByText(
      /^Silenced until (\d+ \w+ )?\d\d:\d\d \(all Pis down since (\d+ \w+ )?\d\d:\d\d or before\)\.$/,
    )
      .waitFor();
    await line.getByText("LED blinks once a second: a Pi is down.").waitFor();
    await button("Quiet 1 h").waitFor({ state: "detached" });
    const from = tracker.process.lines.length;
    await page.evaluate(
      "fetch('/api/v1/silence', {method: 'POST', body: '{\"for\":\"0s\"}', " +
        "headers: {'content-type': 'application/json'}})",
    );
    await tracker.process.line("LED blinks once a second, buzzer sounds", { from });

    await button("Acknowledge").click();
    await page.getByText("Acknowledged: no reminders and no buzzer until it is up again.")
      .waitFor();
    await page.getByRole("status").getByText("Acknowledged.", { exact: true }).waitFor({
      state: "attached",
    });
    await button("Acknowledge").waitFor({ state: "detached" });
    await line.getByText("LED blinks once a second: a Pi is down.").waitFor();
    await tracker.process.line(/LED blinks once a second: a Pi is down/, { from });
    assert.notEqual((await hub.incidents())[0]?.acknowledged_at, null);
    await look(chromium, page, "acknowledged");

    await page.locator(".care").getByRole("link", { name: "Open" }).click();
    await page.locator(".node-head").waitFor();
    await page.goBack();
    await agent.start();
    await verdict(page, "Both Pis are up");
    await page.getByText("Acknowledged: no reminders").waitFor({ state: "detached" });
  });
});

Deno.test("a whole card is a link, for the mouse as for the keyboard, and what is in it still works", async () => {
  await using hub = await startHub(QUICK);
  await using chromium = await startChromium();
  const enrolled = await hub.enrol("john-snow", "John Snow");
  const node = { ...enrolled.node, remote: "http://127.0.0.1:9/" };
  await using _agent = await startAgent({ ...enrolled, node });
  await chromium.story(async (page) => {
    await openPage(page, hub);
    const john = await card(page, "john-snow", "up");
    for (const viewport of [PHONE, { width: 1440, height: 900 }]) {
      await page.setViewportSize(viewport);
      for (const corner of ["header", "times", "facts"]) {
        const place = john.locator(`.${corner}, :scope > ${corner}`).first();
        await untilOpened(page, () => place.click({ position: { x: 2, y: 2 }, force: true }));
        await page.goBack();
        await john.waitFor();
      }
    }
    // One link for a screen reader, named as the Pi; those in the card are their own.
    const names = await john.getByRole("link").evaluateAll((links) =>
      links.map((link) => String(Reflect.get(link, "ariaLabel") ?? Reflect.get(link, "innerText")))
    );
    assert.deepEqual(names, ["John Snow", "Web on John Snow"]);
    const [opened] = await Promise.all([
      page.context().waitForEvent("page"),
      john.getByRole("link", { name: "Web on John Snow" }).click(),
    ]);
    await opened.close();
    assert.equal(new URL(page.url()).pathname, "/");
    await john.getByRole("link", { name: "John Snow", exact: true }).focus();
    await look(chromium, page, "card-focus");
    await page.keyboard.press("Enter");
    await page.locator(".node-head").waitFor();
    await page.goBack();
    await page.getByText("Rows", { exact: true }).click();
    const row = page.locator('.node-row[data-node="john-snow"]');
    await untilOpened(page, () => row.locator(".state").click({ force: true }));
  });
});

Deno.test("the page tells the hub's times, and says so where the browser's are others", async () => {
  await using hub = await startHub({ ...QUICK, hub: { time_zone: "Asia/Kolkata" } });
  await using chromium = await startChromium();
  await using agent = await startAgent(await hub.enrol("john-snow", "John Snow"));
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await page.getByText(/^All times are the hub's \(Asia\/Kolkata|Calcutta\): /).waitFor();
    await verdict(page, "John Snow is up");
    await agent.kill();
    const shown = page.locator("[data-incident] time").first();
    await shown.waitFor();
    await page.locator(".care").getByRole("button", { name: "Acknowledge" }).waitFor();
    // No tracker was heard: nothing sounds, and nothing can be quiet.
    assert.equal(await page.getByRole("button", { name: "Quiet 1 h" }).count(), 0);
    assert.equal(await page.locator(".alarm-line").count(), 0);
    const [incident] = await hub.incidents();
    const clock = new Date(incident?.last_heard_at ?? "").toLocaleTimeString("en-GB", {
      timeZone: "Asia/Kolkata",
    });
    assert.equal(await shown.textContent(), clock);
    // A day of a reader's own has no part in it.
    await until("the note", async () => await page.locator(".zone-note").count() === 1);
    await look(chromium, page, "zone");
    await hub.stop();
    hub.configure(QUICK);
    await hub.start();
    await page.locator(".zone-note").waitFor({ state: "detached" });
  });
});

/** Clicks until the page of a Pi is open: a click is lost when the list is drawn anew meanwhile. */
async function untilOpened(page: Page, click: () => Promise<void>): Promise<void> {
  const head = page.locator(".node-head");
  await until("the page of the Pi", async () => {
    if (await head.count() === 0) await click();
    return await head.waitFor({ timeout: OPENS_MS }).then(() => true, () => false);
  });
}
