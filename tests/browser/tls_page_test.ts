/** What the page says about TLS: how its authority is recognised, and that a page is not encrypted. */

import { X509Certificate } from "node:crypto";
import { logIn, openPage, startChromium } from "../support/page/open_page.ts";
import { startTlsHub } from "../support/tls/tls_hub.ts";
import { look } from "./look.ts";

Deno.test("the page shows the authority's fingerprint, and warns where it is not encrypted", async () => {
  await using hub = await startTlsHub();
  await using chromium = await startChromium();
  const { fingerprint256 } = new X509Certificate(hub.ca);
  await chromium.story(async (page) => {
    await openPage(page, hub);
    for (const view of ["sessions", "add"]) {
      await page.goto(`${hub.url}/${view}`);
      await page.locator(".authority code").getByText(fingerprint256).waitFor();
      await look(chromium, page, `authority-${view}`);
    }
    // A name that Chromium takes for this machine, and the page for any other.
    const { port } = new URL(hub.url);
    await page.goto(`http://winterfell.localhost:${port}/`);
    const secure = `https://winterfell.localhost:${hub.https}/`;
    await page.locator(".plain-note a").getByText(secure).waitFor();
    await look(chromium, page, "not-encrypted-login");
    await logIn(page, hub.password);
    await page.locator(".link.is-live").waitFor();
    await page.locator(".plain-note a").getByText(secure).waitFor();
    await look(chromium, page, "not-encrypted");
  });
});
