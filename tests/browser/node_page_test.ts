/** The view of one node: what is told of it, and what a person does about it. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { openPage, startChromium, verdict } from "../support/page/open_page.ts";
import { type Hub, startAgent, startHub } from "../support/program/programs.ts";
import { writePast } from "../support/store/past.ts";
import { until } from "../support/time/until.ts";
import { look } from "./look.ts";

Deno.test("a node's page tells of the machine, its day and its vitals, by its own address", async () => {
  await using hub = await startHub();
  const config = await hub.enrol("john-snow", "John Snow");
  await hub.stop();
  writePast(hub.statePath, ["john-snow"]);
  await hub.start();
  await using chromium = await startChromium();
  await using _agent = await startAgent(config);
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await verdict(page, "John Snow is up");
    const scripts = requestsOf(page, /\/plot\.(js|css)$/);
    assert.deepEqual(scripts, [], "charts are loaded when one is shown");
    await page.goto(`${hub.url}/nodes/john-snow`);
    await verdict(page, "John Snow");
    await page.locator('[data-chart="temperature"] canvas').waitFor();
    assert.deepEqual([...new Set(scripts)].sort(), ["/plot.css", "/plot.js"]);

    await page.locator(".node-head").getByText("up", { exact: true }).waitFor();
    await page.getByText("Architecture").waitFor();
    const day = page.locator('.availability-span[data-span="24h"]');
    await day.getByText(/^97\.\d %$/).waitFor();
    await page.getByRole("img", { name: /^Chart of Temperature: lowest \d+(\.\d)? °C/ }).waitFor();
    await page.getByText("Temperature as a table").click();
    const table = page.locator('[data-chart="temperature"] table');
    assert.equal(await table.locator("tbody tr").count(), 12);
    await table.getByText(/^\d+(\.\d)? °C$/).first().waitFor();
    await page.locator('.log [data-transition="dead"]').getByText("silence").waitFor();
    await look(chromium, page, "node");

    await page.getByText("1 h", { exact: true }).click();
    await page.locator('[data-chart="cpu"] canvas').waitFor();
    await page.reload();
    await verdict(page, "John Snow");
    await page.goBack();
    await verdict(page, "John Snow is up");
  });
});

Deno.test("a death is acknowledged, and maintenance begins and ends, on the node's page", async () => {
  await using hub = await startHub({ alerts: { hold: "0s", group: "0s" } });
  await using chromium = await startChromium();
  await using agent = await startAgent(await hub.enrol("john-snow", "John Snow"));
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await verdict(page, "John Snow is up");
    await page.goto(`${hub.url}/nodes/john-snow`);
    await page.getByRole("button", { name: "Start maintenance" }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Acknowledge" }).count(), 0);
    await agent.kill();
    await page.getByText(/^John Snow has been down for/).waitFor();
    await page.getByRole("button", { name: "Acknowledge" }).click();
    await page.getByRole("status").getByText(
      "Acknowledged: no reminders and no buzzer until it is up again.",
    ).waitFor();
    await page.getByText(/^acknowledged at/).waitFor();
    assert.notEqual((await hub.incidents())[0]?.acknowledged_at, null);

    await page.getByLabel("Maintenance for").selectOption("30 min");
    await page.getByRole("button", { name: "Start maintenance" }).click();
    await page.getByRole("status").getByText(/^In maintenance until (\d+ \w+ )?\d\d:\d\d\.$/)
      .waitFor();
    await page.locator(".node-head").getByText(/maintenance until/i).waitFor();
    assert.equal((await inForce(hub)).maintenance[0]?.node, "john-snow");
    await look(chromium, page, "node-down");
    await page.getByRole("button", { name: "End maintenance now" }).click();
    await page.getByRole("status").getByText("Maintenance has ended.").waitFor();
    assert.deepEqual((await inForce(hub)).maintenance, []);
    await page.getByRole("button", { name: "Start maintenance" }).waitFor();
  });
});

Deno.test("a node is renamed, forgotten while it is silent, and its credential revoked", async () => {
  await using hub = await startHub();
  await using chromium = await startChromium();
  const config = await hub.enrol("john-snow", "John Snow");
  await using agent = await startAgent(config);
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await verdict(page, "John Snow is up");
    await page.goto(`${hub.url}/nodes/john-snow`);

    await page.getByRole("button", { name: "Rename…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("<b>Aegon</b> \u202Etargaryen");
    await chromium.picture("rename-desktop-light");
    await dialog.getByRole("button", { name: "Rename" }).click();
    await verdict(page, "<b>Aegon</b>  targaryen");
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Rename…" }).click();
    await dialog.getByLabel("Name").fill("");
    await dialog.getByRole("button", { name: "Rename" }).click();
    await page.getByText("It has its own name again.").waitFor();
    await verdict(page, "John Snow");

    await agent.stop();
    await page.locator(".node-head").getByText("stopped", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Forget…" }).click();
    await dialog.getByText("Forget John Snow?").waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    const isBack = 'document.activeElement.textContent === "Forget…"';
    await until("the focus to be back where it was", () => page.evaluate<boolean>(isBack));
    await page.getByRole("button", { name: "Forget…" }).click();
    await dialog.getByRole("button", { name: "Forget it" }).click();
    await page.getByText("John Snow is forgotten.").waitFor();
    await verdict(page, "No Pi is called john-snow");
    assert.deepEqual(await hub.nodes(), []);

    await agent.start();
    await verdict(page, "John Snow");
    await page.getByRole("button", { name: "Revoke…" }).click();
    await chromium.picture("revoke-desktop-light");
    await dialog.getByRole("button", { name: "Revoke it" }).click();
    await page.getByText("The credential of John Snow has ended.").waitFor();
    await until("the node to be gone", async () => (await hub.nodes()).length === 0);
    await agent.process.line(/not authori[sz]ed|refused/i, { withinMs: 30_000 });
    assert.deepEqual(await hub.nodes(), [], "its agent may try, but is not heard");
  });
});

Deno.test("a node that is not known has a page that says so", async () => {
  await using hub = await startHub();
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await page.goto(`${hub.url}/nodes/%3Cimg%20src=x%3E`);
    await verdict(page, "No Pi is called <img src=x>");
    assert.equal(await page.locator("img").count(), 0);
  });
});

async function inForce(
  hub: Hub,
): Promise<{ readonly maintenance: readonly { readonly node: string }[] }> {
  return await hub.api("/api/v1/alarm");
}

/** The paths of what the page asks for from now on, as far as they fit. */
function requestsOf(page: Page, pattern: RegExp): readonly string[] {
  const paths: string[] = [];
  page.on("request", (request) => {
    const path = new URL(request.url()).pathname;
    if (pattern.test(path)) paths.push(path);
  });
  return paths;
}
