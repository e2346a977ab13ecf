/** What a person sees of a node's life: real hub, real agents, real Chromium. */

import assert from "node:assert/strict";
import { smsThrough } from "../support/delivery/phone.ts";
import { TwilioDouble } from "../support/delivery/twilio_double.ts";
import { PHONE } from "../support/page/chromium.ts";
import { card, openPage, startChromium, verdict } from "../support/page/open_page.ts";
import { compiledIfThere } from "../support/program/executable.ts";
import { startAgent, startHub } from "../support/program/programs.ts";
import { quick } from "../support/time/patience.ts";

/** How long a killed node is late, so that whoever looks sees it. */
const LATE_MS = 6000;

const { compiled, name } = compiledIfThere();

Deno.test(`a node appears, dies and comes back before one's eyes, and the message is told (${name})`, async () => {
  await using twilio = new TwilioDouble();
  const options = { compiled };
  await using hub = await startHub({
    cluster: { will_after: quick(LATE_MS) },
    alerts: { hold: "0s", group: "0s" },
    ...smsThrough(twilio, "+491701234567"),
  }, options);
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await verdict(page, "No Pi has reported yet");

    await using _steady = await startAgent(await hub.enrol("arya-stark", "Arya Stark"), options);
    await using agent = await startAgent(await hub.enrol("john-snow", "John Snow"), options);
    await verdict(page, "Both Pis are up");
    const john = await card(page, "john-snow", "up");
    await john.getByText("last heard just now").waitFor();
    await john.getByText("Memory").waitFor();
    assert.equal(await page.title(), "Both Pis are up");

    await agent.kill();
    await card(page, "john-snow", "late");
    await verdict(page, "John Snow is late");
    await card(page, "john-snow", "down");
    await verdict(page, "John Snow is down");
    await john.getByText(/^last heard \d+ (s|min)( \d+ s)? ago$/).waitFor();
    await john.getByText("Measured before").waitFor();
    await page.getByText("The last incident ended").waitFor({ state: "hidden" });
    assert.equal(await page.title(), "John Snow is down");
    const sign = await page.locator("link[rel=icon]").getAttribute("href") ?? "";
    assert.match(decodeURIComponent(sign), />1<\/text>/);
    const first = page.locator(".card").first();
    assert.equal(await first.getAttribute("data-node"), "john-snow", "trouble stands first");

    await page.getByText(/^John Snow has been down for \d+ (s|min)( \d+ s)?$/).waitFor();
    const message = page.locator('[data-delivery][data-state="accepted"]');
    await message.getByText(/^John Snow is down\. Last heard/).waitFor();
    await message.getByText("accepted by the provider").waitFor();
    await message.getByText("SMS to +491701234567").waitFor();
    await chromium.picture("down-desktop-light");
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize(PHONE);
    await chromium.picture("down-phone-dark");

    await agent.start();
    await card(page, "john-snow", "up");
    await verdict(page, "Both Pis are up");
    await page.getByText(/^John Snow was down for \d+ (s|min)( \d+ s)?$/).waitFor();
    await page.getByText(/^The last incident ended (just now|\d+ (s|min)( \d+ s)? ago)\.$/)
      .waitFor();
    await chromium.picture("up-phone-dark");
  });
});

Deno.test("a node that is stopped on purpose is no trouble", async () => {
  await using hub = await startHub();
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await using _steady = await startAgent(await hub.enrol("arya-stark", "Arya Stark"));
    await using agent = await startAgent(await hub.enrol("john-snow", "John Snow"));
    await verdict(page, "Both Pis are up");
    // As Ctrl-C does.
    agent.process.signal("SIGINT");
    await card(page, "john-snow", "stopped");
    await verdict(page, "Arya Stark is up, 1 stopped on purpose");
    const last = page.locator(".card").last();
    assert.equal(await last.getAttribute("data-node"), "john-snow");
    await page.getByText("None so far.").first().waitFor();
    await chromium.picture("stopped-desktop-light");
  });
});

Deno.test("a message that the provider refuses is told in plain words", async () => {
  await using twilio = new TwilioDouble();
  const refusal = "The 'To' number +1555 is not a valid phone number.";
  twilio.otherwise({ kind: "error", status: 400, code: 21211, message: refusal });
  await using hub = await startHub({
    alerts: { hold: "0s", group: "0s" },
    ...smsThrough(twilio, "+15550100"),
  });
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await using agent = await startAgent(await hub.enrol("john-snow", "John Snow"));
    await card(page, "john-snow", "up");
    await agent.kill();
    const message = page.locator('[data-delivery][data-state="refused"]');
    await message.getByText("refused", { exact: true }).waitFor();
    await message.getByText("21211").waitFor();
    await chromium.picture("refused-desktop-light");
  });
});
