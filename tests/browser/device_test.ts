/** What a browser does beside showing the page, once it was asked with a click: notifications, sound. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { openPage, startChromium, verdict } from "../support/page/open_page.ts";
import { startAgent, startHub } from "../support/program/programs.ts";
import { until } from "../support/time/until.ts";

/** Notes what the browser is asked for: what it shows outside of its window cannot be seen from here. */
const NOTE = `
  globalThis.asked = [];
  const ask = Notification.requestPermission.bind(Notification);
  Notification.requestPermission = () => { asked.push("permission"); return ask(); };
  const Shown = Notification;
  globalThis.Notification = class extends Shown {
    constructor(title, options) { super(title, options); asked.push(title + ": " + options.body); }
  };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (at) { asked.push("tone"); start.call(this, at); };
`;

Deno.test("a death calls by notification and sound, if that was asked for with a click", async () => {
  await using hub = await startHub();
  await using chromium = await startChromium();
  await using agent = await startAgent(await hub.enrol("john-snow", "John Snow"));
  await chromium.story(async (page) => {
    await page.context().grantPermissions(["notifications"], { origin: new URL(hub.url).origin });
    await page.addInitScript(NOTE);
    await openPage(page, hub);
    await verdict(page, "John Snow is up");
    assert.deepEqual(await asked(page), [], "nothing at load");
    await page.getByRole("button", { name: "Notify" }).click();
    await page.getByRole("button", { name: "Sound" }).click();
    await page.getByRole("button", { name: "Sound", pressed: true }).waitFor();
    await until("the tones of the click", async () => (await asked(page)).includes("tone"));
    await agent.kill();
    await verdict(page, "John Snow is down");
    await until(
      "a call",
      async () => (await asked(page)).includes("Cluster alert: John Snow is down"),
    );
    const tones = async () => (await asked(page)).filter((each) => each === "tone").length;
    await until("two tones for the click, three for the death", async () => await tones() >= 5);
    assert.equal(await tones(), 5);
    await agent.start();
    await verdict(page, "John Snow is up");
    await until(
      "the all-clear",
      async () => (await asked(page)).includes("All clear: John Snow is up"),
    );
  });
});

Deno.test("a browser that refuses notifications is said to", async () => {
  await using hub = await startHub();
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await verdict(page, "No Pi has reported yet");
    // Without a person to ask, a headless browser refuses.
    await page.getByRole("button", { name: "Notify" }).click();
    await page.getByText("The browser refuses notifications").waitFor();
  });
});

async function asked(page: Page): Promise<readonly string[]> {
  return await page.evaluate("asked");
}
