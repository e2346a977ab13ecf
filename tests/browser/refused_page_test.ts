/** Whoever is logged in reads who is refused again and again, and what helps; a guest does not. */

import assert from "node:assert/strict";
import { startChromium } from "../support/page/open_page.ts";
import { type Hub, startHub } from "../support/program/programs.ts";
import { look } from "./look.ts";

const SETTINGS = { hub: { trusted_proxies: "127.0.0.1", public_status: "yes" } };
const TRIES = 40;

/** Wrong passwords, as a proxy on the hub's machine passes them on. */
async function guess(hub: Hub, address: string, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, async (_, index) => {
    const response = await hub.fetch("/api/v1/login", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Forwarded-For": address },
      body: JSON.stringify({ password: `wrong ${index}` }),
    });
    await response.body?.cancel();
  }));
}

const WORDS = {
  "en-GB": {
    row: /: wrong password for this page, 40 times since (\d+ \w+ )?\d\d:\d\d, last /,
    password: "Password",
    logIn: "Log in",
    whatToDo: "What to do",
    advice: "If nobody you know has this address, shut it out with a firewall.",
  },
  "de-DE": {
    row: /: falsches Passwort für diese Seite, 40-mal seit (\d+\. \w+ )?\d\d:\d\d, zuletzt /,
    password: "Passwort",
    logIn: "Anmelden",
    whatToDo: "Was hilft",
    advice: "Hat niemand Bekanntes diese Adresse, hält eine Firewall sie fern.",
  },
};

for (const [locale, words] of Object.entries(WORDS)) {
  Deno.test(`the page shows the owner who guesses passwords, and no guest (${locale})`, async () => {
    await using hub = await startHub(SETTINGS);
    await using chromium = await startChromium({ locale });
    await guess(hub, "192.168.1.9", 3);
    await guess(hub, "203.0.113.9", TRIES);
    await chromium.story(async (page) => {
      await page.goto(hub.url);
      await page.locator(".link.is-live").waitFor();
      assert.equal(await page.locator(".refused").count(), 0, "a guest sees whom");
      const logInButton = page.getByRole("button", { name: words.logIn });
      await logInButton.click();
      await page.getByLabel(words.password).fill(hub.password);
      await logInButton.click();
      const row = page.locator('.refused [data-refused="page_login"][data-from="203.0.113.9"]');
      await row.getByText(words.row).waitFor();
      assert.equal(await page.locator(".refused [data-refused]").count(), 1, "who mistyped, too");
      await look(chromium, page, `refused-${locale}`);
      await page.getByText(words.whatToDo).click();
      await page.getByText(words.advice).waitFor();
      await look(chromium, page, `refused-what-to-do-${locale}`);
    });
    const { text } = await hub.run("status");
    assert.match(text, /^ {2}203\.0\.113\.9: wrong password for the page, 40 times since /m);
  });
}
