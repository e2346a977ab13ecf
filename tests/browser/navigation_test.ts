/** Views and their addresses: links, back, reload, focus and titles. */

import assert from "node:assert/strict";
import { openPage, startChromium, verdict } from "../support/page/open_page.ts";
import { startAgent, startHub } from "../support/program/programs.ts";

Deno.test("a link leads to a view without a reload; back, reload and a bookmark lead to it too", async () => {
  await using hub = await startHub();
  await using chromium = await startChromium();
  await using _agent = await startAgent(await hub.enrol("john-snow", "John Snow"));
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await verdict(page, "John Snow is up");
    await page.evaluate("globalThis.isSamePage = true");

    await page.getByRole("link", { name: "John Snow" }).click();
    await page.waitForURL("**/nodes/john-snow");
    await page.locator("h1:focus").waitFor();
    assert.match(await page.title(), /^John Snow is up · /);
    await page.locator(".verdict-strip").getByText("John Snow is up").waitFor();

    await page.getByRole("link", { name: "Incidents", exact: true }).click();
    await page.waitForURL("**/incidents");
    const current = page.locator('nav [aria-current="page"]');
    assert.equal(await current.innerText(), "Incidents");

    await page.goBack();
    await page.waitForURL("**/nodes/john-snow");
    await page.goBack();
    await verdict(page, "John Snow is up");
    assert.equal(await page.title(), "John Snow is up");
    assert.equal(await page.evaluate("isSamePage"), true, "nothing was loaded anew");

    await page.goForward();
    await page.reload();
    await page.locator(".verdict-strip").getByText("John Snow is up").waitFor();
    await page.goto(new URL("/alarm", hub.url).href);
    await page.getByRole("heading", { level: 1, name: "Alarm" }).waitFor();
  });
});

Deno.test("whoever uses the keyboard can skip to the content and sees where he is", async () => {
  await using hub = await startHub();
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await verdict(page, "No Pi has reported yet");
    await page.reload();
    await verdict(page, "No Pi has reported yet");
    await page.keyboard.press("Tab");
    await page.locator(".skip:focus").waitFor();
    const outline = "getComputedStyle(document.activeElement).outlineStyle";
    assert.equal(await page.evaluate(outline), "solid");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate("document.activeElement.closest('main') !== null"), true);
  });
});

Deno.test("the page can be installed: its manifest and icons are there", async () => {
  await using hub = await startHub();
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await openPage(page, hub);
    const address = await page.locator("link[rel=manifest]").getAttribute("href") ?? "";
    const manifest = await (await fetch(new URL(address, hub.url))).json();
    assert.equal(manifest.display, "standalone");
    for (const { src, sizes, type } of manifest.icons) {
      const response = await fetch(new URL(src, hub.url));
      assert.equal(response.headers.get("content-type"), type);
      const bytes = await response.bytes();
      const width = new DataView(bytes.buffer, bytes.byteOffset).getUint32(16);
      assert.equal(`${width}x${width}`, sizes);
    }
    const decoded = await page.evaluate<number>(`
      new Promise((resolve, reject) => {
        const image = new Image();
        image.onload = () => resolve(image.naturalWidth);
        image.onerror = reject;
        image.src = "/icon-192.png";
      })
    `);
    assert.equal(decoded, 192);
  });
});
