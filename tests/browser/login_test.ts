/** Who may look: the password opens the page, and nothing shows before. */

import assert from "node:assert/strict";
import { logIn, openPage, startChromium, verdict } from "../support/page/open_page.ts";
import { startAgent, startHub } from "../support/program/programs.ts";

Deno.test("the page asks for the password, and shows nothing of the cluster before", async () => {
  await using hub = await startHub();
  await using chromium = await startChromium();
  await using _agent = await startAgent(await hub.enrol("john-snow", "John Snow"));
  await chromium.story(async (page) => {
    await page.goto(hub.url);
    await page.getByLabel("Password").waitFor();
    assert.equal(await page.title(), "Log in · RPi Cluster Alert");
    await chromium.picture("login-desktop-light");

    await logIn(page, "You know nothing");
    await page.getByRole("alert").getByText("That is not the password.").waitFor();
    assert.ok(!(await page.content()).includes("John Snow"));

    await logIn(page, hub.password);
    await verdict(page, "John Snow is up");
    assert.ok(!(await page.content()).includes(hub.password));

    await page.reload();
    await verdict(page, "John Snow is up");

    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByLabel("Password").waitFor();
    assert.ok(!(await page.content()).includes("John Snow"));
  });
});

Deno.test("with public_status anyone may look, and messages are for those who log in", async () => {
  await using hub = await startHub({ hub: { public_status: "yes" } });
  await using chromium = await startChromium();
  await using _agent = await startAgent(await hub.enrol("john-snow", "John Snow"));
  await chromium.story(async (page) => {
    await page.goto(hub.url);
    await verdict(page, "John Snow is up");
    await page.getByText("Log in to see who was notified of what.").waitFor();
    await page.getByRole("button", { name: "Log in" }).click();
    await logIn(page, hub.password);
    await verdict(page, "John Snow is up");
    await page.getByText("Log in to see who was notified of what.").waitFor({ state: "hidden" });
  });
});

Deno.test("a session that ends while the page is open leads to the login", async () => {
  await using hub = await startHub();
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await page.context().clearCookies();
    await hub.kill();
    await hub.start();
    await page.getByLabel("Password").waitFor();
    await logIn(page, hub.password);
    await verdict(page, "No Pi has reported yet");
  });
});
