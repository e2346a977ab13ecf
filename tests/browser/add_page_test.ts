/** Adding a Pi: its configuration is shown once, and a real agent with it appears. */

import assert from "node:assert/strict";
import { parseConfigText } from "../../io/config/config_text.ts";
import { openPage, startChromium, verdict } from "../support/page/open_page.ts";
import { type Sections, startAgent, startHub } from "../support/program/programs.ts";
import { until } from "../support/time/until.ts";
import { look } from "./look.ts";

Deno.test("a Pi is added: the configuration that is shown makes a real agent appear", async () => {
  await using hub = await startHub();
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await page.goto(`${hub.url}/add`);
    await page.getByLabel("Name", { exact: true }).fill("John <i>Snow</i> Ä");
    const id = page.getByLabel("Id", { exact: true });
    await until("the id that follows", async () => await id.inputValue() === "john-i-snow-i-a");
    await look(chromium, page, "add");
    await page.getByLabel("Name", { exact: true }).fill("John Snow");
    await id.fill("John Snow");
    await page.getByRole("button", { name: "Make its configuration" }).click();
    await page.getByRole("alert").getByText(/^An id has 1 to 63/).waitFor();
    await id.fill("john-snow");
    await page.getByRole("button", { name: "Make its configuration" }).click();

    const config = page.getByRole("region", { name: "Configuration" });
    await config.getByText("username = john-snow").waitFor();
    await page.getByText("Waiting for John Snow…").waitFor();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy the configuration" }).click();
    await page.getByText("Copied.").waitFor();
    const copied = await page.evaluate<string>("navigator.clipboard.readText()");
    assert.equal(copied, await config.textContent());
    await look(chromium, page, "add-waiting");
    await page.getByText("Not there yet? What to check").click();
    await page.getByText("journalctl -u agent").waitFor();

    await using _agent = await startAgent(sectionsOf(copied));
    await page.locator(".arrived").getByText("John Snow is up").waitFor();
    await look(chromium, page, "add-arrived");
    await page.getByRole("link", { name: "Show John Snow" }).click();
    await verdict(page, "John Snow");
    await page.goBack();
    await verdict(page, "Add a Pi");
    assert.equal(await config.count(), 0, "the password is shown once");

    await page.getByLabel("Name", { exact: true }).fill("John Snow");
    await page.getByText(/^There is a Pi with this id/).waitFor();
    await page.getByRole("button", { name: "Make its configuration" }).click();
    const dialog = page.getByRole("dialog");
    await chromium.picture("add-renew-desktop-light");
    await dialog.getByRole("button", { name: "Replace it" }).click();
    await config.getByText("username = john-snow").waitFor();
    assert.notEqual(await config.textContent(), copied);
  });
});

function sectionsOf(text: string): Sections {
  const sections: Record<string, Record<string, string>> = {};
  for (const { section, key, value } of parseConfigText(text, "config.ini")) {
    if (key !== "") (sections[section] ??= {})[key] = value;
  }
  return sections;
}
